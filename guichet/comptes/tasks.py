"""Tasks of accounts."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from guichet.arriere_plan.reprises import RepriseCroissante

from . import compte, courriels, services


@app.task(name=services.TACHE, queue="courriels", retry=RepriseCroissante())
def envoyer_courriel_inscription(inscription_id: str) -> None:
    courriels.envoyer(uuid.UUID(inscription_id))


@app.task(name=compte.TACHE_DEPART, queue="courriels", retry=RepriseCroissante())
def envoyer_courriel_depart(courriel_id: str) -> None:
    courriels.envoyer_depart(uuid.UUID(courriel_id))


@app.periodic(cron="23 3 * * *")
@app.task(name="comptes.purger_inscriptions", queue="entretien", queueing_lock="comptes.purger_inscriptions")
def purger_inscriptions(timestamp: int) -> None:
    del timestamp
    services.purger_inscriptions()
