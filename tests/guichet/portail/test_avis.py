"""« Donner mon avis sur cette démarche »: where it stands, what it says, when nothing is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guichet.comptes.models import Usager
from guichet.demandes import avis
from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche
from tests.guichet import actes as agir
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE

pytestmark = pytest.mark.django_db
Connecter = Callable[[Client, Usager], Client]
LIEN = re.compile(r"https://ecoute\.gru\.test/[^\s\"<]*")


def liens(texte: str) -> list[str]:
    return LIEN.findall(texte.replace("&amp;", "&"))


def page(client: Client, adresse: str) -> str:
    reponse = client.get(adresse)
    assert reponse.status_code == 200
    return reponse.content.decode()


def mail(demande: Demande, genre: str) -> str:
    return str(envois.mail(envois.envoi(genre, demande)).body)


@pytest.fixture
def demande(demarche: Demarche, camille: Usager) -> Demande:
    return fabrique.deposer(demarche, camille).demande


def test_the_link_stands_where_something_ended_and_only_there(
    client: Client, demarche: Demarche, demande: Demande, camille: Usager, connecter: Connecter
) -> None:
    base = f"https://ecoute.gru.test/avis/{demarche.pk}/?source="
    connecter(client, camille)
    assert liens(page(client, f"/demarches/{demarche.pk}/")) == [f"{base}page"]
    suivi = f"/mes-demarches/{demande.reference}/"
    assert liens(page(client, f"/demandes/envoyee/{demande.reference}/")) == [f"{base}confirmation"]
    assert liens(mail(demande, "accuse")) == [f"{base}courriel"]
    assert liens(page(client, suivi)) == []
    agir.prendre_en_charge(demande, ALICE)
    agir.repondre(demande, ALICE, "Nous réparons jeudi.")
    assert liens(mail(demande, "reponse")) == [f"{base}courriel"]
    agir.clore(demande, ALICE)
    assert liens(page(client, suivi)) == [f"{base}demande-close"]
    assert liens(mail(demande, "close")) == [f"{base}courriel"]


def test_the_link_says_nothing_of_who_nor_of_which_request(
    client: Client, demande: Demande, camille: Usager, connecter: Connecter
) -> None:
    agir.clore(demande, ALICE)
    connecter(client, camille)
    textes = [page(client, f"/mes-demarches/{demande.reference}/"), mail(demande, "accuse"), mail(demande, "close")]
    trouves = [lien for texte in textes for lien in liens(texte)]
    assert len(trouves) == 3
    for lien in trouves:
        assert re.fullmatch(r"https://ecoute\.gru\.test/avis/[a-z-]+/\?source=[a-z-]+", lien)
        assert demande.reference not in lien


def test_without_a_questionnaire_nothing_is_said_of_it(
    client: Client, demarche: Demarche, demande: Demande, camille: Usager, connecter: Connecter, settings: Any
) -> None:
    settings.URL_ECOUTE = ""
    agir.clore(demande, ALICE)
    connecter(client, camille)
    suivi = f"/mes-demarches/{demande.reference}/"
    adresses = (f"/demarches/{demarche.pk}/", suivi, f"/demandes/envoyee/{demande.reference}/")
    textes = [page(client, adresse) for adresse in adresses]
    for texte in [*textes, mail(demande, "accuse"), mail(demande, "close")]:
        assert "mon avis" not in texte
        assert "Comment s'est passée" not in texte
    assert avis.lien(demarche.pk, avis.Source.PAGE) == ""
