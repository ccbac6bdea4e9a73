"""What would make an update fail half-way, found before anything is made: a missing image, a quota too small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from infra.plan import CloudPlan, HostPlan, StackPlan
from infra.targets.errors import TargetError
from infra.targets.openstack.cloud import in_words
from infra.targets.openstack.naming import name_of
from infra.targets.openstack.openings import groups, openings

if TYPE_CHECKING:
    from openstack.connection import Connection

UNLIMITED = -1


def refuse_what_the_cloud_cannot_give(connection: Connection, plan: StackPlan, cloud: CloudPlan) -> None:
    """All that is missing, told at once. Raises TargetError."""
    with in_words("de regarder ce que le nuage peut donner"):
        flavors = {name: connection.compute.find_flavor(name) for name in {host.flavor for host in plan.hosts}}
        found = [
            *_what_is_missing(connection, plan, cloud, flavors),
            *_what_is_kept(connection, plan, cloud),
            *_quotas(connection, plan, cloud, flavors),
        ]
    if found:
        raise TargetError(
            f"Rien n'a été créé dans le nuage ({cloud.operator}, région {cloud.region}). À corriger d'abord :\n"
            + "\n".join(f"  - {sentence}" for sentence in found)
        )


def _what_is_missing(
    connection: Connection, plan: StackPlan, cloud: CloudPlan, flavors: dict[str, Any]
) -> Iterator[str]:
    for name in sorted(name for name, flavor in flavors.items() if flavor is None):
        offered = sorted(str(flavor.name) for flavor in connection.compute.flavors())
        yield f"le gabarit « {name} » n'existe pas (target.sizes) ; ce nuage offre : {_some(offered)}"
    if not any(image.status == "active" for image in connection.image.images(name=cloud.image)):
        offered = sorted({str(image.name) for image in connection.image.images(status="active")})
        near = [name for name in offered if "debian" in name.lower()] or offered
        yield f"l'image « {cloud.image} » n'existe pas (target.image) ; ce nuage offre : {_some(near)}"
    outside = [str(network.name) for network in connection.network.networks(is_router_external=True)]
    if cloud.external_network not in outside:
        yield (
            f"le réseau extérieur « {cloud.external_network} » n'existe pas (target.external_network) ; ce nuage"
            f" offre : {_some(outside)}"
        )
    if cloud.volume_type and connection.block_storage.find_type(cloud.volume_type) is None:
        offered = sorted(str(kind.name) for kind in connection.block_storage.types())
        yield (
            f"le type de volume « {cloud.volume_type} » n'existe pas (target.volume_type) ; ce nuage offre :"
            f" {_some(offered)}"
        )
    if cloud.availability_zone:
        zones = sorted(str(zone.name) for zone in connection.compute.availability_zones())
        if cloud.availability_zone not in zones:
            yield (
                f"la zone de disponibilité « {cloud.availability_zone} » n'existe pas (target.availability_zone) ;"
                f" offertes : {_some(zones)}"
            )
    if cloud.public_address:
        yield from _reserved_address(connection, plan, cloud.public_address)
    yield from _zone(connection, plan, cloud)
    if cloud.backup_region:
        endpoint = connection.session.get_endpoint(service_type="object-store", region_name=cloud.backup_region)
        if endpoint is None:
            yield (
                f"ce nuage n'a pas de stockage d'objets dans la région « {cloud.backup_region} »"
                " (target.backups.region)"
            )


def _reserved_address(connection: Connection, plan: StackPlan, address: str) -> Iterator[str]:
    """Given to the front, an address that serves something else would be taken from it without a word."""
    found = next(iter(connection.network.ips(floating_ip_address=address)), None)
    if found is None:
        yield (
            f"l'adresse publique {address} n'est pas réservée dans ce projet (target.floating_address) :"
            " réservez-en une, ou retirez la ligne pour qu'une adresse soit prise"
        )
    elif found.port_id:
        name = str(connection.network.get_port(found.port_id).name)
        if name not in {name_of(plan, host.name) for host in plan.hosts if host.public}:
            yield (
                f"l'adresse publique {address} sert déjà à « {name or found.port_id} » (target.floating_address) :"
                " libérez-la dans l'espace client, ou réservez-en une autre"
            )


def _zone(connection: Connection, plan: StackPlan, cloud: CloudPlan) -> Iterator[str]:
    if not cloud.dns_zone:
        return
    outside = sorted(name for _, name in plan.names if not name.endswith(f".{cloud.dns_zone}"))
    if outside:
        yield (
            f"ces noms publics ne sont pas dans la zone « {cloud.dns_zone} » (target.dns_zone) : {', '.join(outside)}."
            " Changez-les (names) ou retirez la zone"
        )
    zones = list(connection.dns.zones(name=f"{cloud.dns_zone}."))
    if not cloud.dns_zone_made and not zones:
        yield f"la zone « {cloud.dns_zone} » n'existe pas (target.dns_zone) : retirez « make: false », elle sera créée"


def _what_is_kept(connection: Connection, plan: StackPlan, cloud: CloudPlan) -> Iterator[str]:
    """Volumes that are there: they grow, they never shrink; what is said of them must be so."""
    wanted = {name_of(plan, host.name, data.name): (host, data) for host in plan.hosts for data in host.data}
    for volume in connection.block_storage.volumes():
        if volume.name not in wanted:
            continue
        host, data = wanted[volume.name]
        if volume.size > data.size_gb:
            yield (
                f"le volume {data.name} de l'hôte {host.name} fait {volume.size} Gio : un volume ne rétrécit pas"
                f" (target.volumes_gb en demande {data.size_gb})"
            )
        if cloud.volumes_encrypted and volume.is_encrypted is False:
            yield (
                f"le volume {data.name} de l'hôte {host.name} n'est pas chiffré, alors que site.yaml le dit"
                " (target.volumes_encrypted) : un volume garde son type toute sa vie, il faut en refaire un et y copier"
                " les données"
            )


def _quotas(connection: Connection, plan: StackPlan, cloud: CloudPlan, flavors: dict[str, Any]) -> Iterator[str]:
    """What is still to be made, against what the project may still have."""
    servers = {str(server.name) for server in connection.compute.servers()}
    volumes = {str(volume.name): int(volume.size) for volume in connection.block_storage.volumes()}
    missing = [host for host in plan.hosts if name_of(plan, host.name) not in servers]
    wanted = {name_of(plan, host.name, data.name): data.size_gb for host in plan.hosts for data in host.data}
    known = [flavors[host.flavor] for host in missing if flavors[host.flavor] is not None]

    compute = connection.compute.get_limits().absolute
    storage = connection.block_storage.get_limits().absolute
    yield from _beyond("de serveurs", len(missing), compute.instances_used, compute.instances)
    yield from _beyond(
        "de processeurs", sum(flavor.vcpus for flavor in known), compute.total_cores_used, compute.total_cores
    )
    yield from _beyond(
        "de mémoire (Mio)", sum(flavor.ram for flavor in known), compute.total_ram_used, compute.total_ram
    )
    new = [name for name in wanted if name not in volumes]
    yield from _beyond("de volumes", len(new), storage.total_volumes_used, storage.max_total_volumes)
    growth = sum(size - volumes.get(name, 0) for name, size in wanted.items())
    yield from _beyond("de stockage (Gio)", growth, storage.total_gigabytes_used, storage.max_total_volume_gigabytes)
    yield from _network_quotas(connection, plan, missing, cloud)


def _network_quotas(
    connection: Connection, plan: StackPlan, missing: list[HostPlan], cloud: CloudPlan
) -> Iterator[str]:
    from openstack.exceptions import ForbiddenException  # noqa: PLC0415

    try:
        quota: Any = connection.network.get_quota(connection.current_project_id or "", details=True)
    except ForbiddenException:
        return  # Some clouds show it to nobody but themselves: the engine will tell.
    names = {str(group.name) for group in connection.network.security_groups()}
    new_groups = [group for group in groups(plan) if name_of(plan, group) not in names]
    # A new group comes with two rules of its own: all may leave.
    new_rules = sum(opening.group in new_groups for opening in openings(plan)) + 2 * len(new_groups)
    fronts = 0 if cloud.public_address else sum(host.public for host in missing)
    for what, more, known in (
        ("d'interfaces réseau", len(missing), quota.ports),
        ("d'adresses publiques", fronts, quota.floating_ips),
        ("de groupes de sécurité", len(new_groups), quota.security_groups),
        ("de règles de sécurité", new_rules, quota.security_group_rules),
    ):
        yield from _beyond(what, more, known["used"], known["limit"])


def _beyond(what: str, more: int, used: int, limit: int) -> Iterator[str]:
    if limit != UNLIMITED and more > 0 and used + more > limit:
        yield (
            f"quota {what} dépassé : il en faut {more} de plus, {used} sur {limit} sont pris. Demandez à votre"
            " opérateur de relever ce quota, ou prenez une taille plus petite (target.size)"
        )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:12]) or "aucun"
    return shown + (f"… ({len(names)} en tout)" if len(names) > 12 else "")
