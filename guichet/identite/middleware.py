"""Residents' site: who is signed in, if anybody."""

from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

CLE_SESSION = "usager_id"


class UsagerMiddleware:
    """Set `request.usager` (a comptes.Usager or None).

    `request.user` is always anonymous here: no code of the framework can take a resident for an agent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sets both, then goes on; Django's own user is always anonymous here."""
        request.user = AnonymousUser()
        request.usager = self._usager(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def _usager(request: HttpRequest) -> object | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        cle = request.session.get(CLE_SESSION)
        if cle is None:
            return None
        usager: object | None = apps.get_model("comptes", "Usager")._default_manager.filter(pk=cle).first()
        if usager is None:
            request.session.flush()
        return usager
