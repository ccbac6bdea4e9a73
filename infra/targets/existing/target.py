"""The target of servers that someone else made: it records them."""

from __future__ import annotations

from collections.abc import Mapping

from infra.plan import StackPlan
from infra.targets.base import Mirrors, Ownership, Target, Tell, refuse_beyond
from infra.targets.existing.settings import ExistingSettings


class ExistingTarget:
    """Someone else made the hosts. A host's instance is the address SSH reaches: a new address, a new host.

    Data directories stay where they are, on the server's own disk: nothing here could lose them.
    """

    capabilities = ExistingSettings.capabilities
    when_silent = (
        "Vérifiez que le serveur est allumé, puis son adresse et son port (address, ssh_address et ssh_port dans"
        " site.yaml), et que son pare-feu vous laisse entrer."
    )

    def check_room(self) -> None:
        """Nothing is put on this machine."""

    def wake(self) -> None:
        """Nothing to start."""

    def prepare(self, mirrors: Mirrors, tell: Tell) -> str:  # noqa: ARG002
        """Nothing to make."""
        return ""

    def check(self, plan: StackPlan) -> None:
        """Published ports and limits belong to whoever made the servers."""
        refuse_beyond(self.capabilities, plan)

    def declare(self, plan: StackPlan, ownership: Ownership) -> Mapping[str, str]:  # noqa: ARG002
        """Record only."""
        return {host.name: "{}:{}".format(*host.ssh_endpoint()) for host in plan.hosts}

    def sweep(self, ownership: Ownership, *, keep_data: bool) -> list[str]:  # noqa: ARG002
        """Nothing was made, nothing is removed."""
        return []


TARGET: Target = ExistingTarget()
