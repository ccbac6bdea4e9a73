"""Containers whose process 1 is systemd, for the tests' own cloud: the way the Docker target makes hosts."""

from __future__ import annotations

import fcntl
import io
import os
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
from docker.models.containers import Container
from docker.models.networks import Network
from docker.types import IPAMConfig, IPAMPool

from infra.targets.docker.client import client
from infra.targets.docker.host import CAPABILITIES, INIT, SYSCTLS, TMPFS

LABEL = "gru.tests.openstack"
"""On all that the tests' cloud makes in Docker; its value tells what it is."""


def network(
    name: str, cidr: str, *, gateway: str | None = None, label: str, labels: Mapping[str, str] | None = None
) -> Network:
    """Docker's network of that name, made if needed."""
    found = client().networks.list(names=[f"^{name}$"])
    if found:
        return found[0]
    pool = IPAMPool(subnet=cidr, gateway=gateway)
    return client().networks.create(
        name, driver="bridge", ipam=IPAMConfig(pool_configs=[pool]), labels={LABEL: label, **(labels or {})}
    )


def create(
    image: str,
    name: str,
    *,
    hostname: str,
    network_name: str,
    address: str,
    label: str,
    before_init: str = "",
    mac: str | None = None,
    labels: Mapping[str, str] | None = None,
    **limits: Any,
) -> Container:
    """A container that is not started yet. `before_init` is a shell command that process 1 runs before systemd."""
    api = client().api
    endpoint = api.create_endpoint_config(ipv4_address=address, mac_address=mac)
    if any("apparmor" in option for option in client().info().get("SecurityOptions") or []):
        limits["security_opt"] = ["apparmor=unconfined"]  # as in infra/targets/docker/host.py
    shell, option, init = INIT
    made = api.create_container(
        image,
        command=[shell, option, f"{before_init} && {init}" if before_init else init],
        name=name,
        hostname=hostname,
        labels={LABEL: label, **(labels or {})},
        host_config=api.create_host_config(
            cap_add=list(CAPABILITIES),
            cgroupns="private",
            network_mode=network_name,
            sysctls=SYSCTLS,
            tmpfs=TMPFS,
            **limits,
        ),
        # The published types of docker-py ask for one endpoint; its code and documentation for a mapping.
        networking_config=api.create_networking_config({network_name: endpoint}),  # type: ignore[arg-type]
        stop_signal="SIGRTMIN+3",
        environment={"container": "docker"},
    )
    return client().containers.get(made["Id"])


def archive(files: Mapping[str, str | bytes], *, mode: int = 0o644) -> bytes:
    """A tar of these files, by absolute path, for `put_archive`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, content in sorted(files.items()):
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(data), mode
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def run(
    container: Container, command: Sequence[str], environment: Mapping[str, str] | None = None, seconds: float = 60
) -> str:
    """What a command prints in the container. Raises AssertionError, with what it printed, when it fails."""
    words = ["docker", "exec", *(f"--env={name}={value}" for name, value in (environment or {}).items())]
    done = subprocess.run(
        [*words, str(container.id), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} : {done.returncode}\n{done.stdout[-4000:]}"
    return done.stdout


def wait_for_systemd(container: Container, seconds: float = 120) -> None:
    """Wait until systemd has started what it starts, all of it or not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done = subprocess.run(
            ["docker", "exec", str(container.id), "systemctl", "is-system-running", "--wait"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.stdout.strip() in ("running", "degraded"):
            return
        time.sleep(0.2)
    raise AssertionError(f"systemd n'a pas démarré en {seconds:.0f} s dans {container.name}")


@contextmanager
def patient() -> Iterator[docker.DockerClient]:
    """A client for what takes minutes (committing an image of two gigabytes)."""
    engine = docker.from_env(timeout=600)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Hold the lock of whoever makes an image here: a second clone of the project waits for the first one's."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gru" / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "openstack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove(label: str | None = None) -> None:
    """Remove containers, then networks, that carry our label; with a value, only those."""
    wanted: dict[str, str | list[str] | bool] = {"label": f"{LABEL}={label}" if label else LABEL}
    # Two gibibytes of small files took the engine more than a minute on a busy machine.
    with patient() as engine:
        for container in engine.containers.list(all=True, filters=wanted):
            container.remove(force=True, v=True)
        for found in engine.networks.list(filters=wanted):
            found.remove()
