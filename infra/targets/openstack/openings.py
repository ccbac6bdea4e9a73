"""What each host lets in: the flows between functions, SSH for those who administer, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from infra.model.flows import flows
from infra.model.ports import EVERY_HOST
from infra.model.site import Function
from infra.plan import SSH_PORT, StackPlan, Way

EVERYBODY = "0.0.0.0/0"


@dataclass(frozen=True, slots=True)
class Opening:
    """TCP let in by the hosts of `group`: from those of `caller`, a group too, or from `network` (CIDR)."""

    group: str
    port: int
    caller: str = ""
    network: str = ""

    @property
    def name(self) -> str:
        """Short and unique: it names a resource."""
        return f"{self.group}-{self.port}-{self.caller or self.network}"


def groups(plan: StackPlan) -> tuple[str, ...]:
    """One group a function that some host carries, and one for every host."""
    return (EVERY_HOST, *sorted({function for host in plan.hosts for function in host.functions}))


def openings(plan: StackPlan) -> Iterator[Opening]:
    """Every opening of the stack, the least that lets it work."""
    if plan.cloud is None:
        return
    present = frozenset(groups(plan)) - {EVERY_HOST}
    for flow in flows(present):
        network = "" if flow.caller else EVERYBODY
        yield Opening(flow.function, flow.port, caller=flow.caller, network=network)
    if any(host.ssh_way is Way.FRONT for host in plan.hosts):
        yield Opening(EVERY_HOST, SSH_PORT, caller=Function.PROXY.value)
        entered = Function.PROXY.value
    else:
        entered = EVERY_HOST
    for network in plan.cloud.admin_networks:
        yield Opening(entered, SSH_PORT, network=network)
