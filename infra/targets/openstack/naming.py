"""What things are called in the cloud, and the marks that tell whose they are."""

from __future__ import annotations

from infra.plan import StackPlan
from infra.targets.base import Ownership


def prefix(stack: str) -> str:
    """Name of what a stack has one of: its network, its router."""
    return f"gru-{stack}"


def name_of(plan: StackPlan, *parts: str) -> str:
    """Name of a host, of a volume (host, directory), of a group (function)."""
    return "-".join((prefix(plan.stack), *parts))


def unique_name(ownership: Ownership) -> str:
    """For what bears no mark: two clones of the project never meet under it."""
    return f"{prefix(ownership.stack)}-{ownership.owner[:8]}"


def tags(ownership: Ownership) -> list[str]:
    """Marks of what is in the network service."""
    return [f"gru-owner-{ownership.owner}", f"gru-stack-{ownership.stack}"]


def description(ownership: Ownership) -> str:
    """Mark of a zone, which can bear no other: in its description, for people too."""
    return f"Noms de la plateforme ({', '.join(tags(ownership))})"


def metadata(ownership: Ownership, name: str) -> dict[str, str]:
    """Marks of servers and volumes."""
    return {"gru_owner": ownership.owner, "gru_stack": ownership.stack, "gru_name": name}
