"""Where a request comes from: the last relay's word when a relay is declared, the connection otherwise."""

from django.conf import settings
from django.http import HttpRequest


def adresse_de(request: HttpRequest) -> str:
    """Address used to slow down floods; never kept as it is."""
    if settings.ECOUTE_RELAIS:
        relayee = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", maxsplit=1)[-1].strip()
        if relayee:
            return relayee
    return str(request.META.get("REMOTE_ADDR", ""))
