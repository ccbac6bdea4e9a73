"""A session in use does not end, one left alone does; the page can say so before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demarches.models import Demarche
from guichet.portail import middleware
from guichet.portail.models import SessionUsager

pytestmark = pytest.mark.django_db


@pytest.fixture
def connecte(
    client: Client, camille: Usager, connecter: Callable[[Client, Usager], Client], demarche: Demarche
) -> Client:
    return connecter(client, camille)


def restant() -> timedelta:
    return SessionUsager.objects.get().expire_date - timezone.now()


def test_looking_at_pages_puts_off_the_end(connecte: Client) -> None:
    connecte.get("/demarches/")
    SessionUsager.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    connecte.get("/demarches/")
    assert restant() < timedelta(minutes=6)  # a page seen a moment ago: nothing is written
    with patch.object(middleware.time, "time", return_value=timezone.now().timestamp() + middleware.PAS + 1):
        connecte.get("/demarches/")
    assert restant() > timedelta(hours=3, minutes=59)


def test_the_button_tells_whether_it_was_in_time(connecte: Client) -> None:
    assert connecte.get("/session/prolonger/").status_code == 204
    SessionUsager.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert connecte.get("/session/prolonger/").status_code == 410
    assert Client().get("/session/prolonger/").status_code == 410


def test_only_who_has_something_to_lose_is_warned(connecte: Client, settings: Any) -> None:
    avis = f'data-session="{settings.SESSION_COOKIE_AGE}"'
    assert avis in connecte.get("/mes-demarches/").content.decode()
    assert "data-session" not in Client().get("/demarches/").content.decode()


def test_a_visitor_who_only_looks_has_no_session(demarche: Demarche) -> None:
    visiteur = Client()
    for adresse in ("/demarches/", f"/demarches/{demarche.pk}/", "/suivi/"):
        visiteur.get(adresse)
    assert not SessionUsager.objects.exists()
