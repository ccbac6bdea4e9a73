"""Sessions of the town's staff last as long as their reason: the provider is asked again every few minutes.

Whoever has left the directory or its groups, or changed passwords elsewhere, loses the session at the next page after
`settings.OIDC_CONFIRMATION` seconds (OWASP ASVS 5, 7.4). The provider reads the directory anew for each answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from socle.openid import parcours
from socle.openid.client import client
from socle.openid.identite import AccesRefuse
from socle.openid.site import site

logger = logging.getLogger(__name__)

CLE_CONFIRME = "oidc_confirme"
CLE_ESSAYE = "oidc_essaye"
NOUVEL_ESSAI = 60  # seconds between two questions to a provider that does not answer
PATIENCE = 30 * 60  # seconds without an answer after which nobody goes on


class DroitsAJour:
    """Ask the provider again, and sign out whoever may no longer be here.

    The view then sees nobody, and does what it does for a session that has ended.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Confirms when it is time to, then goes on."""
        # Without the cookie, nothing is read: a public page costs no query.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and parcours.CLE_RENOUVELLEMENT in request.session:
            self._confirmer(request, time.time())
        return self.get_response(request)

    def _confirmer(self, request: HttpRequest, maintenant: float) -> None:
        confirme = float(request.session.get(CLE_CONFIRME, 0))
        essaye = float(request.session.get(CLE_ESSAYE, 0))
        if maintenant < confirme + settings.OIDC_CONFIRMATION or maintenant < essaye + NOUVEL_ESSAI:
            return
        # Before the question: other requests of this person do not ask it too, nor wait with this one.
        request.session[CLE_ESSAYE] = maintenant
        request.session.save()
        try:
            site().confirmer(request, parcours.redemander(request, client()))
        except parcours.Injoignable as erreur:
            logger.error("Fournisseur d'identité injoignable pour confirmer une session : %s", erreur)
            if maintenant > confirme + settings.OIDC_CONFIRMATION + PATIENCE:
                logout(request)
        except (parcours.RetourRefuse, AccesRefuse) as refus:
            logger.warning("Session fermée, l'annuaire ne la confirme plus : %s", refus)
            logout(request)
        else:
            request.session[CLE_CONFIRME] = maintenant


def confirmee(request: HttpRequest) -> None:
    """Say of the session just opened that the provider has answered for it."""
    request.session[CLE_CONFIRME] = time.time()
