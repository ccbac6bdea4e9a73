"""What a target is: what a site says of it, what it can do, and the few things it is asked to do."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from infra.plan import PublishedPort, StackPlan
from infra.targets.errors import TargetError

if TYPE_CHECKING:
    import pulumi

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a target can do. Whoever must know asks here, never by the target's name or class."""

    makes_hosts: bool
    """Makes hosts and their network, gives addresses, and removes all that. Else hosts are there, at their address."""
    keeps_volumes: bool
    """Keeps data directories apart from their host, which can be made again. Else they are on the host's own disk."""
    publishes_ports: bool
    """Makes ports of hosts reachable on the operator's machine."""
    needs_image: bool
    """Makes hosts from a base image that must be made first."""
    limits_resources: bool
    """Gives each host a memory limit and a share of the processors."""
    names_public_address: bool
    """Knows the address to which public names lead, and may write it in the operator's ``/etc/hosts``."""


@dataclass(frozen=True, slots=True)
class SshAccess:
    """How the operator enters hosts. Without `key_file`, with the key that `gru` draws for the stack."""

    user: str = "root"
    key_file: Path | None = None


class TargetSettings(BaseModel):
    """What ``target:`` says in site.yaml, and what follows from it. Light: no library of the target's is loaded.

    A target overrides what it answers otherwise: the answers here are those of servers that exist and have ports
    and addresses of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    capabilities: ClassVar[Capabilities]
    resource_words: ClassVar[Mapping[str, str]] = {}
    """French, with its article, for each type of Pulumi resource that the target registers."""

    network: ipaddress.IPv4Network

    def ssh(self) -> SshAccess:
        """How hosts are entered."""
        return SshAccess()

    def first_ssh_port(self) -> int | None:
        """Port from which hosts are given theirs; None where each has its own."""
        return None

    def published(self, ssh_port: int, *, front: bool) -> tuple[PublishedPort, ...]:  # noqa: ARG002
        """Ports of a host to publish, SSH at `ssh_port`; `front` tells whether visitors come in by it."""
        return ()

    def public_address(self) -> str:
        """Address to which public names lead; empty where the town's DNS alone says it."""
        return ""

    def public_port(self) -> int:
        """Port of HTTPS as visitors see it."""
        return 443

    def shared_sources(self) -> tuple[str, ...]:
        """Networks (CIDR) under which the front sees visitors who are not one: a limit for one source spares them."""
        return ()


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose resources these are.

    Two clones of the project on one machine may both run a stack called ``local``: `owner` (random, kept
    in the state directory) tells them apart, `state` (that directory) tells the operator where the other is.
    """

    stack: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Where hosts' packages come from, as the site says (``network:``)."""

    debian: str
    debian_security: str
    http_proxy: str | None = None
    no_proxy: str | None = None


class Target(Protocol):
    """Somewhere hosts can be had from."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do: those of its settings."""

    @property
    def when_silent(self) -> str:
        """French advice to an operator whose hosts do not answer over SSH; a sentence."""

    def check_room(self) -> None:
        """Refuse a machine that has not the room for hosts. Raises OperatorError with what to do."""

    def wake(self) -> None:
        """Make sure that what the target leans on answers. Raises OperatorError with what to do."""

    def prepare(self, mirrors: Mirrors, tell: Tell) -> str:
        """Make what hosts are made from; the image's reference, empty where none is needed. Raises OperatorError."""

    def check(self, plan: StackPlan) -> None:
        """Raise `TargetError` when the plan cannot be carried out at all (no engine answering, image missing)."""

    def declare(self, plan: StackPlan, ownership: Ownership) -> Mapping[str, pulumi.Input[str]]:
        """Register the resources (inside a Pulumi program); give the *instance* of each host.

        The instance changes when a host is replaced by a new one of the same name: readers key what they
        remember of a host (its SSH key) by it.
        """

    def sweep(self, ownership: Ownership, *, keep_data: bool) -> list[str]:
        """After a destroy: remove what still carries our label (data kept on purpose, interrupted runs).

        Gives the names of what was removed. With `keep_data`, volumes stay and are adopted by the next `up`.
        """


def refuse_beyond(capabilities: Capabilities, plan: StackPlan) -> None:
    """Refuse what a plan asks and the target cannot give, rather than ignore it. Raises TargetError.

    Data directories are never refused: where they live is the target's own affair.
    """
    for host in plan.hosts:
        beyond = [
            *(["un port publié"] if host.publish and not capabilities.publishes_ports else []),
            *(["une limite de mémoire"] if host.memory and not capabilities.limits_resources else []),
            *(["une part du processeur"] if host.cpu_weight and not capabilities.limits_resources else []),
        ]
        if beyond:
            raise TargetError(
                f"l'hôte {host.name} demande {', '.join(beyond)}, ce que la cible « {plan.target} » ne sait pas donner"
                " : retirez-le de site.yaml"
            )
