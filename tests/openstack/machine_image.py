"""Image of the machines of the tests' cloud: Debian 13 as a cloud gives it, with cloud-init and nothing of ours.

python -m tests.openstack.machine_image
"""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from docker.errors import ImageNotFound

from infra.targets.docker.base_image import ImageInputs
from infra.targets.docker.client import client
from tests.openstack.containers import only_one_at_a_time, patient

REPOSITORY = "gru-test-openstack-machine"

PACKAGES = (
    "ca-certificates",
    "cloud-init",
    "dbus",
    "e2fsprogs",
    "iproute2",
    "openssh-server",
    "procps",
    "python3",
    "sudo",
    "systemd-sysv",
)

# Without udev nor console: those are the container's, not the machine's.
MASKED = (
    "console-getty.service",
    "getty@.service",
    "systemd-udevd.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
)

CLOUD_INIT = """\
datasource_list: [ConfigDrive]
network: {config: disabled}
"""
"""Addresses are Docker's affair; all else is told by the configuration drive, as on a cloud."""


def command(archive: Path) -> list[str]:
    """The mmdebstrap command, whole."""
    inputs = ImageInputs()
    return [
        "mmdebstrap",
        "--variant=minbase",
        f"--include={','.join(PACKAGES)}",
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=APT::Install-Recommends "false"',
        "--dpkgopt=force-unsafe-io",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        *(f"--customize-hook={hook}" for hook in _hooks()),
        inputs.suite,
        str(archive),
        *inputs.sources(),
    ]


def _hooks() -> Iterator[str]:
    # Each machine draws its own.
    yield 'rm -f "$1"/etc/ssh/ssh_host_* && : >"$1"/etc/machine-id'
    yield f'printf %s {shlex.quote(CLOUD_INIT)} >"$1"/etc/cloud/cloud.cfg.d/99-tests.cfg'
    yield f'for unit in {" ".join(MASKED)}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done'


def reference() -> str:
    """Name of the image."""
    return f"{REPOSITORY}:{hashlib.sha256(json.dumps(command(Path('-'))).encode()).hexdigest()[:16]}"


def ensure() -> str:
    """The image's name, once it is in Docker. Raises CalledProcessError when mmdebstrap fails."""
    name = reference()
    with only_one_at_a_time():
        try:
            client().images.get(name)
        except ImageNotFound:
            start = time.monotonic()
            _build(name)
            print(f"image des machines {name} : {time.monotonic() - start:.0f} s", flush=True)
    return name


def _build(name: str) -> None:
    with tempfile.TemporaryDirectory() as work, patient() as engine:
        archive = Path(work) / "machine.tar"
        subprocess.run(command(archive), stdin=subprocess.DEVNULL, check=True)
        repository, _, tag = name.partition(":")
        engine.api.import_image_from_file(str(archive), repository, tag, changes=['CMD ["/sbin/init"]'])
        engine.images.get(name)


if __name__ == "__main__":
    print(ensure())
