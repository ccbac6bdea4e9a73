"""Tasks that keep the database small. The schedule is the worker's; several workers run each task once."""

from __future__ import annotations

import logging
import uuid

from procrastinate import JobContext
from procrastinate.contrib.django import app

from guichet.arriere_plan import entretien, envois
from socle.envois import services

logger = logging.getLogger(__name__)

JOURS_GARDES = 30  # tasks done or given up stay readable so long for operators


@app.task(name=envois.TACHE, queue="courriels")
def partir(envoi_id: str) -> None:
    """Send one message, unless it was put off meanwhile; what cannot leave is the sweep's."""
    services.partir_dus(parmi=[uuid.UUID(envoi_id)])


@app.periodic(cron="* * * * *")
@app.task(name="envois.balayer", queue="courriels", queueing_lock="envois.balayer", lock="envois.balayer")
def balayer(timestamp: int) -> None:
    """Send all that is due: what was refused, what waited for a server, what a lost task would have sent."""
    del timestamp
    services.partir_dus(patience=envois.BALAYAGE)


@app.periodic(cron="47 3 * * *")
@app.task(name="envois.purger", queue="entretien", queueing_lock="envois.purger")
def purger_envois(timestamp: int) -> None:
    """Each night: drop messages kept long enough."""
    del timestamp
    services.purger()


@app.periodic(cron="41 3 * * *")
@app.task(name="taches.purger", queue="entretien", queueing_lock="taches.purger")
def purger(timestamp: int) -> None:
    """Each night: drop ended sessions, and files that nothing holds."""
    del timestamp
    entretien.faire_le_menage()


@app.periodic(cron="53 3 * * *")
@app.task(
    name="taches.oublier_anciennes",
    queue="entretien",
    queueing_lock="taches.oublier_anciennes",
    pass_context=True,
)
async def oublier_anciennes(context: JobContext, timestamp: int) -> None:
    """Each night: drop tasks finished, whatever their end, more than JOURS_GARDES days ago."""
    del timestamp
    await context.app.job_manager.delete_old_jobs(
        nb_hours=24 * JOURS_GARDES, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="*/5 * * * *")
@app.task(name="taches.reprendre", queue="entretien", queueing_lock="taches.reprendre", pass_context=True)
async def reprendre(context: JobContext, timestamp: int) -> None:
    """Put back in the queue what a worker had begun when it was killed: nothing else would."""
    del timestamp
    taches = context.app.job_manager
    for abandonnee in await taches.get_stalled_jobs():
        logger.warning("Tâche reprise : %s", abandonnee.call_string)
        await taches.retry_job(abandonnee)
