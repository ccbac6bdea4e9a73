"""Figures for Prometheus, read in the database: right whatever the number of processes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from socle.envois.canaux import CANAUX
from socle.envois.models import Compte, Envoi


def mesures(prefixe: str) -> Iterator[Metric]:
    """How many messages wait, since when, how many were given up; mails that left and tries that failed."""
    maintenant = timezone.now()
    attente = {
        ligne["canal"]: ligne
        for ligne in Envoi.objects.en_attente()
        .order_by()
        .values("canal")
        .annotate(n=Count("pk"), depuis=Min("cree_le"))
    }
    abandons = dict(Envoi.objects.abandonnes().order_by().values_list("canal").annotate(n=Count("pk")))
    comptes = {compte.canal: compte for compte in Compte.objects.all()}
    nombre = GaugeMetricFamily(f"{prefixe}_envois_en_attente", "Messages qui attendent de partir", labels=["canal"])
    age = GaugeMetricFamily(
        f"{prefixe}_envoi_plus_ancien_secondes", "Âge du plus ancien message qui attend", labels=["canal"]
    )
    perdus = GaugeMetricFamily(f"{prefixe}_envois_abandonnes", "Messages que plus rien n'envoie", labels=["canal"])
    for canal in CANAUX:
        ligne = attente.get(canal)
        nombre.add_metric([canal], ligne["n"] if ligne else 0)
        age.add_metric([canal], (maintenant - ligne["depuis"]).total_seconds() if ligne else 0)
        perdus.add_metric([canal], abandons.get(canal, 0))
        compte = comptes.get(canal, Compte())
        yield CounterMetricFamily(f"{prefixe}_{canal}s_partis", "Messages partis", value=compte.partis)
        yield CounterMetricFamily(f"{prefixe}_{canal}s_echecs", "Envois qui ont échoué", value=compte.echecs)
        yield CounterMetricFamily(
            f"{prefixe}_{canal}s_revenus", "Messages revenus sans être remis", value=compte.retours
        )
    yield from (nombre, age, perdus)
