"""Saved views and who else is reading: whose they are, what they show, when they go."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guichet.demandes.models import Demande
from guichet.demarches.models import Demarche, Service
from guichet.instruction import presence
from guichet.instruction.models import Agent, Lecture, VueEnregistree
from guichet.instruction.tasks import oublier_lectures
from socle.typographie.espaces import insecables
from tests.guichet.instruction import fabriques
from tests.guichet.instruction.test_agents_liste import references

Connecte = Callable[..., Client]
NOUVELLE = "/demandes/vues/nouvelle/?montrer=a-prendre&demarche=signaler-voirie"


def lu(reponse: object) -> str:
    return html.unescape(reponse.content.decode())  # type: ignore[attr-defined]


def garder(navigateur: Client, adresse: str = NOUVELLE, **champs: str) -> VueEnregistree:
    reponse = navigateur.post(adresse, {"nom": "Lampadaires", "service": "_moi"} | champs)
    assert reponse.status_code == 302, lu(reponse)
    return VueEnregistree.objects.latest("pk")


def test_a_view_keeps_the_filters_and_is_found_again(
    demande: Demande, voirie: Demarche, alice: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    page = lu(navigateur.get(NOUVELLE))
    assert "À prendre en charge" in page
    assert "Signaler un problème de voirie" in page
    vue = garder(navigateur)
    assert vue.parametres == {"montrer": "a-prendre", "demarche": "signaler-voirie"}
    page = lu(navigateur.get("/demandes/?montrer="))
    assert f"&vue={vue.pk}" in page
    page = lu(navigateur.get(f"/demandes/?montrer=a-prendre&demarche=signaler-voirie&vue={vue.pk}"))
    assert 'aria-current="page">Lampadaires' in page
    assert f"/demandes/vues/{vue.pk}/" in page
    assert references(page) == [demande.reference]


def test_a_private_view_is_nobody_elses(voirie: Demarche, alice: Agent, chloe: Agent, connecte: Connecte) -> None:
    vue = garder(connecte(alice))
    navigateur = connecte(chloe)
    assert "Lampadaires" not in lu(navigateur.get("/demandes/"))
    for adresse in (f"/demandes/vues/{vue.pk}/", f"/demandes/vues/{vue.pk}/supprimer/"):
        assert navigateur.post(adresse, {"nom": "À moi", "service": "_moi"}).status_code == 404
    assert VueEnregistree.objects.get().nom == "Lampadaires"


def test_a_shared_view_is_the_services_and_no_other(
    voirie: Demarche, etat_civil: Demarche, alice: Agent, chloe: Agent, bruno: Agent, connecte: Connecte
) -> None:
    vue = garder(connecte(alice), service="voirie")
    assert vue.service == Service.objects.get(pk="voirie")
    assert "Lampadaires" in lu(connecte(chloe).get("/demandes/"))
    etranger = connecte(bruno)
    assert "Lampadaires" not in lu(etranger.get("/demandes/"))
    assert etranger.get(f"/demandes/vues/{vue.pk}/").status_code == 404
    # A colleague of the service mends it; its author stays who they are.
    assert connecte(chloe).post(f"/demandes/vues/{vue.pk}/", {"nom": "Rue", "service": "voirie"}).status_code == 302
    vue.refresh_from_db()
    assert (vue.nom, vue.agent) == ("Rue", alice)


def test_a_view_cannot_be_shared_with_a_service_one_is_not_in(
    voirie: Demarche, etat_civil: Demarche, alice: Agent, connecte: Connecte
) -> None:
    reponse = connecte(alice).post(NOUVELLE, {"nom": "Espion", "service": "etat-civil"})
    assert "Choisissez une réponse dans la liste." in lu(reponse)
    assert not VueEnregistree.objects.exists()


def test_a_view_with_anothers_filters_shows_only_what_its_reader_may_see(
    demande: Demande, etat_civil: Demarche, alice: Agent, connecte: Connecte
) -> None:
    autre = fabriques.deposer(etat_civil)
    VueEnregistree.objects.create(nom="Large", agent=alice, parametres={"service": "etat-civil", "montrer": "toutes"})
    vue = VueEnregistree.objects.get()
    page = lu(connecte(alice).get(f"/demandes/?service=etat-civil&montrer=toutes&vue={vue.pk}"))
    assert references(page) == [demande.reference]
    assert autre.reference not in page


def test_the_list_begins_with_the_default_view_and_can_be_cleared(
    demande: Demande, voirie: Demarche, alice: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    vue = garder(navigateur, "/demandes/vues/nouvelle/?montrer=moi", par_defaut="on")
    alice.refresh_from_db()
    assert alice.vue_par_defaut == vue
    page = lu(navigateur.get("/demandes/"))
    assert "Aucun résultat" in page
    assert 'aria-current="page">Lampadaires' in page
    assert references(lu(navigateur.get("/demandes/?montrer="))) == [demande.reference]
    navigateur.post(f"/demandes/vues/{vue.pk}/", {"nom": "Lampadaires", "service": "_moi"})
    alice.refresh_from_db()
    assert alice.vue_par_defaut is None
    assert references(lu(navigateur.get("/demandes/"))) == [demande.reference]


def test_a_view_that_is_deleted_changes_no_request(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    vue = garder(navigateur, par_defaut="on")
    page = lu(navigateur.get(f"/demandes/vues/{vue.pk}/"))
    assert "Aucune demande ne change." in page
    assert insecables("La vue « Lampadaires » est supprimée") in lu(
        navigateur.post(f"/demandes/vues/{vue.pk}/supprimer/", follow=True)
    )
    assert references(lu(navigateur.get("/demandes/"))) == [demande.reference]


def test_a_view_needs_a_name(voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    page = lu(connecte(alice).post(NOUVELLE, {"nom": "  ", "service": "_moi"}))
    assert "<title>Erreur : " in page
    assert page.count("Donnez un nom à la vue.") == 2


def test_views_are_counted(voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    for rang in range(30):
        VueEnregistree.objects.create(nom=f"Vue {rang}", agent=alice)
    reponse = connecte(alice).get(NOUVELLE)
    assert reponse.status_code == 409
    assert "Supprimez une vue" in lu(reponse)


# --- Who else is reading ----------------------------------------------------------------------------


def test_the_page_says_who_else_reads(demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte) -> None:
    adresse = f"/demandes/{demande.reference}/"
    assert "lit aussi" not in lu(connecte(alice).get(adresse))
    page = lu(connecte(chloe).get(adresse))
    assert "Alice Martin lit aussi cette demande." in page
    assert 'role="status"' in page
    assert "Chloé Bernard lit aussi cette demande." in lu(connecte(alice).get(f"{adresse}repondre/"))


def test_the_script_keeps_it_true(demande: Demande, alice: Agent, chloe: Agent, connecte: Connecte) -> None:
    adresse = f"/demandes/{demande.reference}/lecteurs/presence/"
    assert connecte(alice).post(adresse).json() == {"phrase": ""}
    assert connecte(chloe).post(adresse).json() == {"phrase": "Alice Martin lit aussi cette demande."}
    Lecture.objects.filter(agent=alice).update(vue_le=timezone.now() - timedelta(seconds=121))
    assert connecte(chloe).post(adresse).json() == {"phrase": ""}
    assert connecte(alice).get(adresse).status_code == 405
    assert Lecture.objects.count() == 2


def test_presence_tells_a_foreign_agent_nothing(
    demande: Demande, alice: Agent, bruno: Agent, connecte: Connecte, etat_civil: Demarche
) -> None:
    connecte(alice).get(f"/demandes/{demande.reference}/")
    etranger = connecte(bruno)
    for reference in (demande.reference, "2026-AAAA-CCCC"):
        reponse = etranger.post(f"/demandes/{reference}/lecteurs/presence/")
        assert reponse.status_code == 404
        assert "Alice" not in lu(reponse)
    assert not Lecture.objects.filter(agent=bruno).exists()


@pytest.mark.parametrize(
    ("noms", "mots"),
    [
        ([], ""),
        (["Alice"], "Alice lit aussi cette demande."),
        (["Alice", "Bruno"], "Alice et Bruno lisent aussi cette demande."),
        (["Alice", "Bruno", "Chloé"], "Alice, Bruno et Chloé lisent aussi cette demande."),
    ],
)
def test_readers_in_words(noms: list[str], mots: str) -> None:
    assert presence.phrase(noms) == mots


def test_readings_are_forgotten_within_the_hour(demande: Demande, alice: Agent, chloe: Agent) -> None:
    presence.signaler(demande, alice)
    presence.signaler(demande, chloe)
    Lecture.objects.filter(agent=alice).update(vue_le=timezone.now() - timedelta(hours=2))
    oublier_lectures(0)
    assert list(Lecture.objects.values_list("agent__sub", flat=True)) == [chloe.sub]


def test_presence_costs_two_queries(demande: Demande, alice: Agent, chloe: Agent) -> None:
    presence.signaler(demande, chloe)
    with CaptureQueriesContext(connection) as requetes:
        assert presence.constater(demande, alice)
    assert len(requetes) == 2


def test_shortcuts_can_be_switched_off(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    assert "instruction/raccourcis.js" in lu(navigateur.get("/demandes/"))
    page = lu(navigateur.post("/raccourcis/", {"raccourcis": "non"}, follow=True))
    assert "Les raccourcis clavier sont désactivés." in page
    page = lu(navigateur.get("/demandes/"))
    assert "raccourcis.js" not in page
    assert "<dialog" not in page
