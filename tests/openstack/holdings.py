"""What a project of the cloud holds: nothing, before anything was made and after all was removed."""

from __future__ import annotations

from typing import Any

from openstack.connection import Connection


def held(cloud: Connection, *, names_served: bool = True) -> dict[str, list[str]]:
    """Names of all that the project holds; its own default group and the copies of its data are not the town's.

    Zones are asked for only where the cloud serves names.
    """
    own: dict[str, Any] = {"project_id": cloud.current_project_id}
    network, compute = cloud.network, cloud.compute
    kinds: dict[str, Any] = {
        "servers": compute.servers(),
        "keypairs": compute.keypairs(),
        "server groups": compute.server_groups(),
        "volumes": cloud.block_storage.volumes(),
        "networks": network.networks(**own),
        "ports": network.ports(**own),
        "routers": network.routers(**own),
        "groups": [group for group in network.security_groups(**own) if group.name != "default"],
        "addresses": network.ips(**own),
        "zones": cloud.dns.zones() if names_served else (),
    }
    names = {kind: sorted(str(one.name) for one in found) for kind, found in kinds.items()}
    return {kind: found for kind, found in names.items() if found}
