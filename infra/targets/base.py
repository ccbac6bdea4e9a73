"""What a target is: what a site says of it, what it can do, and the few things it is asked to do."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from infra.engine.plugin import Plugin
from infra.plan import CloudPlan, PublishedPort, StackPlan, Way
from infra.private_network import why_not_private
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
    renames_hosts: bool
    """Gives the volumes of a host to the one that takes its place under another name. Else they would have to be taken
    from a host that still writes to them, or there are none."""
    publishes_ports: bool
    """Makes ports of hosts reachable on the operator's machine."""
    needs_image: bool
    """Makes hosts from a base image that must be made first."""
    limits_resources: bool
    """Gives each host a memory limit and a share of the processors."""
    resolves_names: bool
    """Hosts find one another, and the front under its public names. Else their ``/etc/hosts`` is written."""
    hosted: bool
    """Residents reach the hosts. Else they are shut in the operator's machine, for trying and showing."""
    names_public_address: bool
    """Knows the address to which public names lead, and may write it in the operator's ``/etc/hosts``."""


def _system_user(value: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_.-]{0,31}", value):
        raise ValueError(f"« {value} » n'est pas un nom de compte (exemple : debian)")
    return value


SystemUser = Annotated[str, AfterValidator(_system_user)]
"""An account of a host, as SSH is told it on a command line."""


@dataclass(frozen=True, slots=True)
class SshAccess:
    """How the operator enters hosts. Without `key_file`, with the key that `gru` draws for the stack."""

    user: str = "root"
    key_file: Path | None = None
    jump: str = ""
    """``[user@]host[:port]`` through which hosts are reached, with the same key; empty where they are directly."""


class TargetSettings(BaseModel):
    """What ``target:`` says in site.yaml, and what follows from it. Light: no library of the target's is loaded.

    A target overrides what it answers otherwise: the answers here are those of servers that exist and have ports
    and addresses of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    capabilities: ClassVar[Capabilities]
    resource_words: ClassVar[Mapping[str, str]] = {}
    """French, with its article, for each type of Pulumi resource that the target registers."""
    plugins: ClassVar[tuple[Plugin, ...]] = ()
    """What Pulumi's engine needs besides itself."""
    failures: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What the plugins' errors mean: a regular expression, and the French said instead (``\\1``, ``\\g<name>``)."""

    kind: str
    network: ipaddress.IPv4Network

    @field_validator("network")
    @classmethod
    def _network_is_private(cls, value: ipaddress.IPv4Network) -> ipaddress.IPv4Network:
        if why := why_not_private(value):
            raise ValueError(why)
        return value

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

    def way_in(self, *, front: bool) -> Way:  # noqa: ARG002
        """How SSH reaches a host; `front` tells whether visitors come in by it."""
        return Way.OWN

    def flavor(self, host: str) -> str:  # noqa: ARG002
        """The model of machine of a host; empty where machines have none."""
        return ""

    def volume_gb(self, function: str) -> int:  # noqa: ARG002
        """Size, in GiB, of the volume that keeps a function's data; 0 where volumes have no size of their own."""
        return 0

    def place(self) -> CloudPlan | None:
        """Where in a cloud hosts are made; None elsewhere."""
        return None

    def misfits(self, hosts: Collection[str]) -> Iterator[tuple[tuple[str, ...], str]]:  # noqa: ARG002
        """What does not go with the site's hosts: place below ``target``, then a French sentence."""
        yield from ()

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


@dataclass(frozen=True, slots=True)
class Declared:
    """What is known once resources are made. All but `instances` may be empty: hosts are keys.

    An *instance* changes when a host is replaced by a new one of the same name: readers key what they remember of a
    host (its SSH key) by it. `volumes` gives the cloud's id of each data directory's volume, `memory` a host's in MiB.
    """

    instances: Mapping[str, pulumi.Input[str]]
    public_address: pulumi.Input[str] = ""
    volumes: Mapping[str, Mapping[str, pulumi.Input[str]]] = field(default_factory=dict)
    memory: Mapping[str, pulumi.Input[int]] = field(default_factory=dict)


class Target(Protocol):
    """Somewhere hosts can be had from."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do: those of its settings."""

    @property
    def when_silent(self) -> str:
        """French advice to an operator whose hosts do not answer over SSH; a sentence."""

    @property
    def patience_seconds(self) -> int:
        """How long hosts may take to answer over SSH after they were made."""

    @property
    def first_boot(self) -> Sequence[str]:
        """Command that ends when a new host has done booting for the first time; empty where SSH is its last act."""

    def check_room(self) -> None:
        """Refuse a machine that has not the room for hosts. Raises OperatorError with what to do."""

    def wake(self, settings: TargetSettings) -> None:
        """Make sure that what the target leans on answers. Raises OperatorError with what to do."""

    def prepare(self, mirrors: Mirrors, tell: Tell) -> str:
        """Make what hosts are made from; the image's reference, empty where none is needed. Raises OperatorError."""

    def check(self, plan: StackPlan) -> None:
        """Raise `TargetError` when the plan cannot be carried out at all (no engine answering, image missing)."""

    def discard(self, plan: StackPlan, ownership: Ownership, cut_short: Sequence[Mapping[str, Any]]) -> None:
        """Remove what creations that were cut short may have made: the engine does not know of it, and would meet it.

        Each is a resource as the engine's state writes it (``type``, ``inputs``). Nothing that keeps data is removed.
        """

    def declare(self, plan: StackPlan, ownership: Ownership) -> Declared:
        """Register the resources, inside a Pulumi program."""

    def sweep(self, settings: TargetSettings, ownership: Ownership, *, keep_data: bool) -> list[str]:
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


class Copies(Protocol):
    """Copies of a site on the operator's own machine, made for a while."""

    def settings(self, stack: str) -> dict[str, Any]:
        """``target:`` of the copy's site."""

    def cut_off(self, stack: str, host: str, image: str, keep: str = "") -> None:
        """Leave a host that runs no way out of its own network, but to the address `keep`. Raises TargetError."""
