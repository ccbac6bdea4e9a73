"""Where a request comes from: the relay's word when a relay is trusted, the connection otherwise."""

from django.conf import settings
from django.http import HttpRequest


def adresse_de(request: HttpRequest) -> str:
    """Return the address of who asks; it slows floods down and is never kept as it is.

    `RELAIS_DE_CONFIANCE` says whether our own proxy stands in front. It writes the last address of X-Forwarded-For:
    the others, and the whole header where there is no proxy, can be forged.
    """
    if settings.RELAIS_DE_CONFIANCE:
        relayee = request.headers.get("X-Forwarded-For", "").rsplit(",", maxsplit=1)[-1].strip()
        if relayee:
            return relayee
    return str(request.META.get("REMOTE_ADDR", ""))
