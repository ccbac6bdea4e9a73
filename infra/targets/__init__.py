"""Where hosts come from. Each target turns a `StackPlan` into resources; none knows what runs inside hosts."""

from __future__ import annotations

from infra.targets.base import Ownership, Target
from infra.targets.errors import TargetError

TARGETS = ("docker", "existing")
"""Names accepted as the `target` of a site."""


def get_target(name: str) -> Target:
    """The target of that name. Targets are imported here so that one needs no library of the others."""
    if name == "docker":
        from infra.targets.docker.target import DockerTarget  # noqa: PLC0415

        return DockerTarget()
    if name == "existing":
        from infra.targets.existing import ExistingTarget  # noqa: PLC0415

        return ExistingTarget()
    raise TargetError(f"cible inconnue : {name!r} (cibles possibles : {', '.join(TARGETS)})")


__all__ = ["TARGETS", "Ownership", "Target", "TargetError", "get_target"]
