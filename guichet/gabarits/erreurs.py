"""Error pages: no code, no jargon, what became of the answers, whom to contact. They need no database."""

from django.conf import settings
from django.http import HttpRequest
from django.template import loader


def page(request: HttpRequest, nom: str, *, raison: str = "", base: bool = True) -> str:
    """Return the page that socle/erreurs.py asks for."""
    return rendre(f"erreurs/{nom}.html", raison)


def rendre(gabarit: str, raison: str = "") -> str:
    """Render a page of this kind without context processors, so that it works when the database does not."""
    donnees = {
        "commune": settings.COMMUNE,
        "url_portail": settings.URL_PORTAIL,
        "url_agents": settings.URL_AGENTS,
        "site_guichet": settings.GUICHET_SITE,
        "raison": raison,
    }
    return loader.render_to_string(gabarit, donnees)
