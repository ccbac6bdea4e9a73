"""A town, its team, and dossiers at each stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from consultation.ecoute.commune.models import Commune
from consultation.ecoute.dossiers.models import Dossier
from consultation.ecoute.equipe.models import Membre, Role
from tests.consultation.ecoute import fabrique


@pytest.fixture(autouse=True)
def _variables_indefinies(settings: Any) -> None:
    """An undefined variable of a template shows instead of vanishing."""
    gabarits = [{**settings.TEMPLATES[0]}]
    gabarits[0]["OPTIONS"] = {**gabarits[0]["OPTIONS"], "string_if_invalid": "!!variable-indefinie!!"}
    settings.TEMPLATES = gabarits


@pytest.fixture
def commune(db: None) -> Commune:
    return fabrique.commune()


@pytest.fixture
def responsable(commune: Commune) -> Membre:
    return fabrique.membre("Camille Durand", Role.RESPONSABLE)


@pytest.fixture
def dpo(commune: Commune) -> Membre:
    return fabrique.membre("Dominique Petit", Role.DPO)


@pytest.fixture
def accueil(commune: Commune) -> Membre:
    return fabrique.membre("Alex Roy", Role.ACCUEIL)


@pytest.fixture
def dossier(responsable: Membre) -> Dossier:
    return fabrique.dossier(responsable)


@pytest.fixture
def ouvert(responsable: Membre, dpo: Membre) -> Dossier:
    return fabrique.ouvert(responsable, dpo)


@pytest.fixture
def connecte() -> Callable[[Membre], Client]:
    def ouvrir(membre: Membre) -> Client:
        client = Client()
        client.force_login(membre)
        return client

    return ouvrir
