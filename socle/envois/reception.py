"""Where the platform's mail server hands over a mail that came back (roles/mail, `mail-return`)."""

from __future__ import annotations

import hmac

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
    attendu = f"Bearer {settings.RETOURS_CLE}"
    dit = request.headers.get("Authorization", "")
    if not settings.RETOURS_CLE or not hmac.compare_digest(dit.encode(), attendu.encode()):
        raise Http404
    try:
        identifiant = retours.identifiant_du(jeton, site=settings.RETOURS_SITE, cle=settings.RETOURS_CLE)
        avis = retours.lire(request.body)
    except retours.JetonFaux:
        return HttpResponse(status=403)
    except retours.AvisIllisible:
        return HttpResponse(status=404)
    connu = avis is None or not avis.definitif or services.noter_retour(identifiant, avis)
    return HttpResponse(status=204 if connu else 404)


urlpatterns = [path("envois/retours/<str:jeton>/", retour, name="retour")]
