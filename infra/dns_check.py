"""Whether the world's resolvers say what the platform needs: each record compared, each gap told in French."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.rdatatype
import dns.resolver

from infra.dns_records import Record, Zone
from infra.model import Site
from infra.model.words import reserved_domain

_SECONDS = 5.0


@dataclass(frozen=True)
class Finding:
    """What was found for one record; `problem` is empty when all is well."""

    record: Record
    problem: str


class Silent(Exception):
    """No resolver answers: nothing is known of any record."""


def resolver(address: str = "") -> dns.resolver.Resolver:
    """The machine's own resolver, or the server at `address` (``address[:port]``)."""
    made = dns.resolver.Resolver(configure=not address)
    if address:
        host, _, port = address.partition(":")
        made.nameservers = [host]
        made.port = int(port or 53)
    made.lifetime = _SECONDS
    return made


def cannot_be_public(site: Site) -> bool:
    """Whether the site's domain is one that exists on nobody's DNS."""
    return bool(reserved_domain(site.domain))


def check(site: Site, wanted: Zone, ask: dns.resolver.Resolver) -> list[Finding]:
    """Compare every record with what `ask` answers. Raises Silent when it does not answer at all."""
    found = [Finding(record, _problem(record, ask)) for record in wanted.records]
    if not site.network.public_ipv6:
        found += _unserved_ipv6(wanted, ask)
    return found


def _problem(record: Record, ask: dns.resolver.Resolver) -> str:
    answers = _answers(ask, record.name, record.kind)
    if not answers:
        return f"{record.name} n'a pas d'enregistrement {record.kind} : publiez {record.value}"
    if record.kind == "TXT":
        return _text_problem(record, answers)
    if record.kind == "MX":
        hosts = {answer.partition(" ")[2] for answer in answers}
        wanted = {record.value.partition(" ")[2]}
        return "" if hosts == wanted else _other(record, sorted(hosts))
    if record.kind == "CAA" and record.value in answers:
        return ""  # others may be allowed too, or told of attempts
    return "" if answers == [record.value] else _other(record, answers)


def _text_problem(record: Record, answers: list[str]) -> str:
    version = record.value.split(";")[0].split(" ")[0]
    ours = [answer for answer in answers if answer.replace(" ", "").lower().startswith(version.lower())]
    if not ours:
        return f"{record.name} n'a pas d'enregistrement TXT « {version} » : publiez {record.value}"
    if len(ours) > 1:
        return f"{record.name} a {len(ours)} enregistrements « {version} », il en faut un seul : gardez {record.value}"
    if version == "v=spf1":
        mechanism = record.value.split(" ")[1]
        return "" if mechanism in ours[0].split() else _other(record, ours)
    if version == "v=DKIM1":
        return "" if _tags(ours[0]).get("p") == _tags(record.value)["p"] else _other(record, ours)
    return "" if _tags(ours[0]).get("p") in ("none", "quarantine", "reject") else _other(record, ours)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): value.replace(" ", "").strip() for name, _, value in pairs}


def _other(record: Record, answers: list[str]) -> str:
    said = ", ".join(answer if len(answer) <= 60 else f"{answer[:57]}…" for answer in answers)
    return f"{record.name} ({record.kind}) répond {said} : il faut {record.value}"


def _unserved_ipv6(wanted: Zone, ask: dns.resolver.Resolver) -> list[Finding]:
    found = []
    for record in wanted.records:
        if record.kind == "A" and (answers := _answers(ask, record.name, "AAAA")):
            sentence = (
                f"{record.name} a une adresse IPv6 ({', '.join(answers)}) que la plateforme ne sert pas : retirez cet"
                " enregistrement AAAA, ou donnez network.public_ipv6"
            )
            found.append(Finding(Record(record.name, "AAAA", "aucun", "IPv6 n'est pas servi"), sentence))
    return found


def _answers(ask: dns.resolver.Resolver, name: str, kind: str) -> list[str]:
    try:
        answer = ask.resolve(name, kind, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout, dns.resolver.NoResolverConfiguration) as error:
        raise Silent(f"Aucun serveur DNS ne répond pour {name} ({type(error).__name__})") from error
    if kind == "TXT":
        return sorted(b"".join(rdata.strings).decode(errors="replace") for rdata in answer)
    return sorted(rdata.to_text() for rdata in answer)
