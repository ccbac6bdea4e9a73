"""A task begun by a worker that was killed is done by the next one."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app

from guichet.arriere_plan.tasks import reprendre


class Contexte:
    """What the worker gives to the task: an application on the worker's own connection."""

    def __init__(self, application: App) -> None:
        self.app = application


async def reprendre_comme_l_ouvrier() -> None:
    connecteur: Any = app.connector
    application = app.with_connector(connecteur.get_worker_connector())
    async with application.open_async():
        await reprendre.func(Contexte(application), 0)


def etats() -> list[str]:
    with connection.cursor() as curseur:
        curseur.execute("SELECT status FROM procrastinate_jobs WHERE task_name = 'essai' ORDER BY id")
        return [etat for (etat,) in curseur.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_worker_held_is_taken_again_and_the_rest_left() -> None:
    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM procrastinate_jobs")  # left by other tests: no model, so never flushed
    for _ in range(2):
        app.configure_task("essai", queue="courriels").defer()
    with connection.cursor() as curseur:
        curseur.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        (vivant,) = curseur.fetchone()
        curseur.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        (mort,) = curseur.fetchone()
        for ouvrier in (vivant, mort):
            curseur.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [ouvrier])
    assert etats() == ["doing", "doing"]
    asyncio.run(reprendre_comme_l_ouvrier())
    assert etats() == ["doing", "todo"]
    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM procrastinate_jobs")
        curseur.execute("DELETE FROM procrastinate_workers")
