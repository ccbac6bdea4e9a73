"""Health for the proxy and metrics for Prometheus; the proxy keeps /metrics from the outside."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from socle.supervision.mesures import tout


@never_cache
@require_safe
def sante(request: HttpRequest) -> JsonResponse:
    """200 when a request can be served, database included; 503 otherwise."""
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"etat": "base de données injoignable"}, status=503)
    return JsonResponse({"etat": "ok"})


@never_cache
@require_safe
def metriques(request: HttpRequest) -> HttpResponse:
    """Every figure of this site, in Prometheus' text format."""
    return HttpResponse(tout(), content_type=CONTENT_TYPE_LATEST)


@require_safe
def signaler_une_faille(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116), for a month from now; 404 where the town has no address."""
    if not settings.COMMUNE["courriel"]:
        raise Http404
    fin = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    lignes = (
        f"Contact: mailto:{settings.COMMUNE['courriel']}",
        f"Expires: {fin.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: fr",
        f"Canonical: {settings.URL_PUBLIQUE}/.well-known/security.txt",
    )
    return HttpResponse("\n".join(lignes) + "\n", content_type="text/plain; charset=utf-8")
