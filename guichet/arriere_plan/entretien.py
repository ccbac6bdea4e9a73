"""Housekeeping that no page does: each app says what it removes, the worker does it all once a night."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

MENAGES: list[Callable[[], int]] = []
"""What removes what is over and returns how many; apps add theirs when ready."""


def faire_le_menage() -> int:
    """Do all of it; return how much was removed."""
    return sum(menage() for menage in MENAGES)


def oublier_sessions(table: str) -> int:
    """Remove the sessions of this table that ended; return how many.

    In SQL, because of a resident's session the worker's role may read the date and nothing else.
    """
    with connection.cursor() as curseur:
        curseur.execute(f"DELETE FROM {table} WHERE expire_date < now()")  # noqa: S608 - a model's own table
        retirees: int = curseur.rowcount
        return retirees
