"""What every site measures of its requests, and how all its figures are gathered.

Names are those of the monitoring role's rules and dashboards: they begin with `METRIQUES_PREFIXE`.
"""

import os

from django.conf import settings
from django.utils.module_loading import import_string
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest, multiprocess

DUREE = Histogram(
    f"{settings.METRIQUES_PREFIXE}_requete_duree_secondes",
    "Durée des requêtes HTTP",
    ["vue", "methode", "statut"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3, 10),
)


def tout() -> bytes:
    """Figures of this site: those of all its processes, then those that it reads in its database."""
    return generate_latest(_des_processus()) + generate_latest(_du_domaine())


def _des_processus() -> CollectorRegistry:
    """Sum the processes of the web server where they share a folder (socle/gunicorn.py); this process otherwise."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registre = CollectorRegistry()
    multiprocess.MultiProcessCollector(registre)  # type: ignore[no-untyped-call]
    return registre


def _du_domaine() -> CollectorRegistry:
    registre = CollectorRegistry()
    for chemin in settings.METRIQUES_DU_DOMAINE:
        registre.register(import_string(chemin)())
    return registre
