"""Servers that exist already and are reached by SSH: nothing is created, they are only recorded."""

from __future__ import annotations

from collections.abc import Mapping

from infra.plan import StackPlan
from infra.targets.base import Ownership
from infra.targets.errors import TargetError


class ExistingTarget:
    """Someone else made the hosts. A host's instance is the address SSH reaches: a new address, a new host."""

    def check(self, plan: StackPlan) -> None:
        """Volumes, published ports and limits belong to whoever made the servers: refuse rather than ignore."""
        for host in plan.hosts:
            if host.volumes or host.publish or host.memory:
                raise TargetError(
                    f"l'hôte {host.name} demande un volume, un port publié ou une limite de mémoire, "
                    "ce que la cible « existing » ne sait pas donner : retirez-les de site.yaml"
                )

    def declare(self, plan: StackPlan, ownership: Ownership) -> Mapping[str, str]:  # noqa: ARG002
        """Record only."""
        return {host.name: "{}:{}".format(*host.ssh_endpoint()) for host in plan.hosts}

    def sweep(self, ownership: Ownership, *, keep_data: bool) -> list[str]:  # noqa: ARG002
        """Nothing was made, nothing is removed."""
        return []
