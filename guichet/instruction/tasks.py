"""Tasks of the worker for the agents' pages."""

from __future__ import annotations

from procrastinate.contrib.django import app

from guichet.instruction import presence


@app.periodic(cron="7 * * * *")
@app.task(name="instruction.oublier_lectures", queue="entretien", queueing_lock="instruction.oublier_lectures")
def oublier_lectures(timestamp: int) -> None:
    """Each hour: forget who read what."""
    del timestamp
    presence.oublier()
