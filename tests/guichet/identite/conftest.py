from collections.abc import Iterator
from typing import Any

import pytest

from guichet.configuration.settings import instruction as reglages_agents
from socle.openid.client import oublier
from tests.fournisseur_identite import Fournisseur, fournisseur_en_marche

SITE_AGENTS = (
    "GUICHET_SITE", "ROOT_URLCONF", "SESSION_ENGINE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "MIDDLEWARE",
    "LOGIN_URL", "GUICHET_OIDC_OUVERTURE", "OIDC_REQUIRED_ACR", "GUICHET_URL_APRES_DECONNEXION",
)  # fmt: skip


@pytest.fixture
def fournisseur(settings: Any) -> Iterator[Fournisseur]:
    with fournisseur_en_marche() as serveur:
        settings.OIDC = {**settings.OIDC, "issuer": serveur.issuer, "delai": 2}
        oublier()
        yield serveur
        oublier()


@pytest.fixture
def site_agents(settings: Any) -> None:
    for nom in SITE_AGENTS:
        setattr(settings, nom, getattr(reglages_agents, nom))
    settings.URL_PUBLIQUE = reglages_agents.URL_AGENTS
