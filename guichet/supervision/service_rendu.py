"""What residents get: requests by channel, missing pieces, time to answer, over 90 days and by procedure.

The consultation brick reads them from the monitoring, before and after what it changes (consultation/ecoute/suites).
Counted anew every quarter of an hour at most: the scrapes are many, and the requests of 90 days are not few.
"""

from __future__ import annotations

import threading
from time import monotonic

from django.db import connection
from prometheus_client.core import GaugeMetricFamily, Metric

GARDE = 900.0  # seconds
JOURS = (2, 8, 15, 30, 60)
TOUTES = "toutes"
"""Value of the label `demarche` for the median of all procedures: medians do not add up."""

RECUES = """
    SELECT d.demarche_id, d.canal, count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM demandes_complement c WHERE c.demande_id = d.id AND c.genre = 'piece'))
    FROM demandes_demande d
    WHERE d.recue_le >= now() - interval '90 days'
    GROUP BY d.demarche_id, d.canal
"""
# GROUPING SETS: one row a procedure, one for all.
REPONDUES = f"""
    SELECT CASE WHEN grouping(d.demarche_id) = 1 THEN '{TOUTES}' ELSE d.demarche_id END, count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.decidee_le - d.recue_le)) / 86400,
        {", ".join(f"count(*) FILTER (WHERE d.decidee_le <= d.recue_le + interval '{jours} days')" for jours in JOURS)}
    FROM demandes_demande d
    WHERE d.decidee_le >= now() - interval '90 days'
    GROUP BY GROUPING SETS ((d.demarche_id), ())
"""  # noqa: S608 - whole numbers and a word of ours

_verrou = threading.Lock()
_compte: tuple[float, list[Metric]] | None = None


def mesures() -> list[Metric]:
    """The figures, counted within the last quarter of an hour."""
    global _compte  # noqa: PLW0603 - one count a process
    with _verrou:
        if _compte is None or monotonic() - _compte[0] > GARDE:
            _compte = (monotonic(), [*_recues(), *_repondues()])
        return _compte[1]


def oublier() -> None:
    """Count anew at the next scrape."""
    global _compte  # noqa: PLW0603
    with _verrou:
        _compte = None


def _lignes(requete: str) -> list[tuple[object, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return list(curseur.fetchall())


def _recues() -> list[Metric]:
    recues = GaugeMetricFamily(
        "guichet_demandes_recues_90j", "Demandes reçues en 90 jours", labels=["demarche", "canal"]
    )
    incompletes = GaugeMetricFamily(
        "guichet_demandes_incompletes_90j", "Demandes reçues en 90 jours, une pièce redemandée", labels=["demarche"]
    )
    sans: dict[str, float] = {}
    for demarche, canal, nombre, manquantes in _lignes(RECUES):
        recues.add_metric([str(demarche), str(canal)], float(str(nombre)))
        sans[str(demarche)] = sans.get(str(demarche), 0) + float(str(manquantes))
    for nom, total in sans.items():
        incompletes.add_metric([nom], total)
    return [recues, incompletes]


def _repondues() -> list[Metric]:
    nombre = GaugeMetricFamily("guichet_demandes_repondues_90j", "Demandes répondues en 90 jours", labels=["demarche"])
    mediane = GaugeMetricFamily(
        "guichet_delai_reponse_median_jours", "Délai médian de réponse, sur 90 jours", labels=["demarche"]
    )
    cumul = GaugeMetricFamily(
        "guichet_demandes_repondues_90j_cumul", "Demandes répondues en 90 jours, en tant de jours au plus",
        labels=["demarche", "jours"],
    )  # fmt: skip
    for demarche, combien, milieu, *dans in _lignes(REPONDUES):
        if milieu is not None:
            mediane.add_metric([str(demarche)], float(str(milieu)))
        if demarche == TOUTES:
            continue
        nombre.add_metric([str(demarche)], float(str(combien)))
        for jours, n in zip(JOURS, dans, strict=True):
            cumul.add_metric([str(demarche), str(jours)], float(str(n)))
    return [nombre, mediane, cumul]
