"""The last look: what Pulumi is about to register, whatever the plan said. A forbidden resource stops the program."""

from __future__ import annotations

import pulumi

from infra.plan import StackPlan
from infra.state import OperatorError

_PUBLIC_TYPES = ("FloatingIp", "FloatingIpAssociate")
"""Last part of the types that give a host an address of the internet (OpenStack: networking and compute)."""


_expected: set[str] = set()
"""Hosts to which the plan that runs gives a public address: one program runs at a time."""


def watch(plan: StackPlan) -> None:
    """Look at each resource of the running program before it is registered.

    Its constructor then raises OperatorError for a public address of a host to which the plan, that the rules read,
    gives none.
    """
    _expected.clear()
    _expected.update(host.name for host in plan.hosts if host.public)
    pulumi.runtime.register_stack_transformation(_look)


def _look(seen: pulumi.ResourceTransformationArgs) -> None:
    if seen.type_.rpartition(":")[2] in _PUBLIC_TYPES and seen.name not in _expected:
        raise OperatorError(
            f"« {seen.name} » aurait une adresse publique que le plan ne lui donne pas (règle P4) : elle n'est pas"
            " créée."
        )
