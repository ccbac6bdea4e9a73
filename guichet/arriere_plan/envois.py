"""What makes messages leave here: a task a message, queued in the transaction that entrusts it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from socle.envois.models import Envoi

TACHE = "envois.partir"
BALAYAGE = 50.0
"""Seconds that a sweep may take; the next comes a minute later."""


def mettre_en_file(envois: Sequence[Envoi]) -> None:
    """Queue them; the worker takes those of the highest priority first."""
    travaux: defaultdict[int, list[JSONDict]] = defaultdict(list)
    for envoi in envois:
        travaux[envoi.priorite].append({"envoi_id": str(envoi.pk)})
    for priorite, lot in travaux.items():
        app.configure_task(TACHE, queue="courriels", priority=priorite).batch_defer(*lot)
