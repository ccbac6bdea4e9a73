"""Metrics of the domain, read from the database at each scrape: right whatever the number of processes."""

from collections.abc import Iterator

from django.db import connection
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from guichet.supervision import compteurs, service_rendu
from socle.envois import mesures as envois

# Tasks that should have begun: waiting, and due.
EN_ATTENTE = """
    SELECT count(*), coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))), 0)
    FROM procrastinate_jobs j
    LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
    WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
"""
# Added to one by one: counting the requests themselves would read hundreds of thousands of rows at each scrape.
COMPTEURS = {
    compteurs.DEMANDES_ACCEPTEES: "Demandes acceptées depuis que l'on compte",
}


class MetriquesDuDomaine(Collector):
    """Figures of Prometheus read from the database."""

    def collect(self) -> Iterator[Metric]:
        """The queue, the counters, the outbox and the service given to residents."""
        with connection.cursor() as curseur:
            curseur.execute(EN_ATTENTE)
            nombre, age = curseur.fetchone() or (0, 0)
        yield GaugeMetricFamily("guichet_taches_en_attente", "Tâches à faire maintenant", value=float(nombre))
        yield GaugeMetricFamily(
            "guichet_tache_plus_ancienne_secondes", "Âge de la plus ancienne tâche à faire", value=float(age)
        )
        for nom, mots in COMPTEURS.items():
            yield CounterMetricFamily(f"guichet_{nom}", mots, value=compteurs.lire(nom))
        yield from envois.mesures("guichet")
        yield from service_rendu.mesures()
