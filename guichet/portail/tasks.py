"""Tasks of the residents' site."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from guichet.arriere_plan.reprises import RepriseCroissante

from . import reprise


@app.task(name=reprise.TACHE, queue="courriels", retry=RepriseCroissante())
def envoyer_code_reprise(brouillon_id: str, rang: int) -> None:
    reprise.envoyer(uuid.UUID(brouillon_id), rang)
