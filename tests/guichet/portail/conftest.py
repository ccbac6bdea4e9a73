"""A browser of the residents' site, with or without account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demarches.models import Demarche
from tests.guichet import fabrique


@pytest.fixture
def demarche(db: None) -> Demarche:
    return fabrique.demarche()


@pytest.fixture
def camille(db: None) -> Usager:
    return fabrique.usager()


@pytest.fixture
def connecter() -> Callable[[Client, Usager], Client]:
    def ouvrir(client: Client, usager: Usager) -> Client:
        session: Any = client.session
        session["usager_id"] = str(usager.pk)
        session.save()
        client.cookies["portail_session"] = session.session_key
        return client

    return ouvrir
