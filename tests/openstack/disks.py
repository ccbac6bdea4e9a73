"""Volumes of the tests' cloud: sparse files, seen by their machine as the block devices of a real one.

Files live under the tests' folder. A volume keeps its content from a machine to the next, as on a cloud.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from docker.models.containers import Container

from tests.copied_site import WORK

FOLDER = WORK / "openstack-volumes"
CGROUP_RULE = "b 7:* rmw"
"""Loop devices are number 7; a machine is allowed them when it is made, as volumes may be attached later."""

GIB = 2**30


def attach(machine: Container, volume: str, size: int) -> None:
    """Have the machine see the volume (`size` in GiB) where a cloud's would; one that grew shows its new size."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    content = FOLDER / volume
    content.touch()
    grown = content.stat().st_size < size * GIB
    if grown:
        with content.open("r+b") as file:
            file.truncate(size * GIB)
    device = _device(content) or _losetup("--find", "--show", str(content))
    if grown:
        _losetup("--set-capacity", device)
    place = f"/dev/disk/by-id/virtio-{volume[:20]}"
    minor = device.removeprefix("/dev/loop")
    machine.exec_run(["sh", "-c", f"[ -b {place} ] || {{ mkdir -p /dev/disk/by-id; mknod {place} b 7 {minor}; }}"])


def keep_only(attached: set[str]) -> None:
    """Let go of the devices of volumes that no machine has."""
    for content in FOLDER.glob("*"):
        if content.name not in attached and (device := _device(content)):
            _losetup("--detach", device)


def remove_all() -> None:
    """Remove every volume and its content."""
    keep_only(set())
    for content in FOLDER.glob("*"):
        content.unlink()


def _device(content: Path) -> str:
    return _losetup("--associated", str(content), "--noheadings", "--output", "NAME")


def _losetup(*arguments: str) -> str:
    return subprocess.run(["losetup", *arguments], capture_output=True, text=True, check=True).stdout.strip()
