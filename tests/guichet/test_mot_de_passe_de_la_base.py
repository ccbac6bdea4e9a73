"""The password of the site's role in the database changes under visits: the site knows both, whichever is taken.

A real server, which asks for the password as on a platform. It needs no table: nothing is made in the test's database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from psycopg import OperationalError as RefusDuServeur

from socle import marques
from socle.postgresql.base import DatabaseWrapper

ROLE = "essai_mot_de_passe"
VISITES = 20
"""Connections opened at each moment of a change."""

Ouvrir = Callable[[str, str], None]


def connecter(grappe: Path, **propre: str) -> Any:
    """A connection of psycopg, as the site's engine opens one, to the server's own database."""
    place = {"HOST": str(grappe), "PORT": "", "NAME": "postgres", "USER": "postgres", "PASSWORD": "", **propre}
    moteur = DatabaseWrapper({**settings.DATABASES["default"], **place}, "essai")
    return moteur.get_new_connection(moteur.get_connection_params())


@pytest.fixture
def role(grappe: Path) -> Iterator[Callable[[str], None]]:
    """A role that signs in by its password; gives what changes it."""
    regles = grappe / "donnees" / "pg_hba.conf"
    avant = regles.read_text(encoding="utf-8")
    with connecter(grappe) as administrateur:
        administrateur.autocommit = True
        administrateur.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'bon'")
        regles.write_text(f"local all {ROLE} scram-sha-256\n{avant}", encoding="utf-8")
        administrateur.execute("SELECT pg_reload_conf()")
        try:
            yield lambda mot_de_passe: administrateur.execute(f"ALTER ROLE {ROLE} PASSWORD '{mot_de_passe}'")
        finally:
            regles.write_text(avant, encoding="utf-8")
            administrateur.execute("SELECT pg_reload_conf()")
            administrateur.execute(f"DROP ROLE {ROLE}")


@pytest.fixture
def ouvrir(grappe: Path, role: Callable[[str], None]) -> Ouvrir:
    """A new connection of a site that knows these two passwords. Raises RefusDuServeur."""

    def une(premier: str, autre: str) -> None:
        with connecter(grappe, USER=ROLE, PASSWORD=premier, AUTRE_PASSWORD=autre) as connexion:
            connexion.execute("SELECT 1")

    # The server reads its rules again when it has the time to: from then on it asks.
    fin = time.monotonic() + 30
    while time.monotonic() < fin:
        try:
            une("faux", "")
        except RefusDuServeur:
            return une
    pytest.fail("le serveur ne demande pas de mot de passe")


@pytest.mark.parametrize(("premier", "autre"), [("bon", "à venir"), ("passé", "bon"), ("bon", "")])
def test_whichever_password_the_database_takes_pages_go_on(ouvrir: Ouvrir, premier: str, autre: str) -> None:
    ouvrir(premier, autre)


@pytest.mark.parametrize("autre", ["", "faux aussi"])
def test_a_password_that_is_neither_is_refused(ouvrir: Ouvrir, autre: str) -> None:
    with pytest.raises(RefusDuServeur):
        ouvrir("faux", autre)


def test_the_password_changes_under_visits_and_none_fails(role: Callable[[str], None], ouvrir: Ouvrir) -> None:
    """In the order of `gru rotate`: sites know both, the server switches, sites know the new one alone."""
    connus, echecs, fin = ["bon", ""], [], threading.Event()
    visites = threading.Semaphore(0)

    def visiter() -> None:
        while not fin.is_set():
            try:
                ouvrir(*connus)
            except Exception as erreur:
                echecs.append(erreur)
            visites.release()

    def laisser_venir() -> None:
        for _ in range(VISITES):
            assert visites.acquire(timeout=60)

    visiteur = threading.Thread(target=visiter, daemon=True)
    visiteur.start()
    try:
        laisser_venir()
        connus[:] = ["bon", "neuf"]
        laisser_venir()
        role("neuf")
        laisser_venir()
        connus[:] = ["neuf", ""]
        laisser_venir()
    finally:
        fin.set()
        visiteur.join()
    assert echecs == []
    with pytest.raises(RefusDuServeur):
        ouvrir("bon", "")


def test_marks_are_read_with_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts ask for them at each deployment, without Django."""
    essais: list[str] = []

    def ouvrir(**parametres: str) -> Any:
        essais.append(parametres["password"])
        raise RefusDuServeur("refusé")

    monkeypatch.setattr(marques.psycopg, "connect", ouvrir)
    monkeypatch.setenv("SITE_DB_PASSWORD", "un")
    monkeypatch.setenv("SITE_DB_PASSWORD_OTHER", "deux")
    with pytest.raises(RefusDuServeur):
        marques.lire()
    assert essais == ["un", "deux"]
