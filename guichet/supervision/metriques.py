"""Metrics of the web processes. Names are those of the monitoring role's rules and dashboard."""

from prometheus_client import Histogram

DUREE = Histogram(
    "guichet_requete_duree_secondes",
    "Durée des requêtes HTTP",
    ["vue", "methode", "statut"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3, 10),
)
