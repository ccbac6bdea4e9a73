"""What must exist for a stack: the boundary between the typed site model and the Pulumi program.

The site model (``infra.model``) is about a town's wishes and explains mistakes with file and line; this
module is about machines. It is plain data (no Pulumi, no Docker, no YAML), so both sides test alone.
Names are already resolved here: nothing downstream invents an address or a port.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

INVENTORY_VERSION = 1
"""Version of the ``inventory`` stack output; raised when a reader would misunderstand an older one."""

SSH_PORT = 22
STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
HOST_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


class PlanError(ValueError):
    """The plan contradicts itself. The site model refuses this earlier, in words and with the line."""


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """The private network of the hosts. `name` is the Docker network's (or cloud network's) name.

    `made` tells whether the target makes it; else hosts are on it already, where whoever made them put them.
    """

    cidr: str
    name: str
    made: bool = True


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A port of a host made reachable on the operator's machine; `address` is a loopback address."""

    address: str
    host_port: int
    container_port: int


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A directory whose content must survive its host. What keeps it (a volume, the host's own disk) is the target's.

    `name` is short and unique on its host; `path` is absolute. `size_gb` is that of the volume that keeps it, in GiB;
    0 where nobody gives it one.
    """

    name: str
    path: str
    size_gb: int = 0


class Way(StrEnum):
    """How the operator's machine reaches a host over SSH."""

    OWN = "own"
    """At its own address and port."""
    PUBLIC = "public"
    """At the stack's public address, which the target knows once it has made it."""
    FRONT = "front"
    """At its private address, through the host that has the public address."""


@dataclass(frozen=True, slots=True)
class CloudPlan:
    """Where in a cloud a stack is, and what it may cost or show: all that rules of placement ask.

    `cloud` names an entry of the operator's clouds.yaml (empty: the OS_* variables); credentials are never here.
    `operator` runs the cloud. `region` holds hosts and volumes; `backup_container` in `backup_region` holds copies.
    `volumes_encrypted` is what the operator says of `volume_type`. `public_address` is one that was reserved, empty for
    one that is made and removed with the stack. Networks are CIDRs.
    """

    cloud: str
    operator: str
    region: str
    image: str
    external_network: str
    admin_networks: tuple[str, ...]
    availability_zone: str = ""
    volume_type: str = ""
    volumes_encrypted: bool = False
    strictly_apart: bool = True
    public_address: str = ""
    name_servers: tuple[str, ...] = ()
    dns_zone: str = ""
    dns_zone_made: bool = True
    backup_container: str = ""
    backup_region: str = ""


@dataclass(frozen=True, slots=True)
class HostPlan:
    """One host.

    `address` is its address in the private network. `keeper` is the name under which its volumes are made: that of the
    host itself, or the one it had before it was renamed.
    `aliases` are the other names it answers to inside the network (public names, on the proxy's host).
    `flavor` is the model of machine a cloud makes it from; `public` tells whether it has a public address.
    `memory` is a limit in MiB; `cpu_weight` is its share when processors are short (ordinary: 100). SSH is reached at
    the published port 22, else at `ssh_address` (the private address when empty) and `ssh_port`.
    """

    name: str
    fqdn: str
    address: str
    functions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    publish: tuple[PublishedPort, ...] = ()
    data: tuple[DataDirectory, ...] = ()
    memory: int | None = None
    cpu_weight: int | None = None
    ssh_user: str = "root"
    ssh_port: int = SSH_PORT
    ssh_address: str = ""
    ssh_way: Way = Way.OWN
    flavor: str = ""
    public: bool = False
    keeper: str = ""

    def __post_init__(self) -> None:
        """A host that was never renamed keeps its volumes under its name."""
        if not self.keeper:
            object.__setattr__(self, "keeper", self.name)

    def ssh_endpoint(self) -> tuple[str, int]:
        """Address and port where the operator's machine reaches SSH: the published port 22, else its own."""
        for port in self.publish:
            if port.container_port == SSH_PORT:
                return port.address, port.host_port
        return self.ssh_address or self.address, self.ssh_port


@dataclass(frozen=True, slots=True)
class StackPlan:
    """A whole stack.

    `target` is one of `infra.targets.TARGETS`. `image` is the reference of what hosts are made from (on Docker
    ``gru-base:<key>``, the key being the content hash of its recipe), empty where the target needs none.
    `publish_address` is where public names lead, empty where the target does not name it. `names` maps a function to
    its public name (``portal`` to ``portail.gru.test``). `cloud` is None where hosts are not in one.
    """

    stack: str
    target: str
    network: NetworkPlan
    hosts: tuple[HostPlan, ...]
    image: str
    ssh_public_key: str
    publish_address: str
    domain: str = "gru.test"
    names: tuple[tuple[str, str], ...] = ()
    cloud: CloudPlan | None = None

    def __post_init__(self) -> None:
        """Refuse what would only fail half-way through an update."""
        if not STACK_NAME.fullmatch(self.stack):
            raise PlanError(f"nom de pile invalide : {self.stack!r}")
        if not self.hosts:
            raise PlanError("aucun hôte")
        for host in self.hosts:
            if not HOST_NAME.fullmatch(host.name):
                raise PlanError(f"nom d'hôte invalide : {host.name!r}")
            _unique(f"répertoire de données de l'hôte {host.name}", (data.name for data in host.data))
        _unique("nom d'hôte", (h.name for h in self.hosts))
        _unique("nom complet", (h.fqdn for h in self.hosts))
        _unique("adresse", (h.address for h in self.hosts))
        _unique("port publié", (f"{p.address}:{p.host_port}" for h in self.hosts for p in h.publish))
        _unique("accès SSH", ("{}:{}".format(*h.ssh_endpoint()) for h in self.hosts))
        if self.network.made:
            self._check_addresses()

    def _check_addresses(self) -> None:
        network = ipaddress.ip_network(self.network.cidr)
        reserved = {network.network_address, network.broadcast_address, next(network.hosts())}
        for host in self.hosts:
            address = ipaddress.ip_address(host.address)
            if address not in network:
                raise PlanError(f"l'adresse {address} de {host.name} n'est pas dans le réseau {network}")
            if address in reserved:
                raise PlanError(f"l'adresse {address} de {host.name} est réservée (réseau ou passerelle)")

    def inventory(self) -> dict[str, object]:
        """The versioned stack output read by `infra.inventory`: topology only, never a secret."""
        return {
            "version": INVENTORY_VERSION,
            "stack": self.stack,
            "target": self.target,
            "domain": self.domain,
            "network": self.network.cidr,
            "publish_address": self.publish_address,
            "names": dict(self.names),
            "hosts": {host.name: _inventory_host(host) for host in self.hosts},
        }


def _inventory_host(host: HostPlan) -> dict[str, object]:
    ssh_address, ssh_port = host.ssh_endpoint()
    return {
        "fqdn": host.fqdn,
        "address": host.address,
        "functions": list(host.functions),
        "aliases": list(host.aliases),
        "ssh": {"address": ssh_address, "port": ssh_port, "user": host.ssh_user},
        "data": {data.name: data.path for data in host.data},
    }


def _unique(what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise PlanError(f"{what} en double : {value}")
        seen.add(value)
