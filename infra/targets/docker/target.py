"""The Docker target: a plan declared as networks, volumes and hosts."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from docker.errors import ImageNotFound

from infra.plan import HostPlan, StackPlan
from infra.targets.base import Ownership
from infra.targets.docker.client import client, explained, owned_filter
from infra.targets.docker.host import ORDINARY_WEIGHT, HostSpec, Mount, Port, discard
from infra.targets.docker.resources import DockerHost, DockerNetwork, DockerVolume
from infra.targets.errors import TargetError


def container_name(stack: str, host: str) -> str:
    """Name of a host's container: the same on every machine, so that an operator can type it."""
    return f"gru-{stack}-{host}"


def volume_name(stack: str, host: str, volume: str) -> str:
    """Name of a host's volume in Docker."""
    return f"gru-{stack}-{host}-{volume}"


class DockerTarget:
    """Containers with systemd on a Docker engine."""

    def check(self, plan: StackPlan) -> None:
        """The engine answers and has the base image."""
        with explained("joindre le moteur Docker"):
            try:
                client().images.get(plan.image)
            except ImageNotFound as error:
                raise TargetError(
                    f"l'image de base {plan.image} est absente de Docker ; relancez « gru up », qui la fabrique"
                ) from error

    def declare(self, plan: StackPlan, ownership: Ownership) -> Mapping[str, pulumi.Output[str]]:
        """One network, then volumes, then hosts."""
        network = DockerNetwork("network", ownership, plan.network.name, plan.network.cidr, pulumi.ResourceOptions())
        return {host.name: self._host(plan, host, ownership, network).container_id for host in plan.hosts}

    @staticmethod
    def _host(plan: StackPlan, host: HostPlan, ownership: Ownership, network: DockerNetwork) -> DockerHost:
        volumes: list[pulumi.Resource] = [
            DockerVolume(
                f"{host.name}-{volume.name}",
                ownership,
                volume_name(plan.stack, host.name, volume.name),
                pulumi.ResourceOptions(retain_on_delete=True),
            )
            for volume in host.volumes
        ]
        spec = HostSpec(
            ownership=ownership,
            name=container_name(plan.stack, host.name),
            hostname=host.fqdn,
            network=plan.network.name,
            network_id="",
            address=host.address,
            image=plan.image,
            ssh_public_key=plan.ssh_public_key,
            aliases=tuple(sorted({host.fqdn, host.name, *host.aliases})),
            ports=tuple(Port(p.address, p.host_port, p.container_port) for p in host.publish),
            mounts=tuple(Mount(volume_name(plan.stack, host.name, v.name), v.mount) for v in host.volumes),
            memory=host.memory or 0,
            cpu_weight=host.cpu_weight or ORDINARY_WEIGHT,
        )
        options = pulumi.ResourceOptions(depends_on=[network, *volumes])
        return DockerHost(host.name, spec, network.network_id, options)

    def sweep(self, ownership: Ownership, *, keep_data: bool) -> list[str]:
        """Containers, then networks, then (unless kept) volumes that carry our labels."""
        removed: list[str] = []
        wanted = owned_filter(ownership)
        with explained("retirer ce qui reste de la pile"):
            docker = client()
            for container in docker.containers.list(all=True, filters=wanted):
                discard(container)
                removed.append(container.name or "")
            for network in docker.networks.list(filters=wanted):
                network.remove()
                removed.append(network.name or "")
            if not keep_data:
                for volume in docker.volumes.list(filters=wanted):
                    volume.remove()
                    removed.append(volume.name or "")
        return removed
