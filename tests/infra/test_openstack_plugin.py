"""The engine's plugin for OpenStack: what it serves is what Pulumi's SDK asks for; had once, and told no secret."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import re
import tarfile
from pathlib import Path

import pulumi_openstack
import pytest

from infra.engine import EngineError
from infra.engine.plugin import OPENSTACK, ensure_plugin, link_plugin
from infra.targets.openstack.settings import OpenstackSettings

SDK = Path(pulumi_openstack.__file__).parent
SERVED = re.compile(r'^\s*"(openstack_\w+)":\s+\{"(\w+)", "(\w+)"\},$', re.MULTILINE)


def served() -> set[tuple[str, str]]:
    """Module and member of all that resources.go lists."""
    text = (OPENSTACK.module / "resources.go").read_text(encoding="utf-8")
    return {(module, member) for _, module, member in SERVED.findall(text)}


def token(module: str, member: str) -> str:
    """As `token` of resources.go makes it."""
    return f"openstack:{module}/{member[0].lower()}{member[1:]}:{member}"


def test_plugin_and_sdk_are_of_one_version() -> None:
    assert OPENSTACK.version == importlib.metadata.version("pulumi-openstack")


def test_tokens_are_those_of_the_sdk() -> None:
    """A token that the SDK does not know would be asked of nobody; the other way round, the engine would refuse it."""
    asked = {
        found
        for path in SDK.rglob("*.py")
        for found in re.findall(r"'(openstack:[\w/]+:\w+)',", path.read_text(encoding="utf-8"))
    }
    assert {token(*name) for name in served()} - asked == set()


def test_what_is_served_is_what_is_registered() -> None:
    """Neither more (it would be built for nothing) nor less (it would fail half-way)."""
    registered = (Path(__file__).parents[2] / "infra" / "targets" / "openstack" / "resources.py").read_text("utf-8")
    members = {member for _, member in served()}
    used = set(re.findall(r"(?:blockstorage|compute|dns|images|networking|objectstorage)\.(\w+?)\(", registered))
    made = {name for name in used if not name.endswith("Args") and not name.startswith("get_")}
    looked_up = {
        "get" + "".join(part.title() for part in name.removesuffix("_output").split("_")[1:])
        for name in used
        if name.startswith("get_")
    }
    assert made | looked_up == members
    assert made == set(OpenstackSettings.resource_words)


FAKE_GO = """#!/bin/sh
case "$1" in
env) echo go1.26.0 ;;
build)
    while [ "$1" != -o ]; do shift; done
    echo built >"$2"; pwd >>"$FAKE_TRACE" ;;
esac
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a Go that says where it built."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("FAKE_TRACE", str(tmp_path / "trace"))
    monkeypatch.delenv(OPENSTACK.switch, raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go").write_text(FAKE_GO, encoding="utf-8")
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return tmp_path


def test_plugin_is_built_once_and_found_by_the_engine(cache: Path) -> None:
    told: list[str] = []
    binary = ensure_plugin(OPENSTACK, told.append)
    assert ensure_plugin(OPENSTACK, told.append) == binary
    assert (cache / "trace").read_text(encoding="utf-8") == f"{OPENSTACK.module}\n"
    assert any("une seule fois" in text for text in told)
    link_plugin(OPENSTACK, cache / "accueil")
    place = cache / "accueil" / "plugins" / f"resource-openstack-v{OPENSTACK.version}" / "pulumi-resource-openstack"
    assert place.resolve() == binary.resolve()


def test_vendors_plugin_takes_its_place_where_asked(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        entry = tarfile.TarInfo(OPENSTACK.program)
        entry.size = 8
        tar.addfile(entry, io.BytesIO(b"vendor's"))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(buffer.getvalue()))
    monkeypatch.setenv(OPENSTACK.switch, "0" * 64)
    with pytest.raises(EngineError, match="n'est pas celle attendue"):
        ensure_plugin(OPENSTACK)
    monkeypatch.setenv(OPENSTACK.switch, hashlib.sha256(buffer.getvalue()).hexdigest())
    told: list[str] = []
    assert ensure_plugin(OPENSTACK, told.append).read_bytes() == b"vendor's"
    assert f"v{OPENSTACK.version}-linux-" in told[0]
    assert not (cache / "trace").exists(), "nothing was built"
