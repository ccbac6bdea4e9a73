"""Where a request comes from: the relay's word when a relay is trusted, the connection otherwise."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

PARTAGEE = "X-Gru-Shared-Source"
RESEAU = 64
"""Bits of an IPv6 address that tell one subscriber from another: within, each has as many as they like (RFC 6177)."""


def est_partagee(request: HttpRequest) -> bool:
    """Whether our own proxy says that everybody comes by this address (a workstation's bridge, a load generator).

    What counts by source would then count everybody together. Nobody else can say so: the proxy drops the header.
    """
    return bool(settings.RELAIS_DE_CONFIANCE and request.headers.get(PARTAGEE) == "yes")


def adresse_de(request: HttpRequest) -> str:
    """Return the address of who asks, of IPv6 its network; it slows floods down and is never kept as it is.

    `RELAIS_DE_CONFIANCE` says whether our own proxy stands in front. It writes the last address of X-Forwarded-For:
    the others, and the whole header where there is no proxy, can be forged.
    """
    if settings.RELAIS_DE_CONFIANCE:
        relayee = request.headers.get("X-Forwarded-For", "").rsplit(",", maxsplit=1)[-1].strip()
        if relayee:
            return _source(relayee)
    return _source(str(request.META.get("REMOTE_ADDR", "")))


def _source(adresse: str) -> str:
    try:
        lue = ipaddress.ip_address(adresse)
    except ValueError:  # a Unix socket has none
        return adresse
    if isinstance(lue, ipaddress.IPv4Address):
        return adresse
    if lue.ipv4_mapped is not None:
        return str(lue.ipv4_mapped)
    return str(ipaddress.ip_network((int(lue), RESEAU), strict=False))
