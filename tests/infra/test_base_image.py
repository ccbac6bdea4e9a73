"""The base image: named after its recipe, made of the site's mirrors, without anybody's identity in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import docker
import jinja2
import pytest

from infra.state import SOURCE_DIRECTORY
from infra.targets import TargetError
from infra.targets.docker.base_image import LABEL, PACKAGES, REMOVED, ImageInputs, command, ensure_image, key, reference

BASE_ROLE = SOURCE_DIRECTORY / "roles" / "base"


def test_name_follows_what_shapes_the_image_and_nothing_else() -> None:
    plain = ImageInputs()
    assert reference(plain) == f"gru-base:{key(plain)}"
    assert key(plain) == key(ImageInputs(http_proxy="http://proxy.test:3128"))
    assert key(plain) != key(ImageInputs(debian_mirror="http://miroir.test/debian"))
    assert key(plain) != key(ImageInputs(packages=("python3",)))


def test_mirrors_are_those_of_the_site_only() -> None:
    inputs = ImageInputs("http://miroir.test/debian", "http://miroir.test/securite", http_proxy="http://secret.test")
    text = " ".join(command(inputs, Path("/x")))
    assert "deb.debian.org" not in text
    assert "secret.test" not in text


def test_role_base_finds_the_mirrors_as_it_would_write_them() -> None:
    """Else every host would fetch and index all package lists again at its first run."""
    template = (BASE_ROLE / "templates" / "debian.sources.j2").read_text(encoding="utf-8")
    inputs = ImageInputs("http://miroir.test/debian", "http://miroir.test/securite")
    written = jinja2.Template(template, keep_trailing_newline=True).render(
        base_mirror=inputs.debian_mirror,
        base_mirror_security=inputs.debian_security_mirror,
        base_probe={"suite": inputs.suite},
    )
    assert written == inputs.sources_file()


def test_role_base_finds_its_packages_installed() -> None:
    """Else seven hosts install them seven times."""
    text = (BASE_ROLE / "vars" / "main.yml").read_text(encoding="utf-8")
    listed = re.search(r"^base__packages:[^[]*\[([^]]*)\]", text, re.MULTILINE)
    assert listed is not None
    wanted = set(re.findall(r"'([^']+)'", listed.group(1)))
    assert wanted
    assert wanted <= set(PACKAGES)


def test_no_host_shares_its_identity() -> None:
    assert {"/etc/ssh/ssh_host_*", "/etc/ssl/private/ssl-cert-snakeoil.key"} <= set(REMOVED)
    hooks = [part for part in command(ImageInputs(), Path("/x")) if part.startswith("--customize-hook=")]
    assert any("enable" in hook and "gru-host-key" in hook for hook in hooks)


def fake(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker_engine: docker.DockerClient) -> Path:
    docker_engine.ping()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def test_failure_names_the_reason_and_the_log(tools: Path) -> None:
    fake(tools, "mmdebstrap", "echo 'I: start'; echo 'E: Unable to fetch InRelease' >&2; exit 1")
    inputs = ImageInputs(debian_mirror="http://miroir.test/debian")
    with pytest.raises(TargetError, match=r"Unable to fetch InRelease.*construction\.log.*miroir\.test"):
        ensure_image(inputs)


def test_missing_tool_is_named(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(TargetError, match="apt-get install mmdebstrap"):
        ensure_image(ImageInputs(packages=("absent",)))


def test_image_is_made_once_and_found_again(tools: Path, docker_engine: docker.DockerClient) -> None:
    made = tools / "made"
    fake(
        tools,
        "mmdebstrap",
        f'echo x >> {made}; for last; do case "$last" in *.tar) tar -cf "$last" -T /dev/null;; esac; done',
    )
    inputs = ImageInputs(packages=("essai-image",))
    try:
        assert ensure_image(inputs) == reference(inputs)
        assert docker_engine.images.get(reference(inputs)).labels[LABEL] == key(inputs)
        ensure_image(inputs)
        assert made.read_text(encoding="utf-8") == "x\n"
    finally:
        docker_engine.images.remove(reference(inputs))
