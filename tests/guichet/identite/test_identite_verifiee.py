"""What FranceConnect verified: kept with the account, its changes as history, and nobody's from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from guichet.comptes.models import IdentiteVerifiee, Usager
from tests.fournisseur_identite import Fournisseur
from tests.guichet.identite.test_connexion import CAMILLE, connecter

pytestmark = pytest.mark.django_db

JEANNE: dict[str, Any] = {
    "sub": "fc-6925fb8143c76eded44d32b40c0cb1006065f7f003de52712b78985704f39950v1",
    "auth_source": "franceconnect",
    "name": "Jeanne Marie EXEMPLE",
    "email": "jeanne@gru.test",
    "given_name": "Jeanne Marie",
    "family_name": "EXEMPLE",
    "birthdate": "1985-04-17",
    "birthplace": "2A004",
    "birthcountry": "99100",
}


def test_the_civil_status_is_kept_once(client: Client, fournisseur: Fournisseur) -> None:
    for _ in range(2):
        connecter(client, fournisseur, JEANNE)
        client.logout()
    identite = IdentiteVerifiee.objects.get()
    assert identite.usager == Usager.objects.get()
    assert (identite.prenoms, identite.nom, identite.nom_usage) == ("Jeanne Marie", "EXEMPLE", "")
    assert (identite.naissance, identite.lieu_naissance, identite.pays_naissance) == ("1985-04-17", "2A004", "99100")


def test_a_changed_name_is_the_same_account_with_its_history(client: Client, fournisseur: Fournisseur) -> None:
    """A marriage: FranceConnect keeps the `sub`."""
    connecter(client, fournisseur, JEANNE)
    client.logout()
    connecter(client, fournisseur, {**JEANNE, "preferred_username": "MARTIN", "name": "Jeanne Marie MARTIN"})
    usager = Usager.objects.get()
    assert usager.nom == "Jeanne Marie MARTIN"
    assert [(un.nom_usage, un.remplacee_le is None) for un in usager.identites.all()] == [("MARTIN", True), ("", False)]
    assert usager.identite_verifiee is not None
    assert usager.identite_verifiee.nom_entier == "Jeanne Marie MARTIN"


def test_two_people_with_one_address_stay_two(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, JEANNE)
    client.logout()
    connecter(client, fournisseur, {**JEANNE, "sub": "fc-autre", "given_name": "Paul", "birthdate": "1980-01-02"})
    assert Usager.objects.filter(courriel="jeanne@gru.test").count() == 2
    assert {un.prenoms for un in IdentiteVerifiee.objects.filter(remplacee_le=None)} == {"Jeanne Marie", "Paul"}


def test_an_account_of_the_town_is_not_verified(client: Client, fournisseur: Fournisseur) -> None:
    """Whatever its claims say."""
    connecter(client, fournisseur, {**JEANNE, **CAMILLE})
    assert Usager.objects.get().identite_verifiee is None


def test_a_session_from_before_verifies_nothing(client: Client, fournisseur: Fournisseur) -> None:
    """Of an identity provider that does not tell the civil status yet."""
    connecter(client, fournisseur, {nom: JEANNE[nom] for nom in ("sub", "auth_source", "name", "email")})
    assert Usager.objects.get().identite_verifiee is None


@pytest.mark.parametrize(
    ("faux", "champ"),
    [
        ({"birthdate": "17/04/1985"}, "naissance"),
        ({"birthplace": "Ajaccio"}, "lieu_naissance"),
        ({"birthcountry": "FR"}, "pays_naissance"),
        ({"birthplace": None}, "lieu_naissance"),
    ],
)
def test_what_is_not_in_form_is_not_kept(
    client: Client, fournisseur: Fournisseur, faux: dict[str, Any], champ: str
) -> None:
    connecter(client, fournisseur, {**JEANNE, **faux})
    assert getattr(IdentiteVerifiee.objects.get(), champ) == ""


def test_the_account_says_what_is_verified_and_gives_it_back(client: Client, fournisseur: Fournisseur) -> None:
    connecter(client, fournisseur, JEANNE)
    page = client.get("/compte/", secure=True).content.decode()
    assert "Identité vérifiée par FranceConnect" in page
    assert "17\u00a0avril 1985" in page


def test_the_release_before_closes_an_account_it_does_not_know_the_identity_of(
    client: Client, fournisseur: Fournisseur
) -> None:
    """Its code deletes the account alone: the database removes what was its own."""
    connecter(client, fournisseur, JEANNE)
    with connection.cursor() as curseur:
        curseur.execute("delete from comptes_usager")
    assert not IdentiteVerifiee.objects.exists()
