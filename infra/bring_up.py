"""The pieces of `gru up`, in order: engine and image, hosts through Pulumi, hosts that answer over SSH."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Collection
from typing import Any

from infra import data_places, host_keys
from infra import stack as pulumi_stack
from infra.addressing import settled
from infra.engine import ensure_engine as ensure_pulumi
from infra.inventory import known_places, operator_ca_files, read_inventory, write_inventory
from infra.model import Site
from infra.plan import StackPlan
from infra.remote import SSH_FAILED, enter_for, jumps, knock
from infra.shared_state.memory import recall
from infra.site_plan import make_plan
from infra.ssh_complaints import has_another_key, why
from infra.state import OperatorError, Stack
from infra.steps import Step
from infra.targets import Mirrors, Target, get_target

Tell = Callable[[str], None]


def check_target(site: Site) -> None:
    """Refuse early what would fail half-way. Raises OperatorError."""
    operator_ca_files(site)
    target = get_target(site.target.kind)
    target.check_room()
    target.wake(site.target)


def prepare(site: Site, tell: Tell) -> str:
    """Make sure engine and base image are there; return the image's reference (empty where none is needed)."""
    network = site.network
    mirrors = Mirrors(network.debian_mirror, network.debian_security_mirror, network.http_proxy, network.no_proxy)
    ensure_pulumi(lambda text: tell(f"      {text}"))
    return get_target(site.target.kind).prepare(mirrors, lambda text: tell(f"      {text}"))


def make_hosts(stack: Stack, site: Site, image: str, tell: Tell, leave_data: Collection[str] = ()) -> int:
    """Make hosts match the site, write the inventory; return how many resources changed.

    `leave_data` names functions whose data stay behind (`data_places`).
    """
    site = settled(site, known_places(stack))
    expected = data_places.expected(stack, leave_data)
    plan = _plan(stack, site, image, leave_data)
    result = pulumi_stack.up(plan, stack.directory, stack.passphrase_file, _teller(tell))
    if site.target.capabilities.makes_hosts:
        data_places.remember(stack, plan)
    else:
        data_places.begin(stack)
    topology: dict[str, Any] = result.outputs[pulumi_stack.INVENTORY_OUTPUT]
    _forget_keys_of_new_hosts(stack, topology)
    write_inventory(stack, site, topology, expected)
    return result.changed


def remember_places_of_data(stack: Stack, site: Site, image: str, leave_data: Collection[str] = ()) -> None:
    """Keep where the data are: hosts were examined and nothing prevents their configuration any more."""
    data_places.remember(stack, _plan(stack, settled(site, known_places(stack)), image, leave_data))


def planned_changes(
    stack: Stack, site: Site, tell: Tell, leave_data: Collection[str] = ()
) -> list[pulumi_stack.PlannedChange]:
    """Return what `make_hosts` would do."""
    plan = _plan(stack, settled(site, known_places(stack)), prepare(site, tell), leave_data)
    return pulumi_stack.preview(plan, stack.directory, stack.passphrase_file)


def run_engine(stack: Stack, site: Site, words: list[str], tell: Tell) -> int:
    """Run one of Pulumi's own commands on what the site asks for, at the terminal; return its code.

    Raises:
        OperatorError: it would leave data behind; `gru up` is where the operator says so.
    """
    data_places.refuse_to_leave_data(stack, site, ())
    plan = _plan(stack, settled(site, known_places(stack)), prepare(site, tell))
    return pulumi_stack.at_the_terminal(plan, stack.directory, stack.passphrase_file, words)


def remove_hosts(stack: Stack, site: Site, *, keep_data: bool, tell: Tell) -> None:
    """Destroy what was made for the stack: hosts, network and (unless kept) volumes."""
    get_target(site.target.kind).wake(site.target)
    if not stack.passphrase_file.exists() and not stack.inventory_file.exists():
        return
    ensure_pulumi(lambda text: tell(f"      {text}"))
    pulumi_stack.down(
        stack.name,
        site.target,
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
    data_places.forget(stack)
    # Secrets open nothing any more. Logs stay: they may be what the operator looks for.
    for path in (stack.secrets_file, stack.authority_file, stack.visitor_trust_file):
        path.unlink(missing_ok=True)
    # What a store keeps, even emptied, is sealed with it.
    if recall(stack) is None:
        (stack.directory / "passphrase").unlink(missing_ok=True)
    shutil.rmtree(stack.ssh_key_file.parent, ignore_errors=True)
    shutil.rmtree(stack.directory / "pulumi", ignore_errors=True)


def wait_for_hosts(stack: Stack) -> None:
    """Return once every host's SSH port greets, and its first boot is over.

    Raises OperatorError naming the hosts that do not come to it, and why.
    """
    inventory = read_inventory(stack)
    target = get_target(inventory["all"]["vars"]["gru_target"])
    deadline = time.monotonic() + target.patience_seconds
    silent = sorted(inventory["all"]["hosts"])
    while silent and time.monotonic() < deadline:
        silent = [name for name in silent if not _greets(inventory, name)]
        if silent:
            time.sleep(0.3)
    if silent:
        reasons = "\n".join(f"  - hôte {name} : {_why_silent(inventory, name)}." for name in silent)
        raise OperatorError(
            f"Ces hôtes ne répondent pas en SSH après {target.patience_seconds} s :\n{reasons}\n{target.when_silent}"
        )
    if target.first_boot:
        for name in sorted(inventory["all"]["hosts"]):
            _await_first_boot(inventory, name, target, deadline)


def _greets(inventory: dict[str, Any], name: str) -> bool:
    if jumps(inventory, name):
        return _greets_through_the_jump_host(inventory, name)
    host = inventory["all"]["hosts"][name]
    try:
        with socket.create_connection((host["ansible_host"], host["ansible_port"]), timeout=2) as connection:
            connection.settimeout(2)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _await_first_boot(inventory: dict[str, Any], name: str, target: Target, deadline: float) -> None:
    """Ask until SSH lets in and the first boot is over. A key that is not the host's is left to the examination."""
    complaint = ""
    while (left := deadline - time.monotonic()) > 0:
        try:
            run = enter_for(inventory, name, target.first_boot, seconds=left)
        except subprocess.TimeoutExpired:
            complaint = ""
            break
        if run.returncode != SSH_FAILED or has_another_key(run.stderr):
            return
        complaint = run.stderr
        time.sleep(0.3)
    reason = why(inventory, name, complaint) if complaint else "son premier démarrage n'est pas fini"
    raise OperatorError(
        f"L'hôte {name} n'est pas prêt après {target.patience_seconds} s : {reason}.\n{target.when_silent}"
    )


def _why_silent(inventory: dict[str, Any], name: str) -> str:
    return why(inventory, name, knock(inventory, name).stderr)


def _greets_through_the_jump_host(inventory: dict[str, Any], name: str) -> bool:
    """Whether something answers there, even if it is to refuse: the examination of hosts says why."""
    run = knock(inventory, name)
    return run.returncode != SSH_FAILED or "Permission denied" in run.stderr or has_another_key(run.stderr)


def _plan(stack: Stack, site: Site, image: str, leave_data: Collection[str] = ()) -> StackPlan:
    public_key = stack.ssh_key_file.with_suffix(".pub").read_text(encoding="utf-8").strip()
    keepers = data_places.keepers(site, data_places.known_places_of_data(stack), leave_data)
    return make_plan(stack.name, site, image=image, ssh_public_key=public_key, keepers=keepers)


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
        if known.get(name) != instance:
            ssh = topology["hosts"][name]["ssh"]
            host_keys.forget(stack, host_keys.name_of(ssh["address"], int(ssh["port"])))
    memory.write_text(json.dumps(current), encoding="utf-8")
