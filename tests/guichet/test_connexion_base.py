"""Connections to PostgreSQL: nothing asked before a page, statements prepared once, and no fault that lasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import NotSupportedError, connection
from django.db.backends.postgresql import base as django_base

from guichet.demarches.models import Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def autre() -> Iterator[Any]:
    """A second connection of this site, outside the test's transaction."""
    seconde: Any = connection.copy()
    seconde.ensure_connection()
    yield seconde
    seconde.close()


def ordre(base: Any, sql: str) -> list[tuple[Any, ...]]:
    with base.cursor() as curseur:
        curseur.execute(sql)
        return list(curseur.fetchall()) if curseur.description else []


def test_a_connection_that_said_nothing_is_not_asked(autre: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def question(_: Any) -> bool:
        pytest.fail("une question au serveur")

    monkeypatch.setattr(django_base.DatabaseWrapper, "is_usable", question)
    assert ordre(autre, "SELECT 1") == [(1,)]
    assert autre.is_usable()


def test_a_connection_that_the_server_ended_is_known_before_it_is_used(autre: Any) -> None:
    (numero,) = ordre(autre, "SELECT pg_backend_pid()")[0]
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_terminate_backend(%s, 5000)", [numero])
        assert curseur.fetchone() == (True,)  # it has ended, and said so
    assert not autre.is_usable()
    autre.health_check_done = False
    autre.close_if_health_check_failed()
    assert ordre(autre, "SELECT 1") == [(1,)]


def test_a_statement_that_comes_back_is_prepared() -> None:
    for rang in range(8):
        list(Service.objects.filter(pk=f"service-{rang}"))
    prepares = ordre(connection, "SELECT statement FROM pg_prepared_statements")
    assert [sql for (sql,) in prepares if '"demarches_service"."slug" = $1' in sql]


def test_a_column_that_changes_its_type_does_not_spoil_a_connection(autre: Any) -> None:
    """As a new release does, while the one before still serves: a request fails at worst, and the next does not."""
    ordre(autre, "CREATE TABLE essai_type (mot varchar(10))")
    try:
        for _ in range(7):
            ordre(autre, "SELECT mot FROM essai_type")
        livraison: Any = connection.copy()
        ordre(livraison, "ALTER TABLE essai_type ALTER mot TYPE varchar(20)")
        livraison.close()
        with pytest.raises(NotSupportedError, match="cached plan"):
            ordre(autre, "SELECT mot FROM essai_type")
        autre.close_if_unusable_or_obsolete()  # at the end of the request
        assert ordre(autre, "SELECT mot FROM essai_type") == []
    finally:
        ordre(autre, "DROP TABLE essai_type")
