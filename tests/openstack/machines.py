"""The process that turns servers into machines, run beside tests (`hypervisor.py` says what it does)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.copied_site import WORK
from tests.openstack import containers, disks, machine_image
from tests.steps import ROOT


@contextmanager
def machines_running(*, kept: bool = False) -> Iterator[None]:
    """Have servers run during the block. Those of before and after it are removed, unless `kept`."""
    image = machine_image.ensure()
    if not kept:
        remove_machines()
    log = WORK / "openstack-machines.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.openstack.hypervisor", image],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)
    if not kept and not os.environ.get("GRU_KEEP_TEST_STACK"):
        remove_machines()


def remove_machines() -> None:
    """Remove every machine, its networks and its volumes."""
    containers.remove("machine")
    containers.remove("network")
    disks.remove_all()
