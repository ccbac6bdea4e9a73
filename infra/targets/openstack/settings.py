"""What a site says of an OpenStack cloud. No credential is ever written there."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from infra.engine.plugin import OPENSTACK, Plugin
from infra.plan import CloudPlan, Way
from infra.targets.base import Capabilities, SshAccess, SystemUser, TargetSettings

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Domain = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")]

DEFAULT = "default"
"""In `sizes` and `volumes_gb`: for all that is not named."""

ORDINARY_VOLUME_GB = 20
LARGEST_VOLUME_GB = 16_384


class Backups(BaseModel):
    """Where copies of the data go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    container: Name
    region: Name = Field(description="Région des sauvegardes : une autre que celle des serveurs")


class Zone(BaseModel):
    """A zone of names that the cloud serves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Domain
    make: bool = Field(default=True, description="Crée la zone ; « false » si elle existe déjà dans ce nuage")


class OpenstackSettings(TargetSettings):
    """Servers of a cloud that speaks OpenStack; credentials come from clouds.yaml or from the OS_* variables."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        makes_hosts=True,
        keeps_volumes=True,
        renames_hosts=False,
        publishes_ports=False,
        needs_image=False,
        limits_resources=False,
        resolves_names=False,
        names_public_address=False,
        hosted=True,
    )
    plugins: ClassVar[tuple[Plugin, ...]] = (OPENSTACK,)
    resource_words: ClassVar[Mapping[str, str]] = {
        "Network": "le réseau",
        "Subnet": "le sous-réseau",
        "Router": "le routeur",
        "RouterInterface": "le branchement du routeur",
        "SecGroup": "le groupe de sécurité",
        "SecGroupRule": "l'ouverture",
        "Keypair": "la clé SSH",
        "ServerGroup": "la répartition",
        "Port": "l'interface",
        "Instance": "l'hôte",
        "Volume": "le volume",
        "VolumeAttach": "le branchement du volume",
        "FloatingIp": "l'adresse publique",
        "FloatingIpAssociate": "l'attribution de l'adresse publique",
        "Zone": "la zone de noms",
        "RecordSet": "le nom",
        "Container": "le conteneur de sauvegardes",
    }
    failures: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            r"Quota exceeded for (?P<what>[\w, ]+)",
            "le nuage refuse : quota dépassé (\\g<what>). Demandez à votre opérateur de le relever, ou prenez une"
            " taille plus petite (target.size), puis relancez « gru up » : ce qui est fait est gardé.",
        ),
        (
            r"(VolumeSizeExceedsAvailableQuota|VolumeLimitExceeded|OverQuota|overLimit)",
            "le nuage refuse : quota dépassé (\\1). Demandez à votre opérateur de le relever, puis relancez « gru"
            " up » : ce qui est fait est gardé.",
        ),
        (
            r"No valid host was found",
            "le nuage n'a pas de place pour ce serveur. Si « target.spread » vaut strict, il faut autant de machines"
            " physiques que d'hôtes : essayez preferred ; sinon, une autre zone (availability_zone) ou une autre taille"
            " (size). Puis relancez « gru up ».",
        ),
        (
            r"duplicate_zone",
            "cette zone de noms existe déjà dans le nuage, et gru ne l'a pas faite. Pour qu'il y écrive les noms, dites"
            " « make: false » (target.dns_zone) ; sinon, retirez-la dans l'espace client, puis relancez.",
        ),
        (
            r"inputs to import do not match",
            "un volume gardé d'une installation précédente n'a ni la taille ni le type que dit site.yaml. Remettez ceux"
            " qu'il avait (volumes_gb, volume_type), lancez « gru up », puis agrandissez-le.",
        ),
        (
            r"\b401\b|Authentication failed|Unauthorized",
            "le nuage ne reconnaît plus vos identifiants. Vérifiez clouds.yaml ou les variables OS_*, puis relancez.",
        ),
        (
            r"\b403\b|Forbidden|Policy doesn't allow",
            "vos identifiants n'ont pas le droit de le faire. Demandez le rôle « member » dans ce projet, puis"
            " relancez.",
        ),
        (
            r"connection refused|no such host|i/o timeout|context deadline exceeded",
            "le nuage ne répond pas. Vérifiez le réseau et l'état annoncé par l'opérateur, puis relancez « gru up » :"
            " ce qui est fait est gardé.",
        ),
    )

    kind: Literal["openstack"]
    cloud: Name | None = Field(
        default=None,
        description="Entrée de clouds.yaml qui donne les identifiants ; sans elle, les variables OS_*",
    )
    operator: Name = Field(description="Qui exploite ce nuage, par exemple OVHcloud")
    region: Name
    availability_zone: Name | None = None
    network: ipaddress.IPv4Network = Field(description="Réseau privé des hôtes, créé dans le nuage")
    external_network: Name = Field(description="Réseau du nuage qui mène à l'internet et donne les adresses publiques")
    name_servers: list[ipaddress.IPv4Address] = Field(
        default=[], description="Serveurs de noms des hôtes ; ceux du nuage s'ils manquent"
    )
    floating_address: ipaddress.IPv4Address | None = Field(
        default=None,
        description=(
            "Adresse publique réservée d'avance, gardée par « gru down » ; sans elle, une est prise, puis rendue"
        ),
    )
    admin_networks: Annotated[list[ipaddress.IPv4Network], Field(min_length=1)] = Field(
        description="Réseaux d'où l'on administre : SSH n'est ouvert qu'à eux"
    )
    jump: Literal["front", "none"] = Field(
        default="front",
        description="Par où passe SSH : le frontal et son adresse publique, ou directement les adresses privées (VPN)",
    )
    ssh_user: SystemUser = "debian"
    image: Name = Field(default="Debian 13", description="Image Debian 13 du nuage, avec cloud-init")
    size: Name = Field(description="Taille choisie dans « sizes »")
    sizes: Annotated[dict[str, dict[str, Name]], Field(min_length=1)] = Field(
        description="Pour chaque taille, le gabarit de chaque hôte ; « default » vaut pour ceux qui ne sont pas nommés"
    )
    spread: Literal["strict", "preferred"] = Field(
        default="preferred", description="Hôtes sur des machines physiques différentes : exigé, ou si possible"
    )
    volumes_gb: dict[str, Annotated[int, Field(ge=1, le=LARGEST_VOLUME_GB)]] = Field(
        default={DEFAULT: ORDINARY_VOLUME_GB},
        description="Taille des volumes de données en Gio, par fonction ; « default » vaut pour les autres",
    )
    volume_type: Name | None = Field(default=None, description="Type de volume du nuage ; le sien s'il manque")
    volumes_encrypted: bool = Field(default=False, description="Ce type de volume est chiffré")
    backups: Backups | None = Field(default=None, description="Conteneur d'objets des sauvegardes")
    dns_zone: Zone | None = Field(default=None, description="Zone servie par le nuage, où les noms publics sont écrits")

    @model_validator(mode="after")
    def _what_goes_together(self) -> Self:
        if self.network.prefixlen > 27:
            raise ValueError(f"le réseau {self.network} est trop petit : il faut au moins 32 adresses (/27)")
        if self.size not in self.sizes:
            raise ValueError(f"la taille « {self.size} » n'est pas dans « sizes » ({', '.join(self.sizes)})")
        if self.backups and self.backups.region == self.region:
            raise ValueError(
                f"les sauvegardes sont dans la même région que les serveurs ({self.region}) : un sinistre emporterait"
                " tout ; choisissez-en une autre (backups.region)"
            )
        return self

    def ssh(self) -> SshAccess:
        """User that cloud-init makes, with the key that `gru` draws."""
        return SshAccess(self.ssh_user)

    def public_address(self) -> str:
        """The address that was reserved; empty where one is taken with the stack."""
        return str(self.floating_address or "")

    def way_in(self, *, front: bool) -> Way:
        """Through the front, unless private addresses are reached."""
        if self.jump == "none":
            return Way.OWN
        return Way.PUBLIC if front else Way.FRONT

    def flavor(self, host: str) -> str:
        """The flavor of a host in the chosen size."""
        flavors = self.sizes[self.size]
        return flavors.get(host) or flavors[DEFAULT]

    def volume_gb(self, function: str) -> int:
        """Size of the volume of a function's data."""
        return self.volumes_gb.get(function) or self.volumes_gb.get(DEFAULT, ORDINARY_VOLUME_GB)

    def misfits(self, hosts: Collection[str]) -> Iterator[tuple[tuple[str, ...], str]]:
        """Each host needs a flavor in each size, and no flavor is for a host that the site has not."""
        for size, flavors in self.sizes.items():
            without = [name for name in hosts if name not in flavors]
            if without and DEFAULT not in flavors:
                yield ("sizes", size), f"donnez un gabarit à {', '.join(without)}, ou un « {DEFAULT} »"
            for name in flavors:
                if name not in hosts and name != DEFAULT:
                    yield ("sizes", size, name), f"« {name} » n'est pas un hôte de ce site ({', '.join(hosts)})"

    def place(self) -> CloudPlan:
        """All that is not a host's own."""
        return CloudPlan(
            cloud=self.cloud or "",
            operator=self.operator,
            region=self.region,
            image=self.image,
            external_network=self.external_network,
            admin_networks=tuple(map(str, self.admin_networks)),
            availability_zone=self.availability_zone or "",
            volume_type=self.volume_type or "",
            volumes_encrypted=self.volumes_encrypted,
            strictly_apart=self.spread == "strict",
            public_address=self.public_address(),
            name_servers=tuple(map(str, self.name_servers)),
            dns_zone=self.dns_zone.name if self.dns_zone else "",
            dns_zone_made=bool(self.dns_zone and self.dns_zone.make),
            backup_container=self.backups.container if self.backups else "",
            backup_region=self.backups.region if self.backups else "",
        )
