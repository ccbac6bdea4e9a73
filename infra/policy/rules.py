"""The rules of placement. Each reads the plan and what the town demands, and tells what is against it, and where.

Plain typed functions (docs/decisions/0026): the plan is what Pulumi is about to make, and a rule that a reader can run
by hand is one that a town can discuss.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from infra.model import Site
from infra.model.backup import HostBackup, S3Backup
from infra.model.placement import RuleCode
from infra.model.site import Function
from infra.model.yaml_file import Location
from infra.plan import HostPlan, StackPlan
from infra.policy.qualifications import expiry, offers

PUBLIC_PYTHON_INDEX = "pypi.org"
GDPR = "RGPD (règlement 2016/679)"
TOWN = "décision de la commune (« policy » de site.yaml)"
PROJECT = "choix du projet (docs/decisions/0026)"


@dataclass(frozen=True)
class Placed:
    """A site and the plan made of it, the day it is judged."""

    site: Site
    plan: StackPlan
    today: datetime.date


@dataclass(frozen=True)
class Breach:
    """Something against a rule: where in site.yaml, and a French sentence without its final stop."""

    place: Location
    sentence: str


Judge = Callable[[Placed], Iterator[Breach]]


@dataclass(frozen=True)
class Rule:
    """`demanded` tells whether the rule holds for a site; `judge` gives what is against it."""

    code: RuleCode
    title: str
    source: str
    demanded: Callable[[Site], bool]
    judge: Judge


class State(StrEnum):
    """What a rule says of a site."""

    KEPT = "tenue"
    BROKEN = "enfreinte"
    WAIVED = "écartée"
    NOT_DEMANDED = "non demandée"


@dataclass(frozen=True)
class Verdict:
    """A rule over a site. `breaches` are told whatever the state, so that a waiver hides nothing."""

    rule: Rule
    state: State
    breaches: tuple[Breach, ...] = ()
    reason: str = ""


def verdicts(site: Site, plan: StackPlan, today: datetime.date) -> list[Verdict]:
    """What every rule says."""
    return [_verdict(rule, Placed(site, plan, today)) for rule in RULES]


def _verdict(rule: Rule, placed: Placed) -> Verdict:
    if not rule.demanded(placed.site):
        return Verdict(rule, State.NOT_DEMANDED)
    breaches = tuple(rule.judge(placed))
    reason = placed.site.policy.waivers.get(rule.code, "")
    if reason:
        return Verdict(rule, State.WAIVED, breaches, reason)
    return Verdict(rule, State.BROKEN if breaches else State.KEPT, breaches)


def _operator(placed: Placed) -> tuple[str, Location]:
    if placed.plan.cloud:
        return placed.plan.cloud.operator, ("target", "operator")
    hosting = placed.site.hosting
    return (hosting.provider, ("hosting", "provider")) if hosting else ("", ("target",))


def _same(one: str, other: str) -> bool:
    return one.casefold().strip() == other.casefold().strip()


def _operators(placed: Placed) -> Iterator[Breach]:
    allowed = placed.site.policy.operators or []
    name, place = _operator(placed)
    if not name:
        yield Breach(place, "on ne sait pas qui exploite les serveurs : remplissez « hosting »")
    elif not any(_same(name, one) for one in allowed):
        yield Breach(place, f"l'opérateur « {name} » n'est pas de ceux permis : {', '.join(allowed)}")


def _places(placed: Placed) -> Iterator[Breach]:
    policy, cloud, hosting = placed.site.policy, placed.plan.cloud, placed.site.hosting
    regions = policy.regions or []
    if policy.regions and cloud:
        if cloud.region not in regions:
            yield Breach(("target", "region"), f"la région « {cloud.region} » n'est pas permise : {', '.join(regions)}")
        if cloud.backup_region and cloud.backup_region not in regions:
            told = f"les sauvegardes iraient dans la région « {cloud.backup_region} », qui n'est pas permise"
            yield Breach(("target", "backups", "region"), f"{told} : {', '.join(regions)}")
        store = placed.site.backup
        if isinstance(store, S3Backup) and not any(_same(store.region, one) for one in regions):
            told = f"les sauvegardes iraient dans la région « {store.region} », qui n'est pas permise"
            yield Breach(("backup", "region"), f"{told} : {', '.join(regions)}")
    if policy.countries and hosting is None:
        yield Breach(
            ("policy", "countries"), "on ne sait pas dans quel pays sont les serveurs : remplissez « hosting »"
        )
    elif policy.countries and hosting and not any(_same(hosting.country, one) for one in policy.countries):
        told = f"les serveurs sont en « {hosting.country} », qui n'est pas un pays permis"
        yield Breach(("hosting", "country"), f"{told} : {', '.join(policy.countries)}")


def _qualification(placed: Placed) -> Iterator[Breach]:
    policy, hosting = placed.site.policy, placed.site.hosting
    operator, place = _operator(placed)
    if hosting is None or hosting.qualification != policy.qualification:
        where: Location = ("hosting", "qualification") if hosting else ("policy", "qualification")
        yield Breach(where, f"« hosting.qualification » ne dit pas {policy.qualification}")
    elif dated := hosting.qualification_date:
        if dated > placed.today:
            yield Breach(("hosting", "qualification_date"), f"la qualification est datée du {dated}, qui est à venir")
        elif expiry(dated) <= placed.today:
            told = f"la qualification du {dated} a plus de trois ans : vérifiez-la sur la liste de l'ANSSI"
            yield Breach(("hosting", "qualification_date"), told)
    named = [one for one in offers() if _same(one.operator, operator)]
    found = next((one for one in named if _same(one.offer, policy.offer or "")), None)
    if found is None:
        known = ", ".join(one.offer for one in named) or f"aucune offre de « {operator} »"
        told = f"« {policy.offer} » n'est pas une offre qualifiée connue ; la liste relevée dit : {known}"
        yield Breach(("policy", "offer"), f"{told}. Si l'ANSSI la qualifie, ajoutez-la à infra/policy/secnumcloud.yaml")
    elif found.decided_on and expiry(found.decided_on) <= placed.today:
        yield Breach(place, f"la qualification de « {found.offer} » ({found.decided_on}) a plus de trois ans")


def _public_addresses(placed: Placed) -> Iterator[Breach]:
    for host in placed.plan.hosts:
        if Function.PROXY.value in host.functions:
            continue
        if host.public:
            yield Breach(("hosts", host.name), f"l'hôte {host.name} aurait une adresse publique, sans être le frontal")
        elif (address := _open_address(host)) and not _is_front(placed.plan, address):
            told = f"{address} est une adresse publique, et l'hôte {host.name} n'est pas le frontal"
            yield Breach(("hosts", host.name, "ssh_address"), f"{told} : joignez-le par son adresse privée")


def _open_address(host: HostPlan) -> str:
    """An address of the internet by which a host is reached; a name tells nothing without a resolver."""
    for said in (host.ssh_address, host.address, *(port.address for port in host.publish)):
        try:
            address = ipaddress.ip_address(said)
        except ValueError:
            continue
        if address.is_global:
            return said
    return ""


def _is_front(plan: StackPlan, address: str) -> bool:
    """Whether the front answers there: other ports of its address lead to other hosts."""
    return any(address in (h.ssh_address, h.address) for h in plan.hosts if Function.PROXY.value in h.functions)


def _encryption(placed: Placed) -> Iterator[Breach]:
    cloud = placed.plan.cloud
    if cloud is None:
        told = "rien ne dit si les disques des serveurs sont chiffrés : vérifiez-le, puis écrivez-le en dérogation"
        yield Breach(("policy", "encrypted_volumes"), told)
    elif not cloud.volumes_encrypted:
        told = "rien ne dit que les volumes sont chiffrés : prenez un type chiffré (volume_type), puis"
        yield Breach(("target",), f"{told} « volumes_encrypted: true »")


def _backups(placed: Placed) -> Iterator[Breach]:
    """Where backups really go, which is said by `backup:`; a container made for them is no backup yet."""
    cloud, backup = placed.plan.cloud, placed.site.backup
    if backup is None:
        told = "rien n'est sauvegardé : ajoutez un bloc « backup » (runbooks/sauvegarde.md)"
        yield Breach(("policy", "backups_elsewhere"), told)
    elif isinstance(backup, HostBackup):
        where = ", ".join(placed.site.hosts_of(Function.BACKUP_REPOSITORY))
        told = f"les sauvegardes vont à l'hôte {where}, à côté de ce qu'elles sauvent : prenez un stockage S3"
        yield Breach(("backup", "kind"), f"{told} d'une autre région")
    elif cloud is None:
        told = f"rien ne dit si {backup.endpoint} est loin des serveurs : vérifiez-le, puis écrivez-le en dérogation"
        yield Breach(("backup", "endpoint"), told)
    elif _same(backup.region, cloud.region):
        yield Breach(("backup", "region"), f"les sauvegardes vont dans la région des serveurs, {cloud.region}")
    elif backup.bucket == cloud.backup_container and not _same(backup.region, cloud.backup_region):
        told = f"« backup » dit la région {backup.region}, et son conteneur est fait dans {cloud.backup_region}"
        yield Breach(("backup", "region"), f"{told} : écrivez la même")


def _sources(placed: Placed) -> Iterator[Breach]:
    allowed, network = placed.site.policy.package_sources or [], placed.site.network
    for key, address in (
        ("debian_mirror", network.debian_mirror),
        ("debian_security_mirror", network.debian_security_mirror),
        ("pypi_mirror", network.pypi_mirror or f"https://{PUBLIC_PYTHON_INDEX}/simple"),
    ):
        name = urlsplit(address).hostname or ""
        if name not in allowed:
            written = key in network.model_fields_set
            place: Location = ("network", key) if written else ("policy", "package_sources")
            told = f"les paquets viendraient de {name}, qui n'est pas permis"
            yield Breach(place, f"{told} : {', '.join(allowed)}")


def _administration(placed: Placed) -> Iterator[Breach]:
    for rank, said in enumerate(placed.plan.cloud.admin_networks if placed.plan.cloud else ()):
        network = ipaddress.ip_network(said)
        if network.prefixlen == 0 or (not network.is_private and network.prefixlen < WIDEST_ADMIN_PREFIX):
            told = f"SSH serait ouvert à {network.num_addresses} adresses de l'internet ({network})"
            yield Breach(("target", "admin_networks", rank), f"{told} : ne nommez que les vôtres")


WIDEST_ADMIN_PREFIX = 20
"""4,096 addresses: more than any town hall goes out by."""


RULES: tuple[Rule, ...] = (
    Rule("P1", "Opérateurs permis", TOWN, lambda site: site.policy.operators is not None, _operators),
    Rule(
        "P2",
        "Régions et pays permis, sauvegardes comprises",
        f"{TOWN} ; {GDPR}, article 44, pour un pays hors de l'Union",
        lambda site: site.policy.regions is not None or site.policy.countries is not None,
        _places,
    ),
    Rule(
        "P3",
        "Offre qualifiée SecNumCloud, depuis moins de trois ans",
        f"{TOWN} ; référentiel SecNumCloud 3.2 de l'ANSSI (8 mars 2022)",
        lambda site: site.policy.qualification is not None,
        _qualification,
    ),
    Rule("P4", "Aucune adresse publique, sauf celle du frontal", PROJECT, lambda _: True, _public_addresses),
    Rule(
        "P5",
        "Volumes de données chiffrés",
        f"{TOWN} ; {GDPR}, article 32, 1, a",
        lambda site: site.policy.encrypted_volumes,
        _encryption,
    ),
    Rule(
        "P6",
        "Sauvegardes dans une autre région",
        f"{TOWN} ; {GDPR}, article 32, 1, c",
        lambda site: site.policy.backups_elsewhere,
        _backups,
    ),
    Rule(
        "P7",
        "Paquets des seuls miroirs permis",
        TOWN,
        lambda site: site.policy.package_sources is not None,
        _sources,
    ),
    Rule("P8", "Administration ouverte aux seuls réseaux de la commune", PROJECT, lambda _: True, _administration),
)
