"""The pieces of `gru up`, in order: engine and image, hosts through Pulumi, hosts that answer over SSH."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

from infra import stack as pulumi_stack
from infra.addressing import settled
from infra.engine import ensure_engine as ensure_pulumi
from infra.inventory import known_places, operator_ca_files, read_inventory, write_inventory
from infra.model import Site
from infra.plan import StackPlan
from infra.site_plan import make_plan
from infra.state import OperatorError, Stack
from infra.steps import Step
from infra.targets import Mirrors, get_target

Tell = Callable[[str], None]

_SSH_SECONDS = 90


def check_target(site: Site) -> None:
    """Refuse early what would fail half-way. Raises OperatorError."""
    operator_ca_files(site)
    target = get_target(site.target.kind)
    target.check_room()
    target.wake()


def prepare(site: Site, tell: Tell) -> str:
    """Make sure engine and base image are there; return the image's reference (empty where none is needed)."""
    network = site.network
    mirrors = Mirrors(network.debian_mirror, network.debian_security_mirror, network.http_proxy, network.no_proxy)
    ensure_pulumi(lambda text: tell(f"      {text}"))
    return get_target(site.target.kind).prepare(mirrors, lambda text: tell(f"      {text}"))


def make_hosts(stack: Stack, site: Site, image: str, tell: Tell) -> int:
    """Make hosts match the site, write the inventory; return how many resources changed."""
    site = settled(site, known_places(stack))
    plan = _plan(stack, site, image)
    result = pulumi_stack.up(plan, stack.directory, stack.passphrase_file, _teller(tell))
    topology: dict[str, Any] = result.outputs[pulumi_stack.INVENTORY_OUTPUT]
    _forget_keys_of_new_hosts(stack, topology)
    write_inventory(stack, site, topology)
    return result.changed


def planned_changes(stack: Stack, site: Site, tell: Tell) -> list[str]:
    """Return, in French, what `make_hosts` would do."""
    plan = _plan(stack, settled(site, known_places(stack)), prepare(site, tell))
    return [change.text for change in pulumi_stack.preview(plan, stack.directory, stack.passphrase_file)]


def remove_hosts(stack: Stack, site: Site, *, keep_data: bool, tell: Tell) -> None:
    """Destroy what was made for the stack: hosts, network and (unless kept) volumes."""
    get_target(site.target.kind).wake()
    if not stack.passphrase_file.exists() and not stack.inventory_file.exists():
        return
    ensure_pulumi(lambda text: tell(f"      {text}"))
    pulumi_stack.down(
        stack.name,
        site.target.kind,
        stack.directory,
        stack.passphrase_file,
        keep_data=keep_data,
        on_event=_teller(tell),
    )


def forget(stack: Stack, *, keep_data: bool) -> None:
    """Remove what the operator's machine remembers of a stack that is gone."""
    stack.inventory_file.unlink(missing_ok=True)
    stack.known_hosts_file.unlink(missing_ok=True)
    (stack.directory / "instances.json").unlink(missing_ok=True)
    if keep_data:
        return
    # Secrets open nothing any more. Logs stay: they may be what the operator looks for.
    for path in (stack.secrets_file, stack.authority_file, stack.directory / "passphrase"):
        path.unlink(missing_ok=True)
    shutil.rmtree(stack.ssh_key_file.parent, ignore_errors=True)
    shutil.rmtree(stack.directory / "pulumi", ignore_errors=True)


def wait_for_hosts(stack: Stack) -> None:
    """Return once every host's SSH port greets. Raises OperatorError naming the hosts that do not."""
    inventory = read_inventory(stack)["all"]
    hosts = inventory["hosts"]
    deadline = time.monotonic() + _SSH_SECONDS
    silent = dict(hosts)
    while silent and time.monotonic() < deadline:
        silent = {name: host for name, host in silent.items() if not _greets(host)}
        if silent:
            time.sleep(0.3)
    if silent:
        raise OperatorError(
            f"Ces hôtes ne répondent pas en SSH après {_SSH_SECONDS} s : {', '.join(sorted(silent))}."
            f" {get_target(inventory['vars']['gru_target']).when_silent}"
        )


def _greets(host: dict[str, Any]) -> bool:
    try:
        with socket.create_connection((host["ansible_host"], host["ansible_port"]), timeout=2) as connection:
            connection.settimeout(2)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _plan(stack: Stack, site: Site, image: str) -> StackPlan:
    public_key = stack.ssh_key_file.with_suffix(".pub").read_text(encoding="utf-8").strip()
    return make_plan(stack.name, site, image=image, ssh_public_key=public_key)


def _teller(tell: Tell) -> Callable[[Step], None]:
    def on_step(step: Step) -> None:
        if step.state == "done" and step.seconds is not None:
            tell(f"      {step.text} ({step.seconds:.0f} s)")

    return on_step


def _forget_keys_of_new_hosts(stack: Stack, topology: dict[str, Any]) -> None:
    """A host made again has new SSH keys: forget the old ones, of that host only."""
    memory = stack.directory / "instances.json"
    known = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    current = {name: record.get("instance", "") for name, record in topology["hosts"].items()}
    for name, instance in current.items():
        if known.get(name) != instance and stack.known_hosts_file.exists():
            ssh = topology["hosts"][name]["ssh"]
            subprocess.run(
                ["ssh-keygen", "-q", "-f", stack.known_hosts_file, "-R", f"[{ssh['address']}]:{int(ssh['port'])}"],
                check=False,
                capture_output=True,
            )
    memory.write_text(json.dumps(current), encoding="utf-8")
