"""What a site says of servers that exist already."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator

from infra.targets.base import Capabilities, SshAccess, SystemUser, TargetSettings

_JUMP = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")


class ExistingSettings(TargetSettings):
    """Servers that exist already and are reached by SSH; each host gives its own address."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        makes_hosts=False,
        keeps_volumes=False,
        renames_hosts=False,
        publishes_ports=False,
        needs_image=False,
        limits_resources=False,
        resolves_names=False,
        hosted=True,
        names_public_address=False,
    )

    kind: Literal["existing"]
    network: ipaddress.IPv4Network = Field(description="Réseau par lequel les serveurs se parlent")
    ssh_user: SystemUser = "root"
    ssh_private_key_file: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(
        default="~/.ssh/id_ed25519", description="Clé SSH de la personne qui opère la plateforme"
    )

    jump_host: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        default=None,
        description="Machine de rebond par laquelle SSH passe, « [compte@]nom[:port] », avec la même clé",
    )

    front_address: ipaddress.IPv4Address | None = Field(
        default=None,
        description="Adresse à laquelle mènent les noms publics, si ce n'est pas celle par laquelle SSH entre",
    )

    @field_validator("jump_host")
    @classmethod
    def _jump_is_a_place(cls, value: str | None) -> str | None:
        if value is not None and not _JUMP.fullmatch(value):
            raise ValueError(f"« {value} » n'a pas la forme compte@nom:port (exemple : admin@rebond.admiville.fr)")
        return value

    def public_address(self) -> str:
        """Address of the front as visitors reach it, where the site says it."""
        return str(self.front_address) if self.front_address else ""

    def ssh(self) -> SshAccess:
        """User, key and way that reach the servers."""
        return SshAccess(self.ssh_user, Path(self.ssh_private_key_file).expanduser(), self.jump_host or "")
