from collections.abc import Iterator
from typing import Any

import pytest

from socle.openid.client import oublier
from tests.fournisseur_identite import Fournisseur, fournisseur_en_marche
from tests.guichet.site_agents import prendre


@pytest.fixture
def fournisseur(settings: Any) -> Iterator[Fournisseur]:
    with fournisseur_en_marche() as serveur:
        settings.OIDC = {**settings.OIDC, "issuer": serveur.issuer, "delai": 2}
        oublier()
        yield serveur
        oublier()


@pytest.fixture
def site_agents(settings: Any) -> None:
    prendre(settings)
    settings.URL_PUBLIQUE = settings.URL_AGENTS
