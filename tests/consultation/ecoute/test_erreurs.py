"""Error pages: in French, with whom to call, and without the database when it is down."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client, RequestFactory

from consultation.ecoute.commune.models import Commune
from socle import erreurs
from tests.consultation.ecoute.garde import garder

pytestmark = pytest.mark.django_db


@pytest.fixture
def visiteur() -> Client:
    return Client(raise_request_exception=False)


def tomber(monkeypatch: pytest.MonkeyPatch, panne: Exception) -> None:
    """Every question to the database fails."""

    def echouer(*_: object, **__: object) -> None:
        raise panne

    monkeypatch.setattr(connection, "cursor", echouer)


@pytest.mark.parametrize("panne", [OperationalError("connection refused"), InterfaceError("connection already closed")])
def test_a_database_that_is_down_is_said_without_it(
    visiteur: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, panne: Exception
) -> None:
    """Come back in a minute (RFC 9110, section 15.6.4); the town's telephone comes from the settings."""
    settings.COMMUNE = {**settings.COMMUNE, "nom": "Admiville", "telephone": "01 99 00 00 00"}
    tomber(monkeypatch, panne)
    reponse = visiteur.get("/")
    assert (reponse.status_code, reponse["Retry-After"]) == (503, "60")
    texte = reponse.content.decode()
    assert garder(texte, "/").titre.endswith("– Admiville")
    assert "Le problème vient de notre site, pas de vous" in texte
    assert "01 99 00 00 00" in texte


def test_a_fault_of_ours_promises_nothing(visiteur: Client, commune: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consultation.ecoute.accueil.views_public.render", lambda *_: 1 / 0)
    reponse = visiteur.get("/")
    assert (reponse.status_code, reponse.get("Retry-After")) == (500, None)
    assert commune.telephone in reponse.content.decode()


def test_a_page_that_the_database_refuses_to_frame_still_comes(
    visiteur: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomber(monkeypatch, DatabaseError("x"))
    reponse = visiteur.get("/nulle-part/")
    assert reponse.status_code == 404
    assert "Page introuvable" in reponse.content.decode()


@pytest.mark.parametrize(
    ("reponse", "statut", "dit"),
    [
        (lambda r: erreurs.erreur_400(r, SuspiciousOperation("secret")), 400, "n'a pas été comprise"),
        (lambda r: erreurs.erreur_403(r, PermissionDenied("Réservé au délégué.")), 403, "Réservé au délégué."),
        (erreurs.erreur_403, 403, "réservée à d'autres personnes"),
        (lambda r: erreurs.erreur_404(r, Exception("secret")), 404, "Page introuvable"),
        (erreurs.erreur_500, 500, "elle ne l'est pas"),
        (lambda r: erreurs.csrf(r, "secret"), 403, "La page a expiré"),
    ],
)
def test_each_says_what_to_do_and_whom_to_call(commune: Commune, reponse: Any, statut: int, dit: str) -> None:
    faite = reponse(RequestFactory().get("/"))
    texte = html.unescape(faite.content.decode())
    assert faite.status_code == statut
    garder(faite.content.decode(), "page")
    assert dit in texte
    assert commune.telephone in texte
    assert "secret" not in texte
