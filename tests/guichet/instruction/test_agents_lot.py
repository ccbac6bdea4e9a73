"""Several requests at once: what may be done, who is told, what was done and what was not."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guichet.demandes.models import Demande, Evenement, Message
from guichet.demarches.models import Demarche
from guichet.instruction.models import Agent
from socle.envois.models import Envoi
from socle.typographie.espaces import insecables
from tests.guichet import actes as agir
from tests.guichet.instruction import fabriques

Connecte = Callable[..., Client]
LOT = "/demandes/lot/"


def lu(reponse: object) -> str:
    return html.unescape(reponse.content.decode())  # type: ignore[attr-defined]


def choix(page: str) -> set[str]:
    return set(re.findall(r'name="action" id="[^"]+" value="([^"]+)"', page))


def versions(page: str) -> list[str]:
    return re.findall(r'name="lue" value="([^"]+)"', page)


def confirmer(navigateur: Client, action: str, demandes: list[Demande], **champs: str) -> Any:
    page = lu(navigateur.post(LOT, {"reference": [d.reference for d in demandes], "action": action}))
    return navigateur.post(LOT, {"lue": versions(page), "action": action, "confirmer": "oui"} | champs)


@pytest.fixture
def trois(voirie: Demarche) -> list[Demande]:
    return [fabriques.deposer(voirie, nom=nom) for nom in ("Un", "Deux", "Trois")]


def test_each_request_of_a_lot_is_told_by_who_and_where(voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    demandes = [
        fabriques.deposer(voirie, nom="", lieu={"adresse": adresse, "precision": ""})
        for adresse in ("12 rue des Lilas", "3 rue Basse")
    ]
    page = lu(connecte(alice).post(LOT, {"reference": [d.reference for d in demandes]}))
    assert "Anonyme · 12 rue des Lilas · Reçue" in page
    assert "Anonyme · 3 rue Basse · Reçue" in page


def test_only_what_every_request_allows_is_offered(trois: list[Demande], alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    references = [d.reference for d in trois]
    assert choix(lu(navigateur.post(LOT, {"reference": references}))) == {
        "prendre_en_charge",
        "qualifier",
        "accepter",
        "refuser",
        "repondre",
        "ecrire",
        "clore",
        "noter",
    }  # and neither pieces to ask for nor transfers: those are for one request
    agir.clore(trois[0], alice)
    assert choix(lu(navigateur.post(LOT, {"reference": references}))) == {"noter"}
    page = lu(navigateur.post(LOT, {"reference": references, "action": "demander_complement"}))
    assert "Que faire de ces 3 demandes" in page


def test_before_acting_the_page_says_how_many_and_who_is_told(
    trois: list[Demande], alice: Agent, connecte: Connecte
) -> None:
    Demande.objects.filter(pk=trois[2].pk).update(courriel="")
    page = lu(connecte(alice).post(LOT, {"reference": [d.reference for d in trois], "action": "clore"}))
    for mots in (
        "3 demandes changent.",
        "2 usagers reçoivent un e-mail.",
        "Un usager ne reçoit pas d’e-mail",
        "« Close »",
        "Plus personne ne pourra y écrire",
        "Lire l’e-mail qui va partir",
        "pas d’e-mail",
    ):
        assert insecables(mots) in page
    assert len(versions(page)) == 3
    assert Evenement.objects.count() == 3


def test_each_request_is_done_or_refused_with_its_reason(
    trois: list[Demande], alice: Agent, chloe: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    page = lu(navigateur.post(LOT, {"reference": [d.reference for d in trois], "action": "clore"}))
    agir.repondre(trois[0], chloe, "C’est réparé.")
    agir.clore(trois[1], chloe)
    envoi = {"lue": versions(page), "action": "clore", "confirmer": "oui", "texte": "Réparé."}
    reponse = lu(navigateur.post(LOT, envoi))
    assert "C’est fait pour une demande." in reponse
    assert "2 demandes n’ont pas changé." in reponse
    assert "Chloé Bernard vient de modifier cette demande" in reponse
    assert insecables("Elle est maintenant « Close »") in reponse
    for demande, statut in zip(trois, ("repondue", "close", "close"), strict=True):
        demande.refresh_from_db()
        assert demande.statut == statut
    assert Message.objects.filter(texte="Réparé.").count() == 1
    # The same form sent again does nothing more and says the same.
    assert "C’est fait pour une demande." in lu(navigateur.post(LOT, envoi))
    assert Message.objects.filter(texte="Réparé.").count() == 1


def test_a_text_reaches_each_resident(trois: list[Demande], alice: Agent, connecte: Connecte) -> None:
    page = lu(confirmer(connecte(alice), "repondre", trois, texte="Nous passerons jeudi."))
    assert "C’est fait pour 3 demandes." in page
    assert Message.objects.filter(texte="Nous passerons jeudi.").count() == 3
    assert Envoi.objects.filter(genre="demandes.reponse").count() == 3


def test_a_forgotten_text_is_said_and_nothing_is_done(trois: list[Demande], alice: Agent, connecte: Connecte) -> None:
    page = lu(confirmer(connecte(alice), "repondre", trois, texte=" "))
    assert "<title>Erreur : " in page
    assert page.count("Écrivez votre réponse.") == 2
    assert len(versions(page)) == 3
    assert not Message.objects.exists()


def test_a_foreign_request_slipped_into_the_lot_is_left_alone(
    trois: list[Demande], etat_civil: Demarche, alice: Agent, connecte: Connecte
) -> None:
    etrangere = fabriques.deposer(etat_civil, nom="Secret")
    navigateur = connecte(alice)
    page = lu(navigateur.post(LOT, {"reference": [trois[0].reference, etrangere.reference]}))
    assert "Secret" not in page
    assert etrangere.reference not in page
    envoi = {
        "lue": [f"{etrangere.reference}|{etrangere.modifiee_le.isoformat()}", "2026-AAAA-CCCC|x"],
        "action": "clore",
        "confirmer": "oui",
    }
    navigateur.post(LOT, envoi)
    page = lu(navigateur.post(LOT, envoi | {"lue": [*envoi["lue"], f"{trois[0].reference}|x"]}))
    assert "Secret" not in page
    assert page.count("pas, ou plus, suivie par un de vos services") == 2
    etrangere.refresh_from_db()
    assert etrangere.statut == "recue"


def test_nothing_ticked_is_said(trois: list[Demande], alice: Agent, connecte: Connecte) -> None:
    page = lu(connecte(alice).post(LOT, {"retour": "montrer=toutes"}, follow=True))
    assert "Cochez au moins une demande" in page


def test_no_act_chosen_is_said(trois: list[Demande], alice: Agent, connecte: Connecte) -> None:
    page = lu(connecte(alice).post(LOT, {"reference": [trois[0].reference], "choisir": "oui"}))
    assert "<title>Erreur : " in page
    assert page.count("Choisissez ce que vous voulez faire.") == 2


def test_the_way_back_stays_on_the_list(trois: list[Demande], alice: Agent, connecte: Connecte) -> None:
    reponse = connecte(alice).post(LOT, {"retour": "//mal.example/"})
    assert reponse["Location"].startswith("/demandes/?")
    assert connecte(alice).get(LOT).status_code == 302


def test_the_list_has_a_box_for_each_request(trois: list[Demande], alice: Agent, connecte: Connecte) -> None:
    page = lu(connecte(alice).get("/demandes/"))
    for demande in trois:
        assert f'name="reference" value="{demande.reference}"' in page
    assert "Choisir la demande" in page
