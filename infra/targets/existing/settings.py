"""What a site says of servers that exist already."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from infra.targets.base import Capabilities, SshAccess, TargetSettings


class ExistingSettings(TargetSettings):
    """Servers that exist already and are reached by SSH; each host gives its own address."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        makes_hosts=False,
        keeps_volumes=False,
        publishes_ports=False,
        needs_image=False,
        limits_resources=False,
        names_public_address=False,
    )

    kind: Literal["existing"]
    network: ipaddress.IPv4Network = Field(description="Réseau par lequel les serveurs se parlent")
    ssh_user: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = "root"
    ssh_private_key_file: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(
        default="~/.ssh/id_ed25519", description="Clé SSH de la personne qui opère la plateforme"
    )

    def ssh(self) -> SshAccess:
        """User and key that reach the servers."""
        return SshAccess(self.ssh_user, Path(self.ssh_private_key_file).expanduser())
