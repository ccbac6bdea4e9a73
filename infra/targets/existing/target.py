"""The target of servers that someone else made: it records them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.plan import StackPlan
from infra.targets.base import Declared, Mirrors, Ownership, Target, TargetSettings, Tell, refuse_beyond
from infra.targets.existing.settings import ExistingSettings


class ExistingTarget:
    """Someone else made the hosts. A host's instance is the address SSH reaches: a new address, a new host.

    Data directories stay where they are, on the server's own disk: nothing here could lose them.
    """

    capabilities = ExistingSettings.capabilities
    patience_seconds = 90
    first_boot = ()
    when_silent = (
        "Vérifiez que le serveur est allumé, puis son adresse et son port (address, ssh_address et ssh_port dans"
        " site.yaml), et que son pare-feu vous laisse entrer."
    )

    def check_room(self) -> None:
        """Nothing is put on this machine."""

    def wake(self, settings: TargetSettings) -> None:
        """Nothing to start."""

    def prepare(self, mirrors: Mirrors, tell: Tell) -> str:  # noqa: ARG002
        """Nothing to make."""
        return ""

    def check(self, plan: StackPlan) -> None:
        """Published ports and limits belong to whoever made the servers."""
        refuse_beyond(self.capabilities, plan)

    def discard(self, plan: StackPlan, ownership: Ownership, cut_short: Sequence[Mapping[str, Any]]) -> None:
        """Nothing is ever begun."""

    def declare(self, plan: StackPlan, ownership: Ownership) -> Declared:  # noqa: ARG002
        """Record only."""
        return Declared({host.name: "{}:{}".format(*host.ssh_endpoint()) for host in plan.hosts})

    def sweep(self, settings: TargetSettings, ownership: Ownership, *, keep_data: bool) -> list[str]:  # noqa: ARG002
        """Nothing was made, nothing is removed."""
        return []


TARGET: Target = ExistingTarget()
