"""A form shows what FranceConnect verified, and takes nothing else for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guichet.comptes.models import IdentiteVerifiee, Usager
from guichet.demandes.models import Demande
from guichet.demarches.definition import lire_definition
from guichet.demarches.models import Demarche
from guichet.demarches.services import enregistrer_demarche
from tests.guichet.portail.parcours import PAGES, commencer, remplir

Connecter = Callable[[Client, Usager], Client]
TYPED = {"contact": {**PAGES["contact"], "nom": "Quelqu'un d'Autre"}}


@pytest.fixture
def jeanne(db: None) -> Usager:
    usager = Usager.objects.create(
        issuer="https://connexion.gru.test/", source="franceconnect", sub="fc-1", nom="Jeanne Marie EXEMPLE"
    )
    IdentiteVerifiee.objects.create(usager=usager, prenoms="Jeanne Marie", nom="EXEMPLE", naissance="1985-04-17")
    return usager


def avec_naissance(demarche: Demarche) -> None:
    """The road report also asks for the day of birth."""
    brut: dict[str, Any] = demarche.definition
    contact = next(etape for etape in brut["etapes"] if etape["nom"] == "contact")
    question = {"nom": "date_naissance", "type": "date", "libelle": "Votre date de naissance"}
    contact["champs"].append(question | {"pourquoi": "Pour vous reconnaître."})
    enregistrer_demarche(demarche.pk, lire_definition(brut, "x"))


def test_a_verified_name_is_shown_and_cannot_be_typed_over(
    client: Client, demarche: Demarche, jeanne: Usager, connecter: Connecter
) -> None:
    connecter(client, jeanne)
    base = commencer(client)
    remplir(client, base, "photos")
    page = client.get(f"{base}contact/").content.decode()
    assert "Vérifié par FranceConnect" in page
    assert remplir(client, base, **TYPED) == f"{base}verifier/"
    client.post(f"{base}verifier/")
    assert Demande.objects.get().nom == "Jeanne Marie EXEMPLE"


def test_a_verified_birth_is_shown_and_cannot_be_typed_over(
    client: Client, demarche: Demarche, jeanne: Usager, connecter: Connecter
) -> None:
    avec_naissance(demarche)
    connecter(client, jeanne)
    base = commencer(client)
    typed = {"date_naissance_0": "1", "date_naissance_1": "1", "date_naissance_2": "2010"}
    assert remplir(client, base, contact={**PAGES["contact"], **typed}) == f"{base}verifier/"
    client.post(f"{base}verifier/")
    assert Demande.objects.get().donnees["date_naissance"] == "1985-04-17"


def test_what_was_typed_before_signing_in_gives_way(
    client: Client, demarche: Demarche, jeanne: Usager, connecter: Connecter
) -> None:
    base = commencer(client)
    remplir(client, base, **TYPED)
    connecter(client, jeanne)
    assert "Jeanne Marie EXEMPLE" in client.get(f"{base}verifier/").content.decode()
    client.post(f"{base}verifier/")
    assert Demande.objects.get().nom == "Jeanne Marie EXEMPLE"


def test_a_name_that_the_question_would_not_take_is_left_to_the_person(
    client: Client, demarche: Demarche, jeanne: Usager, connecter: Connecter
) -> None:
    """No dead end for whoever FranceConnect names otherwise than forms do."""
    jeanne.identites.update(prenoms="Jeanne 2")
    connecter(client, jeanne)
    base = commencer(client)
    assert remplir(client, base, contact={**PAGES["contact"], "nom": "Jeanne Exemple"}) == f"{base}verifier/"
    client.post(f"{base}verifier/")
    assert Demande.objects.get().nom == "Jeanne Exemple"


def test_an_account_of_the_town_types_its_name(
    client: Client, demarche: Demarche, camille: Usager, connecter: Connecter
) -> None:
    connecter(client, camille)
    base = commencer(client)
    remplir(client, base, **TYPED)
    client.post(f"{base}verifier/")
    assert Demande.objects.get().nom == "Quelqu'un d'Autre"
