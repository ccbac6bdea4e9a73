"""From a town's wishes to machines: the typed site becomes the plan that Pulumi carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from infra.model import Site
from infra.model.site import Function
from infra.plan import SSH_PORT, DataDirectory, HostPlan, NetworkPlan, StackPlan

DATA_DIRECTORIES: dict[Function, DataDirectory] = {
    Function.DATABASE: DataDirectory("base", "/var/lib/postgresql"),
    Function.IDP: DataDirectory("annuaire", "/var/lib/ldap"),
    Function.CONSULTATION: DataDirectory("ecoute", "/var/lib/consultation"),
    Function.MAIL: DataDirectory("courriels", "/var/mail"),
    Function.MONITORING: DataDirectory("mesures", "/var/lib/prometheus"),
    Function.BACKUP_REPOSITORY: DataDirectory("sauvegardes", "/var/lib/gru-backup"),
}
"""What must outlive a host, by function."""


def make_plan(
    stack: str,
    site: Site,
    *,
    image: str,
    ssh_public_key: str,
    keepers: Mapping[str, str] = MappingProxyType({}),
) -> StackPlan:
    """Return the plan of `site`, its addresses settled (`addressing`).

    `image` is the base image's reference, empty where the target needs none. `keepers` are the former names of hosts
    whose volumes were made under another name (`data_places`).
    """
    names = site.public_names()
    made = site.target.capabilities.makes_hosts
    return StackPlan(
        stack=stack,
        target=site.target.kind,
        network=NetworkPlan(cidr=str(site.target.network), name=f"gru-{stack}", made=made),
        hosts=tuple(_host(site, name, rank, keepers.get(name, name)) for rank, name in enumerate(site.hosts)),
        image=image,
        ssh_public_key=ssh_public_key,
        publish_address=site.target.public_address(),
        domain=site.domain,
        names=tuple(sorted(names.items())),
        cloud=site.target.place(),
    )


def _host(site: Site, name: str, rank: int, keeper: str) -> HostPlan:
    host = site.hosts[name]
    front = Function.PROXY in host.functions
    first_port = site.target.first_ssh_port()
    ssh_port = host.ssh_port or (SSH_PORT if first_port is None else first_port + rank)
    return HostPlan(
        name=name,
        fqdn=f"{name}.{site.domain}",
        address=str(site.addresses()[name]),
        functions=tuple(function.value for function in host.functions),
        aliases=tuple(sorted(site.public_names().values())) if front else (),
        publish=site.target.published(ssh_port, front=front),
        data=tuple(
            replace(DATA_DIRECTORIES[function], size_gb=site.target.volume_gb(function.value))
            for function in host.functions
            if function in DATA_DIRECTORIES
        ),
        memory=host.memory_mb,
        cpu_weight=host.cpu_weight,
        ssh_user=host.ssh_user or site.target.ssh().user,
        ssh_port=ssh_port,
        ssh_address=host.ssh_address or "",
        ssh_way=site.target.way_in(front=front),
        flavor=site.target.flavor(name),
        public=front and site.target.place() is not None,
        keeper=keeper,
    )
