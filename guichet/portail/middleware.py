"""What every request of the portal goes through: addresses that mean nothing, and the end of the session (UX 57)."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from socle.erreurs import erreur_400

CLE = "vue_le"
PAS = 600  # seconds between two writes: looking at pages costs nothing more


class AdresseLisible:
    """Refuse in words an address with a character that no database text can hold. Forms refuse it by themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """400 for an address that holds a NUL, in its path or after its question mark."""
        if "\x00" in request.path or any("\x00" in valeur for valeur in request.GET.values()):
            return erreur_400(request)
        return self.get_response(request)


class SessionGlissante:
    """Put off the end of a session that is in use, some hours after the last page seen and not after the first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Puts off the end of the session, then goes on."""
        # The notice that gives the code has said when the session ends: so it stays.
        seule = request.path.startswith("/demarches/") and request.path.endswith("/code/")
        if not seule and settings.SESSION_COOKIE_NAME in request.COOKIES and not request.session.is_empty():
            prolonger(request)
        return self.get_response(request)


def prolonger(request: HttpRequest) -> None:
    """Mark the session as used, at most once in PAS seconds, so that few pages write to the database."""
    maintenant = int(time.time())
    if request.session.keys() and maintenant - int(request.session.get(CLE, 0)) >= PAS:
        request.session[CLE] = maintenant
