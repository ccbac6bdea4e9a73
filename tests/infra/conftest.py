"""What the tests of the infrastructure need: Docker, the real engine, and to leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from infra_world import TINY_IMAGE, World, make_plan, tiny_root, wipe, wipe_leftovers

from infra.engine import ensure_engine


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[docker.DockerClient]:
    try:
        client = docker.from_env(timeout=120)
        client.ping()
    except docker.errors.DockerException as error:
        pytest.skip(f"no Docker engine answers: {error}")
    wipe_leftovers(client)
    yield client
    client.close()


@pytest.fixture(scope="session")
def pulumi_engine() -> Path:
    """The real engine; built if needed, because a skipped test proves nothing."""
    return ensure_engine(print)


@pytest.fixture(scope="session")
def tiny_image(docker_engine: docker.DockerClient) -> str:
    """A shell and nothing else: enough to be a host for the engine, ready in a second, made from this machine."""
    try:
        docker_engine.images.get(TINY_IMAGE)
    except docker.errors.ImageNotFound:
        repository, _, tag = TINY_IMAGE.partition(":")
        docker_engine.api.import_image_from_data(tiny_root(), repository=repository, tag=tag)
    return TINY_IMAGE


@pytest.fixture
def make_world(
    docker_engine: docker.DockerClient,
    tiny_image: str,
    pulumi_engine: Path,
    tmp_path: Path,
) -> Iterator[Callable[..., World]]:
    """Make stacks to test; whatever they hold is removed at the end."""
    made: list[str] = []

    def make(name: str, index: int, *, hosts: int = 2, image: str = tiny_image) -> World:
        made.append(name)
        wipe(docker_engine, name)
        state = tmp_path / name
        state.mkdir()
        passphrase = state / "passphrase"
        passphrase.write_text("phrase d'essai\n", encoding="utf-8")
        return World(make_plan(name, index, hosts=hosts, image=image), state, passphrase, docker_engine, [])

    yield make
    for name in made:
        wipe(docker_engine, name)
