"""What every template may use."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from socle import saisie_gardee


def commune(request: HttpRequest) -> dict[str, Any]:
    """`commune` (town), `hebergeur` (who hosts), addresses of both sites, and who is signed in.

    `usager` is a resident, on the residents' site. `saisie_de` goes in each form whose text is kept at the
    end of a session.
    """
    return {
        "commune": settings.COMMUNE,
        "hebergeur": settings.HEBERGEUR,
        "url_portail": settings.URL_PORTAIL,
        "url_agents": settings.URL_AGENTS,
        "url_supervision": settings.URL_SUPERVISION,
        # Pages of the residents' site are also shown to whoever writes them, on the agents' site.
        "site_guichet": getattr(request, "site_guichet", settings.GUICHET_SITE),
        "accessibilite": settings.ACCESSIBILITE,
        "franceconnect": settings.GUICHET_FRANCECONNECT,
        "duree_session": settings.SESSION_COOKIE_AGE,
        "usager": getattr(request, "usager", None),
        "saisie_de": partial(saisie_gardee.champ, request),
    }
