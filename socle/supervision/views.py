"""Health for the proxy and metrics for Prometheus; the proxy keeps /metrics from the outside."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
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
