"""Health for the proxy and metrics for Prometheus; the proxy keeps /metrics from the outside."""

import os

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

from guichet.supervision.domaine import MetriquesDuDomaine


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
@require_GET
def metriques(request: HttpRequest) -> HttpResponse:
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registre = CollectorRegistry()
        multiprocess.MultiProcessCollector(registre)  # type: ignore[no-untyped-call]
        corps = generate_latest(registre)
    else:
        corps = generate_latest(REGISTRY)
    if settings.GUICHET_SITE == "instruction":
        # One site only, so that sums over the sites do not count twice.
        domaine = CollectorRegistry()
        domaine.register(MetriquesDuDomaine())
        corps += generate_latest(domaine)
    return HttpResponse(corps, content_type=CONTENT_TYPE_LATEST)
