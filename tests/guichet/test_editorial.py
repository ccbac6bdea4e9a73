"""Starter pages and what editors may do."""

import io
import json

import pytest
from django.core.management import call_command
from django.test import Client

from guichet.editorial.models import Accueil, Genre, PageObligatoire

pytestmark = pytest.mark.django_db


def lancer() -> dict[str, object]:
    sortie = io.StringIO()
    call_command("pages_de_depart", "--json", stdout=sortie)
    resultat: dict[str, object] = json.loads(sortie.getvalue())
    return resultat


@pytest.fixture
def pages() -> None:
    lancer()


def test_second_run_changes_nothing() -> None:
    assert lancer()["changed"] is True
    assert lancer() == {"changed": False, "created": []}


def test_editors_text_is_kept(pages: None) -> None:
    aide = PageObligatoire.objects.get(genre=Genre.AIDE)
    aide.introduction = "Texte de la mairie"
    aide.save_revision().publish()
    assert lancer()["changed"] is False
    assert PageObligatoire.objects.get(genre=Genre.AIDE).introduction == "Texte de la mairie"


@pytest.mark.parametrize("adresse", ["/", *[f"/{genre.value}/" for genre in Genre]])
def test_page_is_served(client: Client, pages: None, adresse: str) -> None:
    reponse = client.get(adresse)
    texte = reponse.content.decode()
    assert reponse.status_code == 200
    assert texte.count("<h1") == 1
    assert 'lang="fr"' in texte
    assert "01 99 00 00 00" in texte
    assert "style=" not in texte
    assert "<script" not in texte


def test_page_says_its_address_on_the_residents_site_to_the_agents(pages: None, settings: object) -> None:
    settings.GUICHET_SITE = "instruction"  # type: ignore[attr-defined]
    assert PageObligatoire.objects.get(genre=Genre.AIDE).url == "https://portail.gru.test/aide/"


def test_home_is_light_on_the_database(client: Client, pages: None, django_assert_max_num_queries: object) -> None:
    client.get("/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/")
    assert Accueil.objects.count() == 1
