"""Kinds of words that a town writes: texts, names of the internet, addresses. Each refuses what would fail later."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, StringConstraints

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])")
NAME_MAX = 253
"""Characters of a name, by DNS (RFC 1035)."""
FULL_HOST_NAME_MAX = 64
"""Characters of a host's full name: Linux's limit, and that of a certificate's common name."""

RESERVED_DOMAINS = (
    *("test", "example", "invalid", "localhost", "example.com", "example.net", "example.org"),  # RFC 2606 and 6761
    *("local", "onion", "home.arpa", "internal"),  # RFC 6762, 7686 and 8375; ICANN, 29 July 2024
)


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise ValueError("écrivez ce texte sur une seule ligne")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Line = Annotated[Text, AfterValidator(_one_line)]
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$", max_length=254),
]


def domain_fault(value: str) -> str:
    """What is wrong with a name of the internet, in French; empty when it is one. International names: as ``xn--``."""
    if len(value) > NAME_MAX or any(len(label) > 63 for label in value.split(".")):
        return f"« {value[:40]}… » est trop long : 63 signes au plus entre deux points, {NAME_MAX} en tout"
    if not _DOMAIN.fullmatch(value):
        lower = value.lower().strip()
        meant = f" : écrivez {lower}" if _DOMAIN.fullmatch(lower) else " (exemple : admiville.fr)"
        return f"« {value} » n'est pas un nom de domaine{meant}"
    return ""


def _ssh_place(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if len(value) > NAME_MAX or not re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", value.lower()):
            raise ValueError(f"« {value} » n'est ni une adresse ni un nom de machine") from None
    return value


SshPlace = Annotated[str, AfterValidator(_ssh_place)]
"""Where SSH goes: an address, or a name. Never an option of its command."""


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def _bucket(value: str) -> str:
    if not _BUCKET.fullmatch(value):
        raise ValueError(f"« {value} » n'est pas un nom de conteneur : minuscules, chiffres, tirets et points")
    return value


Bucket = Annotated[str, AfterValidator(_bucket)]
"""A bucket's name, by S3's rules."""


def reserved_domain(value: str) -> str:
    """The domain, reserved by the internet's rules, that holds this name; empty where it can be registered."""
    return next((end for end in RESERVED_DOMAINS if value == end or value.endswith(f".{end}")), "")


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not re.fullmatch(r"[!-~]+", value):
        raise ValueError("il faut une adresse comme https://miroir.admiville.fr/debian")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


def _no_space(value: str) -> str:
    if not re.fullmatch(r"[!-~]+", value):
        raise ValueError("il faut un mot, sans espace ni accent")
    return value


Word = Annotated[str, AfterValidator(_no_space)]
"""One word, such as a list separated by commas."""
