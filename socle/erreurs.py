"""Error pages of every site: the status, and what browsers and the front are told while the database is down.

The words are each site's: `PAGE_ERREUR` names its function `page(request, nom, *, raison, base)`, which returns the
page `nom` ("400", "403", "404", "500" or "csrf"). `raison`: what the error says in French, or nothing. `base`: whether
the database answers; the page must not ask it for anything when it does not. URL tables take the handlers from here.
"""

import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

REVENIR = "60"  # seconds before another try is of use


def _page(request: HttpRequest, nom: str, statut: int, raison: str = "", base: bool = True) -> HttpResponse:
    page: Callable[..., str] = import_string(settings.PAGE_ERREUR)
    return HttpResponse(page(request, nom, raison=raison, base=base), status=statut)


def erreur_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Bad request."""
    return _page(request, "400", 400)


def erreur_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Forbidden; the exception may say why in French."""
    return _page(request, "403", 403, str(exception or ""))


def erreur_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not found."""
    return _page(request, "404", 404)


def erreur_500(request: HttpRequest) -> HttpResponse:
    """Our fault: 500; the database does not answer: 503, come back in a minute (RFC 9110, section 15.6.4)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return a_revenir(_page(request, "500", 503, base=False))
    return _page(request, "500", 500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old."""
    return _page(request, "csrf", 403)


def a_revenir(reponse: HttpResponse) -> HttpResponse:
    """Tell when to come back, on a page that says that something does not answer."""
    reponse["Retry-After"] = REVENIR
    return reponse


handler400 = "socle.erreurs.erreur_400"
handler403 = "socle.erreurs.erreur_403"
handler404 = "socle.erreurs.erreur_404"
handler500 = "socle.erreurs.erreur_500"
