"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def commune(request: HttpRequest) -> dict[str, Any]:
    """`commune` (town), addresses of both sites, and who is signed in (`usager` on the residents' site)."""
    return {
        "commune": settings.COMMUNE,
        "url_portail": settings.URL_PORTAIL,
        "url_agents": settings.URL_AGENTS,
        "url_supervision": f"https://supervision.{settings.DOMAINE}",
        # Pages of the residents' site are also shown to whoever writes them, on the agents' site.
        "site_guichet": getattr(request, "site_guichet", settings.GUICHET_SITE),
        "accessibilite": settings.ACCESSIBILITE,
        "franceconnect": settings.GUICHET_FRANCECONNECT,
        "duree_session": settings.SESSION_COOKIE_AGE,
        "usager": getattr(request, "usager", None),
    }
