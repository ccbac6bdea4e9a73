"""What a site says of hosts that are containers on the operator's own machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from infra.plan import SSH_PORT, PublishedPort
from infra.targets.base import Capabilities, TargetSettings


class DockerSettings(TargetSettings):
    """Hosts are Debian containers on the operator's own machine."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        makes_hosts=True,
        keeps_volumes=True,
        renames_hosts=True,
        publishes_ports=True,
        needs_image=True,
        limits_resources=True,
        resolves_names=True,
        hosted=False,
        names_public_address=True,
    )
    resource_words: ClassVar[Mapping[str, str]] = {
        "DockerNetwork": "le réseau",
        "DockerVolume": "le volume",
        "DockerHost": "l'hôte",
    }

    kind: Literal["docker"]
    network: ipaddress.IPv4Network = Field(description="Réseau privé des hôtes, par exemple 172.30.10.0/24")
    publish_address: ipaddress.IPv4Address = Field(
        default=ipaddress.IPv4Address("127.0.10.1"),
        description="Adresse de bouclage (127.x.x.x) où le portail et SSH sont publiés",
    )
    ssh_port_base: int = Field(default=22001, ge=1024, le=65000)
    https_port: int = Field(default=443, ge=1, le=65535)
    http_port: int = Field(default=80, ge=1, le=65535)

    @field_validator("publish_address")
    @classmethod
    def _loopback_only(cls, value: ipaddress.IPv4Address) -> ipaddress.IPv4Address:
        if not value.is_loopback:
            raise ValueError("l'adresse de publication doit être une adresse de bouclage (127.x.x.x)")
        return value

    def first_ssh_port(self) -> int:
        """Port of the first host on the operator's machine; the next follow."""
        return self.ssh_port_base

    def published(self, ssh_port: int, *, front: bool) -> tuple[PublishedPort, ...]:
        """Ports of a host that the operator's machine publishes: SSH, and the web's for the front."""
        loopback = self.public_address()
        ports = [(ssh_port, SSH_PORT)]
        if front:
            ports += [(self.https_port, 443), (self.http_port, 80)]
        return tuple(PublishedPort(loopback, ours, hosts) for ours, hosts in ports)

    def public_address(self) -> str:
        """Address of the operator's machine that ports are published on."""
        return str(self.publish_address)

    def public_port(self) -> int:
        """Port of the front for HTTPS."""
        return self.https_port

    def shared_sources(self) -> tuple[str, ...]:
        """Published ports show every visitor under the address of the network's gateway."""
        return (f"{next(self.network.hosts())}/32",)
