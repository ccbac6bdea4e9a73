"""Health for the proxy, figures for monitoring; the proxy keeps /metrics from the outside."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from consultation.dossier import Etat
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.donnees.models import Effacement
from consultation.ecoute.dossiers.models import Dossier
from socle.envois.mesures import mesures


@never_cache
@require_safe
def sante(request: HttpRequest) -> JsonResponse:
    """200 when a page can be served, database included; 503 otherwise."""
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"etat": "base de données injoignable"}, status=503)
    return JsonResponse({"etat": "ok"})


class Mesures(Collector):
    """Figures of what was heard; they say how many, never what nor who."""

    def collect(self) -> Iterator[Metric]:
        """Read them now."""
        dossiers = GaugeMetricFamily("ecoute_dossiers", "Dossiers, par état", labels=["etat"])
        comptes = dict(Dossier.objects.order_by().values_list("etat").annotate(n=Count("pk")))
        for etat in Etat:
            dossiers.add_metric([etat.value], comptes.get(etat.value, 0))
        yield dossiers
        yield CounterMetricFamily("ecoute_avis_recus", "Avis reçus, tous canaux", value=Contribution.objects.count())
        yield CounterMetricFamily("ecoute_effacements", "Preuves d'effacement", value=Effacement.objects.count())
        yield from mesures("ecoute")


@never_cache
@require_safe
def metriques(request: HttpRequest) -> HttpResponse:
    """For Prometheus."""
    registre = CollectorRegistry()
    registre.register(Mesures())
    return HttpResponse(generate_latest(registre), content_type=CONTENT_TYPE_LATEST)
