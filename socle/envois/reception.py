"""Where the platform's mail server hands over a mail that came back (roles/mail, `mail-return`)."""

from __future__ import annotations

import hmac
import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from socle.envois import retours, services


@csrf_exempt
@never_cache
@require_POST
def retour(request: HttpRequest, jeton: str) -> HttpResponse:
    """204: noted, or nothing to note. 403: a forged token. 404: no such message, or a notice that cannot be read.

    Whoever does not know the secret is told that there is nothing here.
    """
    # While the key changes, mails that left under the other one still come back.
    cles = [cle for cle in (settings.RETOURS_CLE, settings.RETOURS_AUTRE_CLE) if cle]
    dit = request.headers.get("Authorization", "").encode()
    if not any(hmac.compare_digest(dit, f"Bearer {cle}".encode()) for cle in cles):
        raise Http404
    try:
        identifiant = _identifiant(jeton, cles)
        avis = retours.lire(request.body)
    except retours.JetonFaux:
        return HttpResponse(status=403)
    except retours.AvisIllisible:
        return HttpResponse(status=404)
    connu = avis is None or not avis.definitif or services.noter_retour(identifiant, avis)
    return HttpResponse(status=204 if connu else 404)


def _identifiant(jeton: str, cles: list[str]) -> uuid.UUID:
    """The message of a token, whichever key signed it. Raises JetonFaux."""
    for cle in cles:
        try:
            return retours.identifiant_du(jeton, site=settings.RETOURS_SITE, cle=cle)
        except retours.JetonFaux:
            continue
    raise retours.JetonFaux


urlpatterns = [path("envois/retours/<str:jeton>/", retour, name="retour")]
