"""Tasks of the worker. Each may run twice and does its work once."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from guichet.demandes import alertes, ancienne_file, anonymisation, services


@app.task(name="demandes.envoyer_courriel", queue="courriels")
def envoyer_courriel(courriel_id: str) -> None:
    """A job queued by the former release; gone in the next one."""
    ancienne_file.reprendre(uuid.UUID(courriel_id))


@app.periodic(cron="17 3 * * *")
@app.task(name="demandes.purger_brouillons", queue="entretien", queueing_lock="demandes.purger_brouillons")
def purger_brouillons(timestamp: int) -> None:
    """Each night: drop drafts that nobody will take up again."""
    del timestamp
    services.purger_brouillons()


@app.periodic(cron="37 3 * * *")
@app.task(name="demandes.anonymiser", queue="entretien", queueing_lock="demandes.anonymiser")
def anonymiser(timestamp: int) -> None:
    """Each night: make requests over for long tell no longer who made them."""
    del timestamp
    anonymisation.anonymiser()


@app.periodic(cron="*/10 * * * *")
@app.task(name="demandes.passer_automatiques", queue="entretien", queueing_lock="demandes.passer_automatiques")
def passer_automatiques(timestamp: int) -> None:
    """Every ten minutes: do what workflows leave to the site after a delay."""
    del timestamp
    services.passer_automatiques()


@app.periodic(cron="7 0 * * *")
@app.task(name="demandes.regler_horloges", queue="entretien", queueing_lock="demandes.regler_horloges")
def regler_horloges(timestamp: int) -> None:
    """After midnight: bring stored clocks to the new day."""
    del timestamp
    services.regler_horloges()
    services.clore_abandonnees()


@app.periodic(cron="0 6 * * *")
@app.task(name="demandes.alerter", queue="entretien", queueing_lock="demandes.alerter")
def alerter(timestamp: int) -> None:
    """At six: tell clocks about to run out, pieces that do not come, and digests."""
    del timestamp
    alertes.alerter()
