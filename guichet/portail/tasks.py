"""Tasks of the residents' site."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from guichet.portail import ancienne_file


@app.task(name="portail.envoyer_code_reprise", queue="courriels")
def envoyer_code_reprise(brouillon_id: str, rang: int) -> None:
    """A job queued by the former release; gone in the next one."""
    ancienne_file.reprendre(uuid.UUID(brouillon_id), rang)
