"""What an interrupted run began and Pulumi never heard of: found by name and mark, removed, so that it is made again.

Without this, the next run would meet a port that holds its address or a server that holds its port. Volumes are not
here: whatever happened to them, they are adopted (`leftovers.kept_volumes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from infra.targets.base import Ownership
from infra.targets.openstack import leftovers
from infra.targets.openstack.cloud import in_words
from infra.targets.openstack.naming import tags

if TYPE_CHECKING:
    from openstack.connection import Connection

Inputs = Mapping[str, Any]
Discard = Callable[["Connection", Ownership, Inputs], None]


def discard(connection: Connection, ownership: Ownership, cut_short: Sequence[Mapping[str, Any]]) -> None:
    """Remove what those creations made, if they made anything: what stands on others first."""
    begun = [(str(one["type"]).rpartition(":")[2], one.get("inputs") or {}) for one in cut_short]
    with in_words("de retirer ce qu'une commande interrompue avait commencé"):
        for kind, remove in _IN_ORDER.items():
            for inputs in (inputs for found, inputs in begun if found == kind):
                remove(connection, ownership, inputs)


def _server(connection: Connection, ownership: Ownership, inputs: Inputs) -> None:
    for server in leftovers.servers(connection, ownership):
        if server.name == inputs["name"]:
            leftovers.remove_server(connection, server)


def _attachment(connection: Connection, _ownership: Ownership, inputs: Inputs) -> None:
    volume = connection.block_storage.find_volume(inputs["volumeId"])
    if volume is not None and volume.attachments:
        connection.compute.delete_volume_attachment(inputs["instanceId"], inputs["volumeId"])
        connection.block_storage.wait_for_status(volume, status="available", interval=1, wait=leftovers.REMOVAL_SECONDS)


def _public_address(connection: Connection, ownership: Ownership, _inputs: Inputs) -> None:
    for address in connection.network.ips(tags=",".join(tags(ownership))):
        connection.network.delete_ip(address)


def _port(connection: Connection, ownership: Ownership, inputs: Inputs) -> None:
    for port in _ours(connection.network.ports(name=inputs["name"]), ownership):
        connection.network.delete_port(port)


def _rule(connection: Connection, _ownership: Ownership, inputs: Inputs) -> None:
    same = {
        "security_group_id": inputs["securityGroupId"],
        "direction": inputs["direction"],
        "port_range_min": inputs["portRangeMin"],
        "remote_group_id": inputs.get("remoteGroupId"),
        "remote_ip_prefix": inputs.get("remoteIpPrefix"),
    }
    wanted = {key: value for key, value in same.items() if value is not None}
    for rule in connection.network.security_group_rules(**wanted):
        connection.network.delete_security_group_rule(rule)


def _group(connection: Connection, ownership: Ownership, inputs: Inputs) -> None:
    for group in _ours(connection.network.security_groups(name=inputs["name"]), ownership):
        connection.network.delete_security_group(group)


def _interface(connection: Connection, _ownership: Ownership, inputs: Inputs) -> None:
    router = connection.network.find_router(inputs["routerId"])
    if router is not None:
        leftovers.unplug(connection, router)


def _router(connection: Connection, ownership: Ownership, inputs: Inputs) -> None:
    for router in _ours(connection.network.routers(name=inputs["name"]), ownership):
        leftovers.remove_router(connection, router)


def _subnet(connection: Connection, ownership: Ownership, inputs: Inputs) -> None:
    for subnet in _ours(connection.network.subnets(name=inputs["name"]), ownership):
        connection.network.delete_subnet(subnet)


def _network(connection: Connection, ownership: Ownership, inputs: Inputs) -> None:
    for network in _ours(connection.network.networks(name=inputs["name"]), ownership):
        connection.network.delete_network(network)


def _keypair(connection: Connection, _ownership: Ownership, inputs: Inputs) -> None:
    connection.compute.delete_keypair(inputs["name"], ignore_missing=True)


def _server_group(connection: Connection, _ownership: Ownership, inputs: Inputs) -> None:
    for group in connection.compute.server_groups():
        if group.name == inputs["name"]:
            connection.compute.delete_server_group(group)


def _record(connection: Connection, _ownership: Ownership, inputs: Inputs) -> None:
    for record in connection.dns.recordsets(inputs["zoneId"], name=inputs["name"], type=inputs["type"]):
        if list(record.records) == list(inputs["records"]):
            connection.dns.delete_recordset(record, inputs["zoneId"])


def _zone(connection: Connection, ownership: Ownership, inputs: Inputs) -> None:
    for zone in leftovers.zones(connection, ownership, inputs["name"]):
        leftovers.remove_zone(connection, zone)


_IN_ORDER: dict[str, Discard] = {
    "Instance": _server,
    "VolumeAttach": _attachment,
    "FloatingIp": _public_address,
    "Port": _port,
    "SecGroupRule": _rule,
    "SecGroup": _group,
    "RouterInterface": _interface,
    "Router": _router,
    "Subnet": _subnet,
    "Network": _network,
    "Keypair": _keypair,
    "ServerGroup": _server_group,
    "RecordSet": _record,
    "Zone": _zone,
}


def _ours(things: Iterable[Any], ownership: Ownership) -> Iterator[Any]:
    """Those that bear our mark, or none yet: the network service makes a thing first and marks it next."""
    for thing in things:
        if not thing.tags or set(tags(ownership)) <= set(thing.tags):
            yield thing
