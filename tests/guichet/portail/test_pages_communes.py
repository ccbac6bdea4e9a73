"""Public pages made once for everybody: never anybody's page, never yesterday's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from guichet.comptes.models import Usager
from guichet.demandes.models import Brouillon
from guichet.demarches.models import Demarche, Service
from guichet.editorial.models import Genre, PageObligatoire
from guichet.portail.pages import COMMUNES
from tests.guichet import fabrique

pytestmark = pytest.mark.django_db
VOIRIE = f"/demarches/{fabrique.VOIRIE}/"
PUBLIQUES = ("/", "/aide/", "/demarches/", VOIRIE)
Connecter = Callable[[Client, Usager], Client]


@pytest.fixture
def ville(demarche: Demarche) -> None:
    call_command("pages_initiales")


@pytest.mark.parametrize("adresse", PUBLIQUES)
def test_a_second_visitor_costs_one_statement(ville: None, adresse: str, django_assert_num_queries: Any) -> None:
    premiere = Client().get(adresse)
    with django_assert_num_queries(1):
        seconde = Client().get(adresse)
    assert seconde.content == premiere.content
    assert seconde.headers["Content-Security-Policy"] == premiere.headers["Content-Security-Policy"]
    assert seconde.headers["Content-Type"] == premiere.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("adresse", PUBLIQUES)
def test_somebody_signed_in_costs_their_session_and_account_more(
    ville: None, adresse: str, camille: Usager, connecter: Connecter, django_assert_num_queries: Any
) -> None:
    client = connecter(Client(), camille)
    client.get(adresse)  # notes once that the session is in use
    brouillons = int(adresse == VOIRIE)
    with django_assert_num_queries(3 + brouillons):
        assert "Se déconnecter" in client.get(adresse).content.decode()
    assert "Se connecter" in Client().get(adresse).content.decode()


@pytest.mark.parametrize("adresse", PUBLIQUES)
def test_a_browser_that_has_the_page_gets_no_second_copy(ville: None, adresse: str) -> None:
    marque = Client().get(adresse).headers["ETag"]
    for envoyee in (marque, f"W/{marque}"):  # the front weakens the mark of what it compresses
        reponse = Client().get(adresse, headers={"if-none-match": envoyee})
        assert (reponse.status_code, reponse.content) == (304, b"")
    assert Client().get(adresse, headers={"if-none-match": '"autre"'}).status_code == 200


@pytest.mark.parametrize("adresse", PUBLIQUES)
def test_no_shared_cache_keeps_a_page(ville: None, adresse: str, camille: Usager, connecter: Connecter) -> None:
    for client in (Client(), connecter(Client(), camille)):
        for _ in range(2):
            reponse = client.get(adresse)
            assert "private" in reponse.headers["Cache-Control"]
            assert "Cookie" in reponse.headers["Vary"]


def test_who_signs_out_does_not_get_the_page_of_who_was_signed_in(
    ville: None, camille: Usager, connecter: Connecter
) -> None:
    client = connecter(Client(), camille)
    marque = client.get("/").headers["ETag"]
    client.cookies.clear()
    reponse = client.get("/", headers={"if-none-match": marque})
    assert reponse.status_code == 200
    assert "Se connecter" in reponse.content.decode()


def test_a_message_is_shown_once_and_to_its_person(ville: None, camille: Usager, connecter: Connecter) -> None:
    client, mot = connecter(Client(), camille), "Votre adresse est changée."
    client.get("/")
    session: Any = client.session
    session[SessionStorage.session_key] = f'[["__json_message",0,{constants.SUCCESS},"{mot}",""]]'
    session.save()
    assert Message(constants.SUCCESS, mot).message in client.get("/").content.decode()
    autre = connecter(Client(), fabrique.usager("denis", "Denis Roux"))
    assert mot not in autre.get("/").content.decode()
    assert mot not in client.get("/").content.decode()


def test_a_draft_shows_to_who_holds_it_only(ville: None, camille: Usager, connecter: Connecter) -> None:
    client = connecter(Client(), camille)
    assert "Reprendre" not in client.get(VOIRIE).content.decode()
    Brouillon.objects.create(id=uuid.uuid4(), demarche_id=fabrique.VOIRIE, usager=camille)
    page = client.get(VOIRIE)
    assert "Reprendre" in page.content.decode()
    assert "csrfmiddlewaretoken" in page.content.decode()
    assert "private" in page.headers["Cache-Control"]
    for passant in (Client(), connecter(Client(), fabrique.usager("denis", "Denis Roux"))):
        texte = passant.get(VOIRIE).content.decode()
        assert "Vous avez commencé cette démarche" not in texte
        assert "csrfmiddlewaretoken" not in texte


def test_a_page_behind_a_password_is_given_to_who_knows_it_only(ville: None) -> None:
    aide = PageObligatoire.objects.get(genre=Genre.AIDE)
    Client().get("/aide/")  # kept while it was public
    barriere = PageViewRestriction.objects.create(
        page=Page.objects.get(pk=aide.pk), restriction_type=PageViewRestriction.PASSWORD, password="sésame"
    )
    sait = Client()
    for client in (Client(), sait):
        assert "<h1>Aide</h1>" not in client.get("/aide/").content.decode()
    sait.cookies.clear()
    session: Any = sait.session
    session[PageViewRestriction.passed_view_restrictions_session_key] = [barriere.pk]
    session.save()
    sait.cookies["portail_session"] = session.session_key
    assert "<h1>Aide</h1>" in sait.get("/aide/").content.decode()
    assert "<h1>Aide</h1>" not in Client().get("/aide/").content.decode()


def test_what_editors_publish_is_seen_with_the_next_page(ville: None) -> None:
    aide = PageObligatoire.objects.get(genre=Genre.AIDE)
    Client().get("/aide/")
    aide.introduction = "Écrit à l'instant"
    aide.save_revision()
    assert "Écrit à l'instant".replace("'", "&#x27;") not in Client().get("/aide/").content.decode()
    aide.save_revision().publish()
    assert "Écrit à l'instant".replace("'", "&#x27;") in Client().get("/aide/").content.decode()


@pytest.mark.parametrize("adresse", ["/", "/demarches/"])
def test_a_procedure_taken_off_the_site_leaves_every_page(ville: None, adresse: str) -> None:
    titre = Demarche.objects.get(pk=fabrique.VOIRIE).titre
    assert titre in Client().get(adresse).content.decode()
    with transaction.atomic():  # a transaction of its own, within the test's
        Demarche.objects.filter(pk=fabrique.VOIRIE).update(publiee=False)  # by hand, past every hook
    assert titre not in Client().get(adresse).content.decode()


def test_a_service_that_moves_is_seen_at_once(ville: None) -> None:
    Client().get(VOIRIE)
    with transaction.atomic():  # a transaction of its own, within the test's
        Service.objects.filter(demarches=fabrique.VOIRIE).update(adresse="3 rue Neuve")
    assert "3 rue Neuve" in Client().get(VOIRIE).content.decode()


def test_a_page_that_does_not_exist_takes_no_room(ville: None) -> None:
    for rang in range(5):
        assert Client().get(f"/rien-{rang}/").status_code == 404
        assert Client().get(f"/?n={rang}").status_code == 200
    assert len(COMMUNES._pages) == 0


def test_a_search_is_answered_to_who_asked(ville: None) -> None:
    Client().get("/demarches/")
    assert "poney" in Client().get("/demarches/?q=poney").content.decode()
    assert "poney" not in Client().get("/demarches/").content.decode()


def test_a_whole_submission_costs_few_statements(ville: None, django_assert_max_num_queries: Any) -> None:
    """Seven pages read, six answers, and nothing read twice in one of them."""
    fabrique.deposer(fabrique.demarche())  # what is read once a process
    with django_assert_max_num_queries(76):
        client = Client()
        adresse = client.get(f"{VOIRIE}remplir/").headers["Location"]
        for saisie in ({"lieu": "12 rue des Lilas"}, {"probleme": "chaussee"}, {"description": "Un trou."}, {},
                       {"courriel": "zoe@exemple.fr"}):  # fmt: skip
            assert client.get(adresse).status_code == 200
            adresse = client.post(adresse, saisie).headers["Location"]
        client.get(adresse)
        adresse = client.post(adresse).headers["Location"]
        assert adresse.startswith("/demandes/envoyee/")
        assert client.get(adresse).status_code == 200
