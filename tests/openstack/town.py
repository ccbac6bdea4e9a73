"""A town in the tests' cloud with a host or two, the front and the database's: enough to prove the target.

python -m tests.openstack.town    brings both up, as its operator's machine would
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from typing import Any

from infra import stack as pulumi_stack
from infra.addressing import settled
from infra.bring_up import check_target, prepare, wait_for_hosts
from infra.inventory import known_places, read_inventory, write_inventory
from infra.model import Site, load_site
from infra.plan import StackPlan
from infra.remote import run_remote
from infra.secret_store import ensure_secrets
from infra.site_plan import make_plan
from infra.state import Stack
from infra.steps import Step
from tests.openstack.cloud_site import CloudSite

FRONT, BASE = "front", "db"
COPY = CloudSite("nuage", "nuage.gru.test", "172.30.97.0/24", "")


def tell(step: Step) -> None:
    """What took a second or more: pytest shows it where a test fails."""
    if step.state != "start" and step.seconds and step.seconds >= 1:
        print(f"{time.strftime('%H:%M:%S')} {step.state} {step.text} ({step.seconds:.0f} s)", flush=True)


class Town:
    """What its operator does, with these hosts only."""

    def __init__(self, *hosts: str) -> None:
        os.environ.update(COPY.environment())
        self.stack = Stack(COPY.name)
        self.hosts = hosts

    def site(self) -> Site:
        """The site as it is written now."""
        return settled(load_site(COPY.folder / "site.yaml"), known_places(self.stack))

    def plan(self) -> StackPlan:
        """Its plan, of these hosts; the portal's name, whose host is not there, is the front's."""
        public_key = self.stack.ssh_key_file.with_suffix(".pub").read_text(encoding="utf-8").strip()
        plan = make_plan(self.stack.name, self.site(), image="", ssh_public_key=public_key)
        return dataclasses.replace(
            plan,
            hosts=tuple(host for host in plan.hosts if host.name in self.hosts),
            names=tuple(("proxy", name) for function, name in plan.names if function == "portal"),
        )

    def ready(self) -> None:
        """Engine, plugin, secrets and keys are there; the cloud knows us."""
        self.stack.prepare()
        ensure_secrets(self.stack, self.site())
        check_target(self.site())
        prepare(self.site(), print)

    def up(self) -> int:
        """Make the hosts match the site, and wait until they are ready; how many resources changed."""
        self.ready()
        made = pulumi_stack.up(self.plan(), self.stack.directory, self.stack.passphrase_file, tell)
        topology: dict[str, Any] = made.outputs[pulumi_stack.INVENTORY_OUTPUT]
        self.stack.known_hosts_file.unlink(missing_ok=True)
        write_inventory(self.stack, self.site(), topology)
        wait_for_hosts(self.stack)
        return made.changed

    def preview(self) -> list[str]:
        """What `up` would change, in words."""
        planned = pulumi_stack.preview(self.plan(), self.stack.directory, self.stack.passphrase_file)
        return [change.text for change in planned]

    def down(self) -> list[str]:
        """Remove everything, data included; the names of what only its mark told was ours."""
        state = self.stack
        return pulumi_stack.down(state.name, self.site().target, state.directory, state.passphrase_file, on_event=tell)

    def run(self, host: str, *command: str) -> str:
        """What a command prints on a host, over SSH."""
        return run_remote(read_inventory(self.stack), host, list(command))

    def up_apart(self) -> subprocess.Popen[bytes]:
        """The same as `up` in a process group of its own, for whoever wants to end it half-way."""
        words = [sys.executable, "-m", "tests.openstack.town"]
        return subprocess.Popen(words, start_new_session=True)


if __name__ == "__main__":
    print(f"{Town(FRONT, BASE).up()} ressources changées")
