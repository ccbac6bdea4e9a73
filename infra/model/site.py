"""Pydantic model of `site.yaml`: the one source for the infrastructure and the configuration of hosts."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

_HOST_NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Function(StrEnum):
    """What a host can be asked to do; each is one role under `roles/`."""

    DATABASE = "database"
    MAIL = "mail"
    IDP = "idp"
    PROCESSING = "processing"
    PORTAL = "portal"
    CONSULTATION = "consultation"
    PROXY = "proxy"
    MONITORING = "monitoring"
    FRANCECONNECT_SIMULATOR = "franceconnect_simulator"


OPTIONAL_FUNCTIONS = frozenset({Function.CONSULTATION, Function.FRANCECONNECT_SIMULATOR})

PUBLIC_NAMES: dict[str, str] = {
    "portal": "portail",
    "idp": "connexion",
    "processing": "agents",
    "monitoring": "supervision",
    "consultation": "ecoute",
    "franceconnect_simulator": "franceconnect",
}
"""First label of the public name of each brick (DESIGN.md section 6)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Town(_Strict):
    """What residents read about the town on every page and mail."""

    name: Text
    address: Text
    phone: Text
    email: Email
    opening_hours: Text
    dpo_email: Email = Field(description="Adresse électronique du délégué à la protection des données")


FIRST_ADDRESS = 10
"""Rank, in the private network, of the first address given to a host that asks for none."""


class DockerTarget(_Strict):
    """Hosts are Debian containers on the operator's own machine."""

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


class ExistingTarget(_Strict):
    """Servers that exist already and are reached by SSH; each host gives its own address."""

    kind: Literal["existing"]
    network: ipaddress.IPv4Network = Field(description="Réseau par lequel les serveurs se parlent")
    ssh_user: Text = "root"
    ssh_private_key_file: Text = Field(
        default="~/.ssh/id_ed25519", description="Clé SSH de la personne qui opère la plateforme"
    )


class Host(_Strict):
    """One machine and the functions it carries."""

    functions: Annotated[list[Function], Field(min_length=1)]
    address: ipaddress.IPv4Address | None = Field(
        default=None, description="Adresse dans le réseau privé ; si elle manque, choisie une fois pour toutes"
    )
    ssh_address: str | None = Field(default=None, description="Adresse pour SSH, si elle diffère (serveurs)")
    ssh_port: int | None = Field(default=None, ge=1, le=65535)
    memory_mb: int | None = Field(default=None, ge=128, description="Mémoire prévue pour l'hôte, en Mio")
    cpu_weight: int | None = Field(
        default=None,
        ge=1,
        le=10000,
        description="Part du processeur quand plusieurs hôtes se la disputent sur une même machine (100 d'ordinaire)",
    )


class Mail(_Strict):
    """How mails leave the platform."""

    sender: Email
    relay: str | None = Field(default=None, description="Serveur relais « nom:port » ; envoi direct sinon")
    sink: bool = Field(default=False, description="Garde tous les courriels pour lecture, n'envoie rien")


class Features(_Strict):
    """Choices that change what residents and agents are offered."""

    franceconnect: Literal["off", "simulated"] = "off"
    demo_accounts: bool = False


class Retention(_Strict):
    """How long figures and logs are kept. Requests: each procedure says it (``donnees.conservation_mois``)."""

    metrics_days: int = Field(default=15, ge=1, le=3650)
    logs_months: int = Field(
        default=6, ge=1, le=12, description="Mois de journaux gardés sur les hôtes, s'ils y tiennent"
    )


class Network(_Strict):
    """Inputs for networks that do not reach the internet directly."""

    debian_mirror: str = "http://deb.debian.org/debian"
    debian_security_mirror: str = "http://deb.debian.org/debian-security"
    pypi_mirror: str | None = Field(default=None, description="Adresse « simple » d'un miroir PyPI")
    http_proxy: str | None = None
    no_proxy: str | None = None
    operator_ca: Literal["auto", "none"] | list[str] = Field(
        default="auto",
        description=(
            "Autorités de l'exploitant à installer sur les hôtes : « auto » reprend celles de cette machine"
            " (/usr/local/share/ca-certificates), « none » aucune, ou une liste de fichiers PEM"
        ),
    )


class Site(_Strict):
    """A whole site. Raises `pydantic.ValidationError` whose messages `infra.model.loading` puts in words."""

    version: Literal[1]
    domain: str
    town: Town
    target: Annotated[DockerTarget | ExistingTarget, Field(discriminator="kind")]
    hosts: dict[str, Host]
    mail: Mail
    features: Features = Features()
    retention: Retention = Retention()
    network: Network = Network()
    names: dict[str, str] = Field(default={}, description="Noms publics qui diffèrent des noms habituels")

    @field_validator("domain")
    @classmethod
    def _domain_is_a_name(cls, value: str) -> str:
        if not _DOMAIN.fullmatch(value):
            raise ValueError(f"« {value} » n'est pas un nom de domaine (exemple : admiville.fr)")
        return value

    @field_validator("hosts")
    @classmethod
    def _host_names(cls, value: dict[str, Host]) -> dict[str, Host]:
        for name in value:
            if not _HOST_NAME.fullmatch(name):
                raise ValueError(
                    f"« {name} » n'est pas un nom d'hôte : minuscules, chiffres et tirets, une lettre d'abord"
                )
        return value

    @model_validator(mode="after")
    def _functions_are_carried_once(self) -> Self:
        carriers: dict[Function, list[str]] = {}
        for name, host in self.hosts.items():
            for function in host.functions:
                carriers.setdefault(function, []).append(name)
        missing = [f.value for f in Function if f not in carriers and f not in OPTIONAL_FUNCTIONS]
        if missing:
            raise ValueError(f"aucun hôte ne porte la fonction {', '.join(missing)} (voir « hosts »)")
        for function, names in carriers.items():
            if len(names) > 1:
                raise ValueError(
                    f"la fonction {function.value} est portée par plusieurs hôtes ({', '.join(names)}) : gardez-en un"
                )
        simulated = self.features.franceconnect == "simulated"
        carried = Function.FRANCECONNECT_SIMULATOR in carriers
        if simulated and not carried:
            raise ValueError(
                "« features.franceconnect: simulated » demande un hôte avec la fonction franceconnect_simulator"
            )
        if carried and not simulated:
            raise ValueError(
                "la fonction franceconnect_simulator n'est permise qu'avec « features.franceconnect: simulated »"
            )
        return self

    @model_validator(mode="after")
    def _names_do_not_meet(self) -> Self:
        public = set(self.public_names().values())
        for name in self.hosts:
            if f"{name}.{self.domain}" in public:
                raise ValueError(f"l'hôte {name} aurait le nom public {name}.{self.domain} : donnez-lui un autre nom")
        return self

    @model_validator(mode="after")
    def _addresses_fit(self) -> Self:
        seen: dict[ipaddress.IPv4Address, str] = {}
        for name, address in self.addresses().items():
            if address not in self.target.network:
                raise ValueError(f"l'adresse {address} de l'hôte {name} n'est pas dans {self.target.network}")
            if address in seen:
                raise ValueError(f"les hôtes {seen[address]} et {name} ont la même adresse {address}")
            seen[address] = name
        return self

    def addresses(self) -> dict[str, ipaddress.IPv4Address]:
        """Private address of each host: the one given, else by order from FIRST_ADDRESS, as on a first `gru up`."""
        chosen: dict[str, ipaddress.IPv4Address] = {}
        for index, (name, host) in enumerate(self.hosts.items()):
            if host.address is None and self.target.kind == "existing":
                raise ValueError(f"l'hôte {name} doit donner son adresse (« address »)")
            chosen[name] = host.address or self.target.network.network_address + FIRST_ADDRESS + index
        return chosen

    def public_names(self) -> dict[str, str]:
        """Public name of each brick, by function."""
        return {key: self.names.get(key, f"{label}.{self.domain}") for key, label in PUBLIC_NAMES.items()}

    def host_of(self, function: Function) -> str | None:
        """Name of the host that carries `function`, or None where the site leaves it out."""
        return next((name for name, host in self.hosts.items() if function in host.functions), None)

    @property
    def https_port(self) -> int:
        """Port on which the operator's browser reaches the platform."""
        return self.target.https_port if isinstance(self.target, DockerTarget) else 443
