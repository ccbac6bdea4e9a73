"""On PostgreSQL, every request of the tests is served with the site's own role: a right that lacks fails a page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse

from consultation.ecoute.installation.droits import DECISIONS
from socle.installation.droits import accorder

ROLE = "ecoute_site"


def creer() -> None:
    """Make the role, and give it its rights as an installation does."""
    with connection.cursor() as curseur:
        curseur.execute(f"CREATE ROLE {ROLE} NOLOGIN")
    accorder(DECISIONS, {"ecoute": ROLE})


class RoleDuSite:
    """Take the role for the time of the request, below what tests replace in Django's connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.ensure_connection()
        connection.connection.execute(f"SET ROLE {ROLE}")
        try:
            return self.get_response(request)
        finally:
            with contextlib.suppress(psycopg.Error):  # a transaction that failed takes the role back by itself
                connection.connection.execute("RESET ROLE")
