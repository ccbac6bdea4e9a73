"""What the town's DNS must say for the platform to be found, and for its mails to arrive."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization

from infra.host_preflight.outside import public_address
from infra.inventory import read_inventory
from infra.model import Site
from infra.model.certificate import LETS_ENCRYPT, AcmeCertificate
from infra.model.site import Function
from infra.state import Stack

_STRING = 255
"""Longest character-string of a TXT record (RFC 1035, 3.3.14)."""


@dataclass(frozen=True)
class Record:
    """One record: its name, without a final dot, its type and its value."""

    name: str
    kind: str
    value: str
    why: str
    """In French, for who publishes it."""

    def zone_line(self) -> str:
        """As a zone file writes it."""
        value = self.value
        if self.kind == "TXT":
            value = " ".join(f'"{value[at : at + _STRING]}"' for at in range(0, len(value), _STRING))
        return f"{self.name}. IN {self.kind} {value}"


@dataclass(frozen=True)
class Zone:
    """All that is to publish; `notes` say, in French, what cannot be known from here."""

    records: tuple[Record, ...]
    notes: tuple[str, ...] = field(default=())

    def zone_file(self) -> list[str]:
        """Its lines as a zone file writes them, with the reasons as comments."""
        lines: list[str] = []
        why = ""
        for record in self.records:
            if record.why != why:
                lines.append(f"; {record.why}")
                why = record.why
            lines.append(record.zone_line())
        return lines


def zone(site: Site, *, front: str, dkim_key: str) -> Zone:
    """What to publish for `site`, whose front has the public address `front` (empty: unknown)."""
    notes: list[str] = []
    records = [*_web(site, front, notes), *_authority(site, notes), *_mail(site, dkim_key, notes)]
    return Zone(tuple(records), tuple(notes))


def front_address(stack: Stack, site: Site) -> str:
    """Public address of the front: what the site or its target says, else where SSH reached it; empty if unknown."""
    if known := public_address(site):
        return known
    if not stack.inventory_file.exists():
        return ""
    name = site.hosts_of(Function.PROXY)[0]
    reached = str(read_inventory(stack)["all"]["hosts"].get(name, {}).get("ansible_host", ""))
    try:
        return reached if ipaddress.ip_address(reached).is_global else ""
    except ValueError:
        return ""


def public_dkim_key(private_key: str) -> str:
    """The public half, as a DKIM record holds it (RFC 6376, 3.6.1)."""
    key = serialization.load_pem_private_key(private_key.encode(), None).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_bytes(serialization.Encoding.DER, form)).decode()


def _names(site: Site) -> list[str]:
    return sorted(name for key, name in site.public_names().items() if site.hosts_of(Function(key)))


def _web(site: Site, front: str, notes: list[str]) -> Iterator[Record]:
    names = _names(site)
    if not front:
        notes.append(
            "L'adresse publique du frontal n'est pas connue : menez-y un enregistrement A pour chacun de ces noms :"
            f" {', '.join(names)}."
        )
    for name in names:
        if front:
            yield Record(name, "A", front, "mène les habitants et les agents au frontal")
        if site.network.public_ipv6:
            yield Record(name, "AAAA", str(site.network.public_ipv6), "la même chose en IPv6")


def _authority(site: Site, notes: list[str]) -> Iterator[Record]:
    """Which authority may vouch for the public names (RFC 8659), where the front obtains its certificate by itself."""
    certificate = site.certificate
    if not isinstance(certificate, AcmeCertificate):
        return
    if certificate.directory != LETS_ENCRYPT:
        notes.append(
            f"CAA : demandez à votre autorité ({certificate.directory}) le nom à publier ; sans enregistrement CAA,"
            " n'importe quelle autorité peut certifier vos noms."
        )
        return
    for name in _names(site):
        yield Record(name, "CAA", '0 issue "letsencrypt.org"', "CAA : seule cette autorité peut certifier ce nom")


def _mail(site: Site, dkim_key: str, notes: list[str]) -> Iterator[Record]:
    mail = site.mail
    if mail.sink:
        notes.append("Les courriels sont gardés (mail.sink) : rien n'est à publier pour eux.")
        return
    server = f"{site.hosts_of(Function.MAIL)[0]}.{site.domain}"
    returns = site.returns_domain()
    address = str(mail.public_address or "")
    if address:
        yield Record(server, "A", address, "nom sous lequel le serveur de courriel se présente")
    if mail.relay is None:
        if address:
            yield Record(
                returns, "TXT", f"v=spf1 ip4:{address} -all", "SPF : d'où nos courriels partent, et nulle part ailleurs"
            )
            yield Record(server, "TXT", f"v=spf1 ip4:{address} -all", "SPF du nom sous lequel le serveur se présente")
            yield Record(
                ipaddress.ip_address(address).reverse_pointer,
                "PTR",
                f"{server}.",
                "nom inverse : à demander à qui fournit l'adresse ; sans lui, beaucoup de serveurs refusent",
            )
        else:
            notes.append(
                "Les courriels partent directement, et l'adresse d'où ils partent n'est pas connue : donnez"
                " mail.public_address ; sans SPF ni nom inverse, ils seront refusés ou classés comme indésirables."
            )
    elif mail.relay.spf:
        yield Record(returns, "TXT", f"v=spf1 include:{mail.relay.spf} -all", "SPF : nos courriels partent du relais")
    else:
        notes.append(
            f"SPF : demandez à {mail.relay.host} ce qu'il faut inclure, et donnez-le (mail.relay.spf) ;"
            f" l'enregistrement est un TXT de {returns}."
        )
    yield Record(
        f"{mail.dkim_selector}._domainkey.{mail.signing_domain}",
        "TXT",
        f"v=DKIM1; k=rsa; p={public_dkim_key(dkim_key)}",
        "DKIM : la clé qui prouve que nos courriels sont de nous",
    )
    yield Record(
        f"_dmarc.{mail.signing_domain}",
        "TXT",
        "v=DMARC1; p=none",
        "DMARC : gardez le vôtre s'il existe ; passez de none à quarantine quand tout arrive signé",
    )
    if mail.receive_returns:
        yield Record(returns, "MX", f"10 {server}.", "où reviennent les courriels qui n'ont pas pu être remis")
    elif mail.relay is not None:
        notes.append(
            "Le relais apprend seul que certaines adresses ne répondent plus : pour que ses avis reviennent aux"
            " demandes, voyez mail.receive_returns (runbooks/courriel.md)."
        )
