"""The inline Pulumi program: a plan in, resources and the versioned ``inventory`` output out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi

from infra.plan import StackPlan
from infra.targets import Ownership, get_target

PROJECT = "gru"
INVENTORY_OUTPUT = "inventory"


def program(plan: StackPlan, ownership: Ownership) -> Callable[[], None]:
    """The function Pulumi runs, in this very process."""

    def run() -> None:
        instances = get_target(plan.target).declare(plan, ownership)
        inventory = pulumi.Output.all(**instances).apply(lambda known: with_instances(plan, known))
        pulumi.export(INVENTORY_OUTPUT, inventory)

    return run


def with_instances(plan: StackPlan, instances: dict[str, Any]) -> dict[str, Any]:
    """The plan's inventory, where each host also tells which `instance` of itself it is."""
    inventory: dict[str, Any] = plan.inventory()
    for name, host in inventory["hosts"].items():
        host["instance"] = str(instances[name])
    return inventory
