"""The site's secret at the identity provider changes while people sign in: it knows both, whichever is taken."""

from __future__ import annotations

from itertools import cycle, islice, product
from typing import Any

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from socle.openid import client as client_openid
from socle.openid import parcours
from tests.fournisseur_identite import Fournisseur
from tests.guichet.identite.test_connexion import CAMILLE, connecter

pytestmark = pytest.mark.django_db


@pytest.fixture
def deux_secrets(settings: Any, fournisseur: Fournisseur) -> Fournisseur:
    settings.OIDC = {**settings.OIDC, "client_secret": "un", "autre_secret": "deux"}
    client_openid.oublier()
    return fournisseur


@pytest.mark.parametrize("pris", ["un", "deux"])
def test_whichever_secret_the_provider_takes_people_sign_in(
    client: Client, deux_secrets: Fournisseur, pris: str
) -> None:
    deux_secrets.secret = pris
    assert connecter(client, deux_secrets, CAMILLE).status_code == 302
    assert Usager.objects.get().sub == CAMILLE["sub"]
    assert deux_secrets.appels.count("/oauth2/token") == (1 if pris == "un" else 2)


@pytest.mark.parametrize(
    "tour", [tour for nombre in (2, 3) for tour in product(("un", "deux"), repeat=nombre)], ids="-".join
)
def test_processes_of_the_provider_that_do_not_know_the_same_secret_yet_refuse_nobody(
    client: Client, deux_secrets: Fournisseur, tour: tuple[str, ...]
) -> None:
    """Two or three processes take turns: whatever each knows, a person is let in."""
    deux_secrets.processus = list(islice(cycle(tour), client_openid.ESSAIS))
    assert connecter(client, deux_secrets, CAMILLE).status_code == 302


def test_a_session_is_confirmed_by_either_too(client: Client, deux_secrets: Fournisseur, rf: Any) -> None:
    connecter(client, deux_secrets, CAMILLE)
    requete = rf.get("/")
    requete.session = client.session
    deux_secrets.secret = "deux"
    requete.session[parcours.CLE_RENOUVELLEMENT] = next(iter(deux_secrets.ouvertes))
    assert parcours.redemander(requete, client_openid.client())


def test_a_secret_that_is_neither_is_refused(client: Client, deux_secrets: Fournisseur) -> None:
    deux_secrets.secret = "trois"
    reponse = connecter(client, deux_secrets, CAMILLE)
    assert reponse.status_code != 302
    assert not Usager.objects.exists()
    assert deux_secrets.appels.count("/oauth2/token") == client_openid.ESSAIS


def test_another_refusal_is_not_tried_twice(client: Client, deux_secrets: Fournisseur) -> None:
    deux_secrets.erreur = "invalid_grant"
    assert connecter(client, deux_secrets, CAMILLE).status_code != 302
    assert deux_secrets.appels.count("/oauth2/token") == 1
