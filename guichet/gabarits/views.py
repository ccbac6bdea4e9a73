"""Error pages: no code, no jargon, what became of the answers, whom to contact. They need no database."""

import sys

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader


def page_erreur(gabarit: str, statut: int, request: HttpRequest | None = None, **contexte: object) -> HttpResponse:
    """Render an error page without context processors, so that it works when the database does not."""
    donnees = {
        "commune": settings.COMMUNE,
        "url_portail": settings.URL_PORTAIL,
        "url_agents": settings.URL_AGENTS,
        "site_guichet": settings.GUICHET_SITE,
        "chemin": request.path if request else "",
        **contexte,
    }
    return HttpResponse(loader.render_to_string(gabarit, donnees), status=statut)


def erreur_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page_erreur("erreurs/400.html", 400, request)


def erreur_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page_erreur("erreurs/403.html", 403, request, raison=str(exception or ""))


def erreur_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page_erreur("erreurs/404.html", 404, request)


def erreur_500(request: HttpRequest) -> HttpResponse:
    """Something broke; where it is the database that does not answer, browsers and the front are told to come back."""
    if not isinstance(sys.exc_info()[1], OperationalError):
        return page_erreur("erreurs/500.html", 500, request)
    reponse = page_erreur("erreurs/500.html", 503, request)
    reponse["Retry-After"] = "60"
    return reponse


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page_erreur("erreurs/csrf.html", 403, request)
