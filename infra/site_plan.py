"""From a town's wishes to machines: the typed site becomes the plan that Pulumi carries out."""

from __future__ import annotations

from infra.model import Site
from infra.model.site import DockerTarget, Function
from infra.plan import HostPlan, NetworkPlan, PublishedPort, StackPlan, VolumePlan

DATA_DIRECTORIES: dict[Function, tuple[str, str]] = {
    Function.DATABASE: ("base", "/var/lib/postgresql"),
    Function.IDP: ("annuaire", "/var/lib/ldap"),
    Function.CONSULTATION: ("ecoute", "/var/lib/consultation"),
    Function.MAIL: ("courriels", "/var/mail"),
    Function.MONITORING: ("mesures", "/var/lib/prometheus"),
}
"""What must outlive a host, by function: (volume, mount point)."""


def make_plan(stack: str, site: Site, *, image: str, ssh_public_key: str) -> StackPlan:
    """Return the plan of `site`, its addresses settled (`addressing`).

    `image` is the base image's reference, empty where no host is created.
    """
    names = site.public_names()
    return StackPlan(
        stack=stack,
        target=site.target.kind,
        network=NetworkPlan(cidr=str(site.target.network), name=f"gru-{stack}"),
        hosts=tuple(_host(site, name, index) for index, name in enumerate(site.hosts)),
        image=image,
        ssh_public_key=ssh_public_key,
        publish_address=str(getattr(site.target, "publish_address", "")),
        domain=site.domain,
        names=tuple(sorted(names.items())),
    )


def _host(site: Site, name: str, index: int) -> HostPlan:
    host = site.hosts[name]
    address = str(site.addresses()[name])
    carries_proxy = Function.PROXY in host.functions
    docker = site.target if isinstance(site.target, DockerTarget) else None
    publish: list[PublishedPort] = []
    if docker:
        loopback = str(docker.publish_address)
        publish.append(PublishedPort(loopback, host.ssh_port or docker.ssh_port_base + index, 22))
        if carries_proxy:
            publish.append(PublishedPort(loopback, docker.https_port, 443))
            publish.append(PublishedPort(loopback, docker.http_port, 80))
    return HostPlan(
        name=name,
        fqdn=f"{name}.{site.domain}",
        address=address if docker else (host.ssh_address or address),
        functions=tuple(function.value for function in host.functions),
        aliases=tuple(sorted(site.public_names().values())) if carries_proxy else (),
        publish=tuple(publish),
        volumes=tuple(VolumePlan(*DATA_DIRECTORIES[f]) for f in host.functions if f in DATA_DIRECTORIES),
        memory=host.memory_mb,
        cpu_weight=host.cpu_weight,
        ssh_user=getattr(site.target, "ssh_user", "root"),
        ssh_port=host.ssh_port or 22,
    )
