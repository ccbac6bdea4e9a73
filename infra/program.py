"""The inline Pulumi program: a plan in, resources and the versioned ``inventory`` output out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pulumi

from infra.plan import StackPlan, Way
from infra.policy.resources import watch
from infra.targets import Ownership, get_target

PROJECT = "gru"
INVENTORY_OUTPUT = "inventory"


def program(plan: StackPlan, ownership: Ownership) -> Callable[[], None]:
    """The function Pulumi runs, in this very process."""

    def run() -> None:
        watch(plan)
        declared = get_target(plan.target).declare(plan, ownership)
        inventory = pulumi.Output.all(
            instances=pulumi.Output.from_input(declared.instances),
            public_address=declared.public_address,
            volumes=pulumi.Output.from_input(declared.volumes),
            memory=pulumi.Output.from_input(declared.memory),
        ).apply(lambda known: with_instances(plan, **known))
        pulumi.export(INVENTORY_OUTPUT, inventory)

    return run


def with_instances(
    plan: StackPlan,
    instances: Mapping[str, Any],
    public_address: str = "",
    volumes: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    memory: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, Any]:
    """The plan's inventory and what the target made: each host also tells which `instance` of itself it is."""
    inventory: dict[str, Any] = plan.inventory()
    inventory["publish_address"] = public_address or inventory["publish_address"]
    front = next((host for host in plan.hosts if host.public), None)
    for host in plan.hosts:
        record = inventory["hosts"][host.name]
        record["instance"] = str(instances[host.name])
        if host.ssh_way is Way.PUBLIC:
            record["ssh"]["address"] = public_address
        if host.ssh_way is Way.FRONT and front:
            record["ssh"]["jump"] = f"{front.ssh_user}@{public_address}:{front.ssh_port}"
        if host.name in volumes:
            record["volumes"] = [
                {"name": data.name, "path": data.path, "id": volumes[host.name][data.name]} for data in host.data
            ]
        if host.name in memory:
            record["memory_mb"] = int(memory[host.name])
    return inventory
