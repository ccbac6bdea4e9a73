"""Tasks of accounts."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from guichet.comptes import ancienne_file, services


@app.task(name="comptes.envoyer_courriel_inscription", queue="courriels")
def envoyer_courriel_inscription(inscription_id: str) -> None:
    """A job queued by the former release; gone in the next one."""
    ancienne_file.reprendre_inscription(uuid.UUID(inscription_id))


@app.task(name="comptes.envoyer_courriel_depart", queue="courriels")
def envoyer_courriel_depart(courriel_id: str) -> None:
    """A job queued by the former release; gone in the next one."""
    ancienne_file.reprendre_depart(uuid.UUID(courriel_id))


@app.periodic(cron="23 3 * * *")
@app.task(name="comptes.purger_inscriptions", queue="entretien", queueing_lock="comptes.purger_inscriptions")
def purger_inscriptions(timestamp: int) -> None:
    """Each night: drop sign-ups that ended."""
    del timestamp
    services.purger_inscriptions()
