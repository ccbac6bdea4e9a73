"""Pydantic model of `site.yaml`: the one source for the infrastructure and the configuration of hosts."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from infra.model.backup import AnyBackup
from infra.model.certificate import AnyCertificate, LocalCertificate
from infra.model.firewall import FirewallChoices
from infra.model.franceconnect import FranceConnect
from infra.model.hosting import Hosting
from infra.model.mail import Mail, operators_of, returns_domain
from infra.model.placement import Placement
from infra.model.state_location import HereState, StateLocation
from infra.model.strict import Strict as _Strict
from infra.model.words import FULL_HOST_NAME_MAX, Email, Line, SshPlace, Text, WebAddress, Word, domain_fault
from infra.targets import AnyTarget
from infra.targets.base import SystemUser

_HOST_NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")
_NO_HOST = frozenset({"localhost", "all", "ungrouped"})
"""Names that mean something else to the machine or to Ansible."""


class Function(StrEnum):
    """What a host can be asked to do; each is one role under `roles/`. Installed in this order."""

    DATABASE = "database"
    MAIL = "mail"
    IDP = "idp"
    PROCESSING = "processing"
    PORTAL = "portal"
    CONSULTATION = "consultation"
    PROXY = "proxy"
    MONITORING = "monitoring"
    BACKUP_REPOSITORY = "backup_repository"
    FRANCECONNECT_SIMULATOR = "franceconnect_simulator"


OPTIONAL_FUNCTIONS = frozenset({Function.CONSULTATION, Function.BACKUP_REPOSITORY, Function.FRANCECONNECT_SIMULATOR})

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
    Function.BACKUP_REPOSITORY: "une sauvegarde et ses journaux de transaction se lisent ensemble, au même endroit",
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


INVENTED_IDENTITIES = {
    FranceConnect.SIMULATED: "un FranceConnect simulé laisse chacun se dire qui il veut",
    FranceConnect.INTEGRATION: "les identités de l'intégration de FranceConnect sont inventées, et ouvertes à tous",
}
"""Why residents are not offered them."""

_Location = tuple[str | int, ...]

SITE_RULE: Final = "site_rule"
"""Kind of pydantic's error for a rule over the whole site, whose message is its French sentence."""


def _refuse(problems: list[tuple[_Location, str]]) -> None:
    """Raise, if there are any, `problems` of a rule over the whole site: each with its place in site.yaml."""
    if problems:
        raise ValidationError.from_exception_data(
            "Site",
            [
                InitErrorDetails(
                    type=PydanticCustomError(SITE_RULE, "{sentence}", {"sentence": said}), loc=place, input=None
                )
                for place, said in problems
            ],
        )


class Town(_Strict):
    """What residents read about the town on every page and mail."""

    name: Line
    address: Text
    phone: Line
    email: Email
    opening_hours: Line
    dpo_email: Email = Field(description="Adresse électronique du délégué à la protection des données")


FIRST_ADDRESS = 10
"""Rank, in the private network, of the first address given to a host that asks for none."""


class Host(_Strict):
    """One machine and the functions it carries."""

    functions: Annotated[list[Function], Field(min_length=1)]
    address: ipaddress.IPv4Address | None = Field(
        default=None, description="Adresse dans le réseau privé ; si elle manque, choisie une fois pour toutes"
    )
    ssh_address: SshPlace | None = Field(default=None, description="Adresse pour SSH, si elle diffère (serveurs)")
    ssh_port: int | None = Field(default=None, ge=1, le=65535)
    ssh_user: SystemUser | None = Field(
        default=None, description="Compte qui entre par SSH, si ce n'est pas celui de « target »"
    )
    memory_mb: int | None = Field(default=None, ge=128, le=4_194_304, description="Mémoire prévue pour l'hôte, en Mio")
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


class Features(_Strict):
    """Choices that change what residents and agents are offered."""

    franceconnect: FranceConnect = Field(
        default=FranceConnect.OFF,
        description=(
            "FranceConnect : « production » et « integration » sont ceux de l'État, avec les identifiants que donne"
            " l'espace partenaires (runbooks/franceconnect.md) ; « simulated » est un simulateur sur la plateforme"
        ),
    )
    demo_accounts: bool = False
    trial: bool = Field(
        default=False,
        description=(
            "Plateforme d'essai : permet, là où des habitants pourraient entrer, comptes de démonstration,"
            " FranceConnect simulé ou d'intégration, et courriels gardés ; les moteurs de recherche sont priés de"
            " passer leur chemin"
        ),
    )

    @field_validator("franceconnect", mode="before")
    @classmethod
    def _off_is_a_word(cls, value: object) -> object:
        """Editors that speak YAML 1.1 write ``off`` as false."""
        return "off" if value is False else value


class Retention(_Strict):
    """How long figures and logs are kept. Requests: each procedure says it (``donnees.conservation_mois``)."""

    metrics_days: int = Field(default=15, ge=1, le=3650)
    logs_months: int = Field(
        default=6, ge=1, le=12, description="Mois de journaux gardés sur les hôtes, s'ils y tiennent"
    )


class Monitoring(_Strict):
    """How the platform is watched, besides its own page and mails."""

    watcher: WebAddress | None = Field(
        default=None,
        description=(
            "Adresse, hors de la plateforme, appelée tous les quarts d'heure tant que les alertes partent : qui la"
            " tient prévient quand les appels cessent. Sans elle, personne n'apprend que la supervision elle-même est"
            " arrêtée"
        ),
    )


class Network(_Strict):
    """Inputs for networks that do not reach the internet directly."""

    debian_mirror: WebAddress = "http://deb.debian.org/debian"
    debian_security_mirror: WebAddress = "http://deb.debian.org/debian-security"
    pypi_mirror: WebAddress | None = Field(default=None, description="Adresse « simple » d'un miroir PyPI")
    http_proxy: WebAddress | None = None
    no_proxy: Word | None = None
    public_ipv6: ipaddress.IPv6Address | None = Field(
        default=None,
        description="Adresse IPv6 publique du frontal : s'il y en a une, il écoute aussi en IPv6 ; en IPv4 seul sinon",
    )
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
    hosting: Hosting | None = Field(
        default=None, description="Qui héberge la plateforme, et où ; exigé dès que des habitants y entrent"
    )
    policy: Placement = Field(default=Placement(), description="Règles de placement que la commune exige")
    features: Features = Features()
    retention: Retention = Retention()
    network: Network = Network()
    firewall: FirewallChoices = Field(
        default=FirewallChoices(), description="Ce qui passe le pare-feu des hôtes, en plus de l'ordinaire"
    )
    monitoring: Monitoring = Monitoring()
    state: StateLocation = HereState()
    names: dict[str, str] = Field(default={}, description="Noms publics qui diffèrent des noms habituels")
    certificate: AnyCertificate = LocalCertificate()
    backup: AnyBackup | None = Field(
        default=None, description="Où vont les sauvegardes, à quelle heure, et pour combien de jours"
    )

    @field_validator("domain")
    @classmethod
    def _domain_is_a_name(cls, value: str) -> str:
        if fault := domain_fault(value):
            raise ValueError(fault)
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
        simulated = self.features.franceconnect is FranceConnect.SIMULATED
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
    def _backups_have_their_place(self) -> Self:
        carriers = self.hosts_of(Function.BACKUP_REPOSITORY)
        here = self.backup is not None and self.backup.kind == "host"
        if here and not carriers:
            said = "« kind: host » demande un hôte avec la fonction backup_repository (voir « hosts »)"
            _refuse([(("backup", "kind"), said)])
        if carriers and not here:
            said = "la fonction backup_repository n'est permise qu'avec « backup: {kind: host} »"
            _refuse([(("hosts", carriers[0], "functions"), said)])
        return self

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        problems: list[tuple[_Location, str]] = []
        for key, name in self.names.items():
            if key not in PUBLIC_NAMES:
                said = f"« {key} » n'a pas de nom public ; choix possibles : {', '.join(sorted(PUBLIC_NAMES))}"
                problems.append((("names", key), said))
            elif fault := domain_fault(name):
                problems.append((("names", key), fault))
        for host in self.hosts:
            if not _HOST_NAME.fullmatch(host):
                said = f"« {host} » n'est pas un nom d'hôte : minuscules, chiffres et tirets, une lettre d'abord"
                problems.append((("hosts", host), said))
            elif host in _NO_HOST:
                problems.append((("hosts", host), f"« {host} » a déjà un sens : donnez un autre nom à cet hôte"))
            elif len(full := f"{host}.{self.domain}") > FULL_HOST_NAME_MAX:
                said = f"{full} a {len(full)} signes, la limite est de {FULL_HOST_NAME_MAX} : prenez un nom plus court"
                problems.append((("hosts", host), said))
        _refuse(problems)
        return self

    @model_validator(mode="after")
    def _names_do_not_meet(self) -> Self:
        public = self.public_names()
        problems: list[tuple[_Location, str]] = []
        for name in self.hosts:
            if f"{name}.{self.domain}" in public.values():
                said = f"l'hôte {name} aurait le nom public {name}.{self.domain} : donnez-lui un autre nom"
                problems.append((("hosts", name), said))
        for key, name in self.names.items():
            if other := next((one for one in public if one != key and public[one] == name), None):
                problems.append(
                    (("names", key), f"{name} est aussi le nom public de « {other} » : il en faut un autre")
                )
        _refuse(problems)
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
            if host.ssh_user is not None and can.makes_hosts:
                said = f"la cible « {self.target.kind} » choisit le compte qui entre : retirez cette ligne"
                problems.append((("hosts", name, "ssh_user"), said))
            problems += [
                (
                    ("hosts", name, key),
                    f"la cible « {self.target.kind} » ne limite ni mémoire ni processeur : retirez cette ligne",
                )
                for key in ("memory_mb", "cpu_weight")
                if getattr(host, key) is not None and not can.limits_resources
            ]
            if host.ssh_port is not None and can.makes_hosts and not can.publishes_ports:
                said = f"la cible « {self.target.kind} » entre par le port 22 : retirez cette ligne"
                problems.append((("hosts", name, "ssh_port"), said))
        problems += [(("target", *place), sentence) for place, sentence in self.target.misfits(self.hosts)]
        _refuse(problems)
        return self

    @model_validator(mode="after")
    def _residents_know_who_hosts(self) -> Self:
        """A hosted platform says who hosts it, and somebody reads what it has to say."""
        if not self.target.capabilities.hosted:
            return self
        problems: list[tuple[_Location, str]] = []
        if self.hosting is None:
            problems.append(
                (
                    ("target", "kind"),
                    "« hosting » manque : les mentions légales doivent dire qui héberge le site (provider, address,"
                    " phone, country)",
                )
            )
        if not self.mail.operators and not self.mail.sink:
            problems.append(
                (
                    ("mail",),
                    "« operators » manque : dites qui reçoit les alertes et les courriels de root (une liste"
                    " d'adresses)",
                )
            )
        _refuse(problems)
        return self

    @model_validator(mode="after")
    def _returns_have_a_way_in(self) -> Self:
        if self.mail.receive_returns and self.mail.public_address is None:
            _refuse([(("mail", "receive_returns"), "donnez aussi « public_address » : le MX des retours y mène")])
        if self.mail.receive_returns and self.target.place() is not None:
            said = "dans un nuage, on n'entre que par le frontal, ports 80 et 443 : les retours n'arriveraient pas"
            _refuse(
                [(("mail", "receive_returns"), f"{said} ; retirez cette ligne et confiez les courriels à un relais")]
            )
        return self

    @model_validator(mode="after")
    def _nothing_invented_for_residents(self) -> Self:
        """Made-up people, identities and a mailbox that nobody empties are for trying, not for a town's residents."""
        if self.features.trial or not self.target.capabilities.hosted:
            return self
        unless = "retirez cette ligne, ou dites « trial: true » dans « features » si c'est une plateforme d'essai"
        found: list[tuple[_Location, str]] = []
        if self.features.demo_accounts:
            said = "des comptes de démonstration, au mot de passe affiché, entreraient chez les habitants"
            found.append((("features", "demo_accounts"), f"{said} : {unless}"))
        if identities := INVENTED_IDENTITIES.get(self.features.franceconnect):
            found.append((("features", "franceconnect"), f"{identities} : {unless}"))
        if self.mail.sink:
            said = "les courriels seraient gardés et personne n'en recevrait"
            found.append((("mail", "sink"), f"{said} : {unless}"))
        _refuse(found)
        return self

    @model_validator(mode="after")
    def _addresses_fit(self) -> Self:
        network = self.target.network
        makes_hosts = self.target.capabilities.makes_hosts
        if makes_hosts and FIRST_ADDRESS + len(self.hosts) >= network.num_addresses:
            said = (
                f"{network} est trop petit pour {len(self.hosts)} hôtes : leurs adresses commencent à la"
                f" {FIRST_ADDRESS}e ; prenez un /24"
            )
            _refuse([(("target", "network"), said)])
        reserved = {network.network_address: "celle du réseau", network.broadcast_address: "celle de diffusion"}
        if makes_hosts:
            reserved[network.network_address + 1] = "celle de la passerelle"
        seen: dict[ipaddress.IPv4Address, str] = {}
        problems: list[tuple[_Location, str]] = []
        for name, address in self.addresses().items():
            place: _Location = ("hosts", name, *(["address"] if self.hosts[name].address else []))
            if address not in network:
                problems.append((place, f"l'adresse {address} de l'hôte {name} n'est pas dans {network}"))
            elif address in reserved:
                problems.append((place, f"l'adresse {address} est {reserved[address]} : prenez-en une autre"))
            elif address in seen:
                problems.append((place, f"les hôtes {seen[address]} et {name} ont la même adresse {address}"))
            seen[address] = name
        _refuse(problems)
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

    def served_names(self) -> list[str]:
        """Public names that the front answers for, each once."""
        carried = self.public_urls()
        return sorted({name for key, name in self.public_names().items() if key in carried})

    def operators(self) -> list[str]:
        """Who receives alerts, root's mails and returns that concern nobody known."""
        return operators_of(self.mail, self.domain)

    def returns_domain(self) -> str:
        """Domain of the addresses to which undelivered mails come back."""
        return returns_domain(self.domain)

    def hosts_of(self, function: Function) -> list[str]:
        """Names of the hosts that carry `function`, in the site's order; empty where the site leaves it out."""
        return [name for name, host in self.hosts.items() if function in host.functions]
