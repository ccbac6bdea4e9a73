"""The Docker target: a plan declared as networks, volumes and hosts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from docker.errors import ImageNotFound

from infra.plan import HostPlan, StackPlan
from infra.targets.base import Declared, Mirrors, Ownership, Target, TargetSettings, Tell, refuse_beyond
from infra.targets.docker.base_image import ImageInputs, ensure_image
from infra.targets.docker.client import client, explained, owned_filter
from infra.targets.docker.engine import ensure_engine
from infra.targets.docker.host import ORDINARY_WEIGHT, HostSpec, Mount, Port, discard
from infra.targets.docker.resources import DockerHost, DockerNetwork, DockerVolume
from infra.targets.docker.settings import DockerSettings
from infra.targets.errors import TargetError

_MINIMUM_FREE_GIB = 6


def container_name(stack: str, host: str) -> str:
    """Name of a host's container: the same on every machine, so that an operator can type it."""
    return f"gru-{stack}-{host}"


def volume_name(stack: str, keeper: str, volume: str) -> str:
    """Name in Docker of a volume, of the host for which it was first made."""
    return f"gru-{stack}-{keeper}-{volume}"


class DockerTarget:
    """Containers with systemd on a Docker engine. Each data directory of a host is a volume."""

    capabilities = DockerSettings.capabilities
    patience_seconds = 90
    first_boot = ()
    when_silent = "Sur une machine locale, « docker exec NOM journalctl -b » dit pourquoi."

    def check_room(self) -> None:
        """Hosts and their image take some gibibytes of this machine's disk."""
        free = shutil.disk_usage("/var/lib").free / 2**30
        if free < _MINIMUM_FREE_GIB:
            raise TargetError(
                f"Il reste {free:.1f} Gio sur le disque ; il en faut {_MINIMUM_FREE_GIB}. Libérez de la place"
                " (« docker system df » aide à voir), puis relancez."
            )

    def wake(self, settings: TargetSettings) -> None:  # noqa: ARG002
        """The engine answers, started if needed."""
        ensure_engine()

    def prepare(self, mirrors: Mirrors, tell: Tell) -> str:
        """The base image, made from the site's mirrors where this machine has it not yet."""
        inputs = ImageInputs(mirrors.debian, mirrors.debian_security, mirrors.http_proxy, mirrors.no_proxy)
        return ensure_image(inputs, tell)

    def check(self, plan: StackPlan) -> None:
        """The engine answers and has the base image."""
        refuse_beyond(self.capabilities, plan)
        with explained("joindre le moteur Docker"):
            try:
                client().images.get(plan.image)
            except ImageNotFound as error:
                raise TargetError(
                    f"l'image de base {plan.image} est absente de Docker ; relancez « gru up », qui la fabrique"
                ) from error

    def discard(self, plan: StackPlan, ownership: Ownership, cut_short: Sequence[Mapping[str, Any]]) -> None:
        """Nothing: creating finds by its label what was begun, and replaces or adopts it."""

    def declare(self, plan: StackPlan, ownership: Ownership) -> Declared:
        """One network, then volumes, then hosts."""
        network = DockerNetwork("network", ownership, plan.network.name, plan.network.cidr, pulumi.ResourceOptions())
        return Declared({host.name: self._host(plan, host, ownership, network).container_id for host in plan.hosts})

    @staticmethod
    def _host(plan: StackPlan, host: HostPlan, ownership: Ownership, network: DockerNetwork) -> DockerHost:
        volumes: list[pulumi.Resource] = [
            DockerVolume(
                f"{host.keeper}-{data.name}",
                ownership,
                volume_name(plan.stack, host.keeper, data.name),
                pulumi.ResourceOptions(retain_on_delete=True),
            )
            for data in host.data
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
            mounts=tuple(Mount(volume_name(plan.stack, host.keeper, data.name), data.path) for data in host.data),
            memory=host.memory or 0,
            cpu_weight=host.cpu_weight or ORDINARY_WEIGHT,
        )
        options = pulumi.ResourceOptions(depends_on=[network, *volumes])
        return DockerHost(host.name, spec, network.network_id, options)

    def sweep(self, settings: TargetSettings, ownership: Ownership, *, keep_data: bool) -> list[str]:  # noqa: ARG002
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


TARGET: Target = DockerTarget()
