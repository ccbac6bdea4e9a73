"""What `gru up` would change on hosts: Ansible's check mode, on those that answer, against the site as it is written.

Nothing is written but a log: the inventory that Ansible reads is made from `site.yaml` in a folder of its own, and the
stack's stays what the last `gru up` left.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.addressing import settled
from infra.configuration import check_runbook
from infra.host_changes import HostChange, host_changes
from infra.host_preflight import Examination, examine
from infra.inventory import known_places, make_inventory, read_inventory, save_inventory
from infra.model import Site
from infra.plan import HostPlan
from infra.program import with_instances
from infra.site_plan import make_plan
from infra.state import Stack
from infra.steps import PlannedChange

_FUNCTIONS_TO_COME = "toutes ses fonctions y seront installées"


@dataclass(frozen=True, slots=True)
class HostPreview:
    """What would become of one host.

    `state` is ``new`` (to be made), ``bare`` (there, and never installed), ``renewed`` (made again), ``silent`` (why is
    in `sentence`) or ``compared``; then `changes` holds what would change, `unseen` what could not be looked at.
    """

    host: str
    state: str
    sentence: str = ""
    changes: tuple[HostChange, ...] = ()
    unseen: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        changes = [
            {"role": c.role, "task": c.task, "sentence": c.sentence, "files": list(c.files), "lines": list(c.lines)}
            for c in self.changes
        ]
        return {
            "host": self.host,
            "state": self.state,
            "sentence": self.sentence,
            "changes": changes,
            "unseen": list(self.unseen),
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """All hosts, in the site's order, and what must be mended before `gru up`."""

    hosts: list[HostPreview] = field(default_factory=list)
    examination: Examination = field(default_factory=Examination)

    @property
    def count(self) -> int:
        """How many things would change on hosts that are there already; to install one that is bare is one."""
        return sum(len(host.changes) + (host.state == "bare") for host in self.hosts)


def preview_hosts(stack: Stack, site: Site, planned: Iterable[PlannedChange]) -> Preview:
    """Compare each host with what the site asks; hosts to be made are told so. Raises OperatorError."""
    changed = {change.host: change.action for change in planned if change.host}
    made = {host for host, action in changed.items() if action in ("create", "replace")}
    inventory = planned_inventory(stack, site)
    there = {name: host for name, host in inventory["all"]["hosts"].items() if changed.get(name) != "create"}
    found = examine(site, {"all": {**inventory["all"], "hosts": there}})
    compared = [name for name in there if name in found.installed and name not in made]
    changes, unseen = _compare(stack, inventory, compared)
    hosts = []
    for name in site.hosts:
        if changed.get(name) == "create":
            hosts.append(HostPreview(name, "new", f"à créer : {_FUNCTIONS_TO_COME}"))
        elif name in made:
            hosts.append(HostPreview(name, "renewed", f"sera refait : {_FUNCTIONS_TO_COME}"))
        elif name in found.silent and name in changed:
            hosts.append(
                HostPreview(name, "renewed", "sera remis en marche : ce qui y a changé n'est pas visible d'ici là")
            )
        elif name in found.silent:
            hosts.append(HostPreview(name, "silent", found.silent[name]))
        elif name in compared:
            hosts.append(HostPreview(name, "compared", "", tuple(changes.get(name, ())), tuple(unseen.get(name, ()))))
        else:
            hosts.append(HostPreview(name, "bare", f"jamais installé : {_FUNCTIONS_TO_COME}"))
    return Preview(hosts, found)


def planned_inventory(stack: Stack, site: Site) -> dict[str, Any]:
    """The inventory that `make_hosts` would write; what the target chose is taken from the last `gru up`."""
    site = settled(site, known_places(stack))
    plan = make_plan(stack.name, site, image="", ssh_public_key="")
    known = read_inventory(stack)["all"] if stack.inventory_file.exists() else {"hosts": {}, "vars": {}}
    volumes = {
        name: {volume["name"]: volume["id"] for volume in host.get("gru_volumes", ())}
        for name, host in known["hosts"].items()
    }
    topology = with_instances(
        plan,
        dict.fromkeys(site.hosts, ""),
        "" if plan.publish_address else known["vars"].get("gru_publish_address", ""),
        {host.name: volumes[host.name] for host in plan.hosts if _all_known(host, volumes)},
        {} if site.target.capabilities.limits_resources else _memory(known["hosts"]),
    )
    return make_inventory(stack, site, topology)


def _all_known(host: HostPlan, volumes: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether the host has volumes, and each of its data directories one."""
    found = volumes.get(host.name, {})
    return bool(found) and all(data.name in found for data in host.data)


def _memory(hosts: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    return {name: host["gru_memory_mb"] for name, host in hosts.items() if "gru_memory_mb" in host}


def _compare(
    stack: Stack, inventory: dict[str, Any], hosts: list[str]
) -> tuple[dict[str, list[HostChange]], dict[str, list[str]]]:
    """What would change, and what could not be looked at, by host."""
    changes: dict[str, list[HostChange]] = {}
    unseen: dict[str, list[str]] = {}
    if not hosts:
        return changes, unseen
    log_file = stack.log_directory / f"{datetime.datetime.now():%Y%m%d-%H%M%S}-preview.log"
    with tempfile.TemporaryDirectory(prefix="gru-preview-") as folder:
        inventory_file = Path(folder) / "inventory.json"
        save_inventory(inventory_file, inventory)
        checked = check_runbook(stack, "deploy", log_file, inventory_file, hosts)
    for change in host_changes(checked.changes):
        changes.setdefault(change.host, []).append(change)
    for failure in checked.failures:
        unseen.setdefault(failure["host"], []).append(f"étape « {failure['step']} » : {failure['reason']}")
    return changes, unseen
