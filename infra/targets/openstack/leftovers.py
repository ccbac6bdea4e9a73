"""What carries our mark in the cloud: volumes kept from before, and what a destroy must sweep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from infra.targets.base import Ownership
from infra.targets.errors import TargetError
from infra.targets.openstack.cloud import in_words
from infra.targets.openstack.naming import description, tags, unique_name

if TYPE_CHECKING:
    from openstack.connection import Connection

REMOVAL_SECONDS = 300

REMOVABLE = ("available", "error", "error_extending", "error_restoring", "error_managing")
"""States in which the cloud removes a volume (cinder/volume/api.py); one that could not grow is never available."""


def kept_volumes(connection: Connection, ownership: Ownership) -> dict[str, str]:
    """Ids of the data volumes that are ours, by their name. Raises TargetError when two have one name."""
    found: dict[str, str] = {}
    with in_words("de lire les volumes du nuage"):
        for volume in _volumes(connection, ownership):
            if volume.name in found:
                raise TargetError(
                    f"Deux volumes du nuage s'appellent {volume.name} ({found[volume.name]} et {volume.id}), et gru ne"
                    " sait pas lequel porte les données. Supprimez ou renommez l'autre dans l'espace client, puis"
                    " relancez."
                )
            found[str(volume.name)] = str(volume.id)
    return found


def sweep(connection: Connection, ownership: Ownership, *, dns_zone: str = "", keep_data: bool) -> list[str]:
    """Remove what still carries our mark; the names of what was removed. Copies (backups) are never touched.

    Zones are looked for under the name `dns_zone`, where there is one: not every cloud serves names.
    """
    removed: list[str] = []
    with in_words("de retirer ce qui reste de la pile"):
        for remove, things in _in_order(connection, ownership, dns_zone, keep_data=keep_data):
            for thing in things:
                remove(thing)
                removed.append(str(thing.name))
    return removed


def _in_order(
    connection: Connection, ownership: Ownership, dns_zone: str, *, keep_data: bool
) -> Iterator[tuple[Callable[[Any], object], list[Any]]]:
    """What removes each kind, and those of ours; servers first, what stands on nothing last."""
    network = connection.network
    marks: Any = {"tags": ",".join(tags(ownership))}
    yield lambda server: remove_server(connection, server), list(servers(connection, ownership))
    if not keep_data:
        yield lambda volume: _remove_volume(connection, volume), list(_volumes(connection, ownership))
    yield network.delete_ip, list(network.ips(**marks))
    yield network.delete_port, [port for port in network.ports(**marks) if not port.device_owner.startswith("network:")]
    yield lambda router: remove_router(connection, router), list(network.routers(**marks))
    yield network.delete_network, list(network.networks(**marks))
    yield network.delete_security_group, list(network.security_groups(**marks))
    own = unique_name(ownership)
    yield connection.compute.delete_keypair, [key for key in connection.compute.keypairs() if key.name == own]
    groups = [group for group in connection.compute.server_groups() if group.name == own]
    yield connection.compute.delete_server_group, groups
    if dns_zone:
        yield lambda zone: remove_zone(connection, zone), list(zones(connection, ownership, f"{dns_zone}."))


def zones(connection: Connection, ownership: Ownership, name: str) -> Iterator[Any]:
    """The zone of that name, if it is ours: one that another made in this project does not bear our mark."""
    for zone in connection.dns.zones(name=name):
        if zone.description == description(ownership):
            yield zone


def remove_zone(connection: Connection, zone: Any) -> None:
    """Return once it is gone, its records with it: until then, its name is taken."""
    connection.dns.delete_zone(zone)
    connection.dns.wait_for_delete(zone, interval=1, wait=REMOVAL_SECONDS)


def servers(connection: Connection, ownership: Ownership) -> Iterator[Any]:
    """Servers that are ours."""
    for server in connection.compute.servers():
        if (server.metadata or {}).get("gru_owner") == ownership.owner:
            yield server


def _volumes(connection: Connection, ownership: Ownership) -> Iterator[Any]:
    for volume in connection.block_storage.volumes():
        if (volume.metadata or {}).get("gru_owner") == ownership.owner:
            yield volume


def remove_server(connection: Connection, server: Any) -> None:
    """Return once it is gone: what it held is free."""
    connection.compute.delete_server(server)
    connection.compute.wait_for_delete(server, interval=1, wait=REMOVAL_SECONDS)


def _remove_volume(connection: Connection, volume: Any) -> None:
    """The cloud detaches it on its own time once its server is gone."""
    deadline = time.monotonic() + REMOVAL_SECONDS
    while (state := connection.block_storage.get_volume(volume).status) not in REMOVABLE:
        if time.monotonic() > deadline:
            raise TargetError(
                f"Le volume {volume.name} est encore dans l'état « {state} » après {REMOVAL_SECONDS} s. Voyez dans"
                " l'espace client ce qui le tient, puis relancez « gru down »."
            )
        time.sleep(1)
    connection.block_storage.delete_volume(volume)
    connection.block_storage.wait_for_delete(volume, interval=1, wait=REMOVAL_SECONDS)


def remove_router(connection: Connection, router: Any) -> None:
    """Unplug it first."""
    unplug(connection, router)
    connection.network.delete_router(router)


def unplug(connection: Connection, router: Any) -> None:
    """Take a router out of the networks it is plugged into; its way out (gateway) is not one of them."""
    network = connection.network
    for port in network.ports(device_id=router.id):
        if port.device_owner == "network:router_gateway":
            continue
        for address in port.fixed_ips:
            network.remove_interface_from_router(router, subnet=address["subnet_id"])
