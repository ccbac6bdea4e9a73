"""Figures of what was heard, for monitoring (socle/supervision)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from consultation.dossier import Etat
from consultation.ecoute.contributions.models import Contribution
from consultation.ecoute.donnees.models import Effacement
from consultation.ecoute.dossiers.models import Dossier
from socle.envois.mesures import mesures


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
