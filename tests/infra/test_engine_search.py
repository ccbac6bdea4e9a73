"""Where the engine comes from: the right version on PATH, else one build; never a wrong one, never half of one."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import http.server
import importlib.metadata
import io
import os
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.engine import ENGINE_VERSION, EngineError, build, ensure_engine, find_engine
from infra.engine.locate import VENDOR_SWITCH, WRAPPER, engine_root
from infra.state import SOURCE_DIRECTORY

FAKE_GO = """
case "$1" in
env) echo go1.26.0 ;;
build)
    [ -z "${FAKE_GO_FAILS:-}" ] || { echo "dial tcp: lookup proxy failed" >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v%s\\n' "$FAKE_VERSION" >"$2"; chmod +x "$2"
    echo built >>"$FAKE_TRACE" ;;
esac
"""


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a PATH where a fake Go is the only tool that matters."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("FAKE_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("FAKE_VERSION", ENGINE_VERSION)
    monkeypatch.delenv(VENDOR_SWITCH, raising=False)
    folder = tmp_path / "bin"
    program(folder / "go", FAKE_GO)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_three_places_name_one_version() -> None:
    module = (SOURCE_DIRECTORY / "infra" / "engine" / "go.mod").read_text(encoding="utf-8")
    assert set(re.findall(r"pulumi/pulumi/(?:pkg|sdk)/v3 v(\S+)", module)) == {ENGINE_VERSION}
    assert importlib.metadata.version("pulumi") == ENGINE_VERSION
    minimum = re.search(r"^go (\S+)$", module, re.MULTILINE)
    assert minimum is not None
    assert tuple(map(int, minimum.group(1).split("."))) == build.MINIMUM_GO


def test_right_version_on_path_is_used_with_our_wrapper_beside_it(tools: Path) -> None:
    program(tools / "pulumi", f"echo v{ENGINE_VERSION}")
    root = ensure_engine()
    assert (root / "bin" / "pulumi").resolve() == tools / "pulumi"
    asked = {"PULUMI_PYTHON_CMD": "/bin/echo"}
    answer = subprocess.run([root / "bin" / WRAPPER, "x"], capture_output=True, text=True, check=True, env=asked)
    assert answer.stdout == "-u -m pulumi.dynamic x\n"


def test_wrong_version_on_path_is_not_used(tools: Path) -> None:
    program(tools / "pulumi", "echo v3.1.0")
    assert find_engine() is None
    assert (ensure_engine() / "bin" / "pulumi").resolve() != tools / "pulumi"


def test_built_once_and_cleaned_after(tools: Path, tmp_path: Path) -> None:
    told: list[str] = []
    assert ensure_engine(told.append) == ensure_engine() == engine_root()
    assert (tmp_path / "trace").read_text(encoding="utf-8") == "built\n"
    assert any("une seule fois" in text for text in told)
    assert sorted(path.name for path in (engine_root() / "bin").iterdir()) == ["pulumi", WRAPPER]
    assert not (engine_root().parent / "construction").exists()
    assert tools.exists()


@pytest.mark.usefixtures("tools")
def test_failed_build_says_why_where_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO_FAILS", "1")
    with pytest.raises(EngineError, match=r"lookup proxy failed.*construction\.log.*GOPROXY"):
        ensure_engine()
    assert find_engine() is None
    assert list((engine_root() / "bin").iterdir()) == []
    monkeypatch.delenv("FAKE_GO_FAILS")
    assert ensure_engine() == engine_root()


@pytest.mark.usefixtures("tools")
def test_build_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_VERSION", "3.1.0")
    with pytest.raises(EngineError, match=rf"version 3\.1\.0, il faut la {ENGINE_VERSION}"):
        ensure_engine()


@pytest.mark.usefixtures("tools")
def test_two_commands_build_once(tmp_path: Path) -> None:
    cache = engine_root().parent
    cache.mkdir(parents=True)
    told: list[str] = []
    waiting = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        waiting.set()

    with (cache / "verrou").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(target=ensure_engine, args=(tell,))
        second.start()
        assert waiting.wait(10)
        assert told == ["Une autre commande prépare déjà le moteur Pulumi : attente."]
        program(engine_root() / "bin" / "pulumi", f"echo v{ENGINE_VERSION}")
    second.join(10)
    assert not (tmp_path / "trace").exists(), "the other command had made it"


@functools.cache  # gzip writes the second into its header: two that are made are not the same
def archive(version: str) -> bytes:
    content = f"#!/bin/sh\necho v{version}\n".encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        entry = tarfile.TarInfo("pulumi/pulumi")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def mirror() -> Iterator[str]:
    content = archive(ENGINE_VERSION)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/pulumi.tar.gz"
        server.shutdown()


@pytest.mark.usefixtures("tools")
def test_release_is_taken_only_when_asked_and_when_it_is_the_right_file(
    mirror: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.sha256(archive(ENGINE_VERSION)).hexdigest()
    for value, reason in (("1", "empreinte SHA-256"), (f"{mirror}#{'0' * 64}", "n'est pas celle attendue")):
        monkeypatch.setenv(VENDOR_SWITCH, value)
        with pytest.raises(EngineError, match=reason):
            ensure_engine()
        assert find_engine() is None
    monkeypatch.setenv(VENDOR_SWITCH, f"{mirror}#{digest}")
    assert ensure_engine() == engine_root()
    assert not os.path.islink(engine_root() / "bin" / "pulumi")


@pytest.mark.usefixtures("tools")
def test_unreachable_release_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VENDOR_SWITCH, f"http://127.0.0.1:9/x.tar.gz#{'0' * 64}")
    with pytest.raises(EngineError, match=f"Téléchargement impossible.*{VENDOR_SWITCH}"):
        ensure_engine()
