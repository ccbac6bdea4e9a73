"""Pydantic model of `site.yaml`: the one source for the infrastructure and the configuration of hosts."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from infra.targets import AnyTarget

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

SINGLE_FUNCTIONS: dict[Function, str] = {
    Function.DATABASE: "les données de la commune n'ont qu'un endroit : deux bases divergeraient",
    Function.MAIL: "les courriels en attente sont sur son disque, et les sites n'en connaissent qu'un",
    Function.IDP: "l'annuaire des personnes et leurs mots de passe sont sur son disque",
    Function.PROCESSING: (
        "il met la base au niveau de la version, exécute les tâches et donne les chiffres des demandes : à deux, ce"
        " travail serait fait et compté deux fois"
    ),
    Function.CONSULTATION: "les documents des dossiers sont sur son disque, et le travail de la nuit doublerait",
    Function.PROXY: "les noms publics mènent à une seule adresse, et lui seul compte les requêtes de chaque visiteur",
    Function.MONITORING: "les mesures sont sur son disque, et chaque alerte partirait deux fois",
    Function.FRANCECONNECT_SIMULATOR: "les identifications en cours sont dans sa mémoire",
}
"""Functions that one host alone may carry, and why. The others keep nothing of their own: any number of hosts may
carry them, and the front shares visitors among them (the portal's sessions, files and drafts are in the database)."""

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


_Location = tuple[str | int, ...]


def _refuse(problems: list[tuple[_Location, str]]) -> None:
    """Raise, if there are any, `problems` of a rule over the whole site: each with its place in site.yaml."""
    if problems:
        raise ValidationError.from_exception_data(
            "Site",
            [
                InitErrorDetails(
                    type=PydanticCustomError("site_rule", "{sentence}", {"sentence": said}), loc=place, input=None
                )
                for place, said in problems
            ],
        )


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

    @field_validator("functions")
    @classmethod
    def _each_function_once(cls, value: list[Function]) -> list[Function]:
        twice = sorted({function.value for function in value if value.count(function) > 1})
        if twice:
            raise ValueError(f"la fonction {', '.join(twice)} est écrite deux fois")
        return value


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
    target: AnyTarget
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
    def _functions_are_carried(self) -> Self:
        carriers = {function: self.hosts_of(function) for function in Function}
        missing = [f.value for f in Function if not carriers[f] and f not in OPTIONAL_FUNCTIONS]
        if missing:
            raise ValueError(f"aucun hôte ne porte la fonction {', '.join(missing)} (voir « hosts »)")
        _refuse(
            [
                (
                    ("hosts", carriers[function][1], "functions"),
                    f"la fonction {function.value} est portée par plusieurs hôtes ({', '.join(carriers[function])}) :"
                    f" gardez-en un ; {reason}",
                )
                for function, reason in SINGLE_FUNCTIONS.items()
                if len(carriers[function]) > 1
            ]
        )
        simulated = self.features.franceconnect == "simulated"
        carried = bool(carriers[Function.FRANCECONNECT_SIMULATOR])
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
    def _hosts_ask_what_the_target_gives(self) -> Self:
        can = self.target.capabilities
        problems: list[tuple[_Location, str]] = []
        for name, host in self.hosts.items():
            if host.address is None and not can.makes_hosts:
                problems.append(
                    (
                        ("hosts", name),
                        f"l'hôte {name} doit donner son adresse (« address ») : la cible « {self.target.kind} » n'en"
                        " choisit pas",
                    )
                )
            problems += [
                (
                    ("hosts", name, key),
                    f"la cible « {self.target.kind} » ne limite ni mémoire ni processeur : retirez cette ligne",
                )
                for key in ("memory_mb", "cpu_weight")
                if getattr(host, key) is not None and not can.limits_resources
            ]
        _refuse(problems)
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

    @model_validator(mode="after")
    def _ssh_reaches_each_host(self) -> Self:
        seen: dict[tuple[str, int | None], str] = {}
        for name, host in self.hosts.items():
            if host.ssh_address is None:
                continue
            place = (host.ssh_address, host.ssh_port)
            if place in seen:
                sentence = f"SSH y trouverait aussi l'hôte {seen[place]} : donnez-leur des ports différents (ssh_port)"
                _refuse([(("hosts", name, "ssh_address"), sentence)])
            seen[place] = name
        return self

    def addresses(self) -> dict[str, ipaddress.IPv4Address]:
        """Private address of each host: the one given, else by order from FIRST_ADDRESS, as on a first `gru up`."""
        first = self.target.network.network_address + FIRST_ADDRESS
        return {name: host.address or first + rank for rank, (name, host) in enumerate(self.hosts.items())}

    def public_names(self) -> dict[str, str]:
        """Public name of each brick, by function."""
        return {key: self.names.get(key, f"{label}.{self.domain}") for key, label in PUBLIC_NAMES.items()}

    def public_urls(self) -> dict[str, str]:
        """Public address of each function that some host carries, without a final slash: ``https://name[:port]``."""
        port = "" if self.target.public_port() == 443 else f":{self.target.public_port()}"
        return {
            key: f"https://{name}{port}" for key, name in self.public_names().items() if self.hosts_of(Function(key))
        }

    def hosts_of(self, function: Function) -> list[str]:
        """Names of the hosts that carry `function`, in the site's order; empty where the site leaves it out."""
        return [name for name, host in self.hosts.items() if function in host.functions]
