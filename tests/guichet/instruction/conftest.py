"""The agents' site, its services and three agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guichet.configuration.settings import instruction as reglages
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from tests.guichet.instruction import fabriques

SITE = (
    "GUICHET_SITE",
    "ROOT_URLCONF",
    "SESSION_ENGINE",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "MIDDLEWARE",
    "LOGIN_URL",
    "OIDC_REQUIRED_ACR",
    "WAGTAILADMIN_LOGIN_URL",
    "GUICHET_OIDC_OUVERTURE",
    "GUICHET_URL_APRES_DECONNEXION",
)


@pytest.fixture(autouse=True)
def _site_des_agents(settings: Any) -> None:
    for nom in SITE:
        setattr(settings, nom, getattr(reglages, nom))


@pytest.fixture
def voirie(db: None) -> Demarche:
    fabriques.service("voirie", "Voirie")
    return fabriques.demarche("signaler-voirie", "Signaler un problème de voirie", "voirie")


@pytest.fixture
def etat_civil(db: None) -> Demarche:
    fabriques.service("etat-civil", "État civil")
    return fabriques.demarche("copie-acte", "Demander une copie d’acte de naissance", "etat-civil")


@pytest.fixture
def alice(db: None) -> Agent:
    return fabriques.agent("alice.martin", "Alice Martin", "agents", "service-voirie")


@pytest.fixture
def chloe(db: None) -> Agent:
    """Alice's colleague, same service."""
    return fabriques.agent("chloe.bernard", "Chloé Bernard", "agents", "service-voirie")


@pytest.fixture
def bruno(db: None) -> Agent:
    """Agent of another service."""
    return fabriques.agent("bruno.petit", "Bruno Petit", "agents", "service-etat-civil")


@pytest.fixture
def demande(voirie: Demarche) -> Demande:
    return fabriques.deposer(voirie)


@pytest.fixture
def connecte() -> Callable[[Agent], Client]:
    def ouvrir(agent: Agent, **options: Any) -> Client:
        navigateur = Client(**options)
        navigateur.force_login(agent, backend="guichet.identite.backend.AnnuaireBackend")
        return navigateur

    return ouvrir
