"""What each act asks of the agent: texts ready made, reasons, pieces and corrections, transfers, letters."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guichet.demandes import anonymisation
from guichet.demandes.models import CanalReponse, Complement, Demande, Evenement, Message
from guichet.demarches.models import Demarche
from guichet.instruction import versions
from guichet.instruction.models import Agent
from socle.envois.models import Envoi
from tests.guichet import actes as agir
from tests.guichet import fabrique
from tests.guichet.fabrique import RECUE, au
from tests.guichet.instruction import fabriques

Connecte = Callable[..., Client]


def lu(reponse: object) -> str:
    return html.unescape(reponse.content.decode())  # type: ignore[attr-defined]


def adresse(demande: Demande, chemin: str = "") -> str:
    return f"/demandes/{demande.reference}/{chemin}"


def faire(navigateur: Client, demande: Demande, chemin: str, **champs: object) -> str:
    envoi = {"version": versions.de(demande), **champs}
    return lu(navigateur.post(adresse(demande, chemin), envoi, follow=True))


def test_a_request_made_anonymous_is_read_and_no_more(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    nom = demande.nom
    fabrique.viser()
    agir.clore(demande, alice, "Réparé.")
    Demande.objects.update(statut_depuis=timezone.now() - timedelta(days=400), canal_reponse=CanalReponse.COURRIER)
    lettre = adresse(demande, f"lettres/{Evenement.objects.get(code='close').pk}/")
    assert connecte(alice).get(lettre).status_code == 200
    assert anonymisation.anonymiser() == 1
    navigateur = connecte(alice)
    page = lu(navigateur.get(adresse(demande)))
    assert "Rendue anonyme le" in page
    assert "statistiques" not in page  # nothing counts them: the page does not say that something does
    assert nom not in page
    assert "dossier__boutons" not in page
    assert "mailto:" not in page
    assert "PDF" not in page
    assert "Les réponses sont effacées." in page
    assert navigateur.get(lettre).status_code == 404
    assert "Anonyme" in lu(navigateur.get("/demandes/?montrer=toutes"))
    faits = Evenement.objects.count()
    assert "plus possible" in faire(navigateur, demande, "rouvrir/", texte="Encore")
    assert Evenement.objects.count() == faits


def test_the_page_has_the_buttons_of_the_workflow_in_its_words(
    demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    page = lu(connecte(alice).get(adresse(demande)))
    for mots in ("Qualifier", "Accepter", "Refuser", "Transmettre à un autre service", "Ajouter une note interne"):
        assert mots in page
    assert "Lisez la demande." in page  # what the workflow tells agents to do there
    assert 'data-raccourci="p"' in page
    assert "Rouvrir" not in page


def test_an_act_that_a_town_invents_needs_no_code(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    page = faire(connecte(alice), demande, "qualifier/")
    demande.refresh_from_db()
    assert demande.statut == "qualifiee"
    assert "C’est fait." in page


def test_a_text_ready_made_is_chosen_without_javascript(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    page = lu(navigateur.get(adresse(demande, "accepter/")))
    assert "Accord simple" in page
    page = lu(
        navigateur.post(
            adresse(demande, "accepter/"),
            {"version": versions.de(demande), "modele": "accord", "choisir_modele": "oui", "texte": "à jeter"},
        )
    )
    texte = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
    assert texte is not None
    assert f"Votre demande {demande.reference}" in texte.group(1)
    assert "Alice Martin" in texte.group(1)
    assert not Message.objects.exists()
    assert f'value="{versions.de(demande)}"' in page


def test_a_refusal_asks_for_its_reason(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    page = faire(navigateur, demande, "refuser/", texte="Voici pourquoi.")
    assert page.count("Choisissez un motif dans la liste.") == 2
    assert "Voici pourquoi." in page
    motif = "La demande est arrivée trop tard"
    page = faire(navigateur, demande, "refuser/", texte="Voici pourquoi.", motif=motif)
    assert "La demande est refusée." in page
    assert "La mairie a répondu" in page  # the clock has stopped, and the page says so
    demande.refresh_from_db()
    assert (demande.statut, demande.issue) == ("refusee", "refus")
    assert Message.objects.get().texte == f"Motif : {motif}.\n\nVoici pourquoi."


def test_pieces_and_corrections_are_asked_for(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    page = lu(navigateur.get(adresse(demande, "demander-complement/")))
    assert "Description\u00a0: Le lampadaire ne s’allume plus." in page
    limite = timezone.localdate() + timedelta(days=20)
    page = faire(
        navigateur,
        demande,
        "demander-complement/",
        autre_1="Justificatif de domicile",
        pourquoi_1="Pour vérifier l’adresse",
        corrections=["lieu"],
        limite=limite.isoformat(),
    )
    assert "Ce qu’on attend de l’usager" in page
    assert "Justificatif de domicile" in page
    assert "Le délai est suspendu" in page
    demandes = {c.genre: c for c in Complement.objects.filter(demande=demande)}
    assert demandes["piece"].explication == "Pour vérifier l’adresse"
    assert demandes["correction"].champ == "lieu"
    assert {c.limite_le for c in demandes.values()} == {limite}
    demande.refresh_from_db()
    assert demande.suspendue_depuis == timezone.localdate()
    assert "suspendue" in lu(navigateur.get("/demandes/"))


@pytest.mark.parametrize(
    ("champs", "mots"),
    [
        ({}, "Choisissez une pièce ou une réponse à corriger, ou écrivez votre question."),
        ({"autre_1": "Un plan", "limite": "2020-01-01"}, "Choisissez un jour dans l’avenir."),
        ({"autre_1": "Un plan", "limite": "n’importe"}, "Indiquez un jour, comme 24/12/2026."),
        ({"corrections": ["inconnu"]}, "inconnu"),
    ],
)
def test_what_cannot_be_asked_is_said(
    champs: dict[str, object], mots: str, demande: Demande, alice: Agent, connecte: Connecte
) -> None:
    page = faire(connecte(alice), demande, "demander-complement/", **champs)
    assert "<title>Erreur : " in page
    assert mots in page
    assert not Complement.objects.exists()


def test_two_requests_for_pieces_in_a_row_are_two(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    """The guard against double sending lets through what was written on a page that had seen the first one."""
    navigateur = connecte(alice)
    envoi = {"version": versions.de(demande), "autre_1": "Un plan"}
    for _ in range(2):
        navigateur.post(adresse(demande, "demander-complement/"), envoi)
    assert Complement.objects.count() == 1
    faire(navigateur, demande, "demander-complement/", autre_1="Une photo")
    assert Complement.objects.count() == 2


def test_a_request_is_handed_to_another_service(
    demande: Demande, etat_civil: Demarche, alice: Agent, bruno: Agent, connecte: Connecte
) -> None:
    navigateur = connecte(alice)
    page = faire(navigateur, demande, "transferer-service/", service="")
    assert page.count("Choisissez le service.") == 2
    assert "etat-civil" in page
    page = faire(navigateur, demande, "transferer-service/", service="etat-civil")
    assert "La demande est transmise à l’autre service." in page
    # The request's page is closed for Alice now: what is left of it is the way to take it back, until Bruno acts.
    assert "Annuler la transmission" in page
    assert "12 rue des Lilas" not in page
    assert navigateur.get(adresse(demande), follow=True).redirect_chain == [
        (adresse(demande, "transmission/faite/"), 302)
    ]
    agir.prendre_en_charge(demande, bruno)
    assert navigateur.get(adresse(demande)).status_code == 404
    assert "transmis la demande du service" in lu(connecte(bruno).get(adresse(demande)))


def test_a_request_is_handed_to_another_authority(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    assert "Écrivez le nom de l’organisme." in faire(navigateur, demande, "transferer-autorite/")
    page = faire(
        navigateur,
        demande,
        "transferer-autorite/",
        organisme="Préfecture de l’Essonne",
        organisme_courriel="contact@pref.test",
    )
    assert "Préfecture de l’Essonne" in page
    assert "La mairie n’a plus à répondre." in page
    demande.refresh_from_db()
    assert (demande.autorite, demande.nature) == ("Préfecture de l’Essonne", "transferee")


def test_who_wants_paper_gets_a_letter_to_print(
    demande: Demande, alice: Agent, bruno: Agent, connecte: Connecte
) -> None:
    Demande.objects.filter(pk=demande.pk).update(
        canal_reponse=CanalReponse.COURRIER, adresse_postale="12 rue des Lilas\n91000 Admiville"
    )
    navigateur = connecte(alice)
    page = lu(navigateur.get(adresse(demande, "repondre/")))
    assert "réponse par courrier" in page
    assert "Un e-mail part aussi" in page
    assert "Lire l’e-mail" in page
    page = faire(navigateur, demande, "repondre/", texte="C’est réparé.")
    assert "Veut une réponse par courrier." in page
    assert "91000 Admiville" in page
    evenement = Evenement.objects.get(demande=demande, code="reponse")
    assert f"/lettres/{evenement.pk}/" not in page  # it waits with the others
    lettre = navigateur.get(adresse(demande, f"lettres/{evenement.pk}/"))
    assert lettre["Content-Type"] == "application/pdf"
    assert lettre.content.startswith(b"%PDF")
    page = lu(navigateur.get(adresse(demande)))
    assert page.count(f"/lettres/{evenement.pk}/") == 2  # beside the buttons, and in the history
    assert connecte(bruno).get(adresse(demande, f"lettres/{evenement.pk}/")).status_code == 404
    note = agir.noter(demande, alice, "Entre nous.")
    assert note is not None
    interne = Evenement.objects.get(demande=demande, code="note")
    assert navigateur.get(adresse(demande, f"lettres/{interne.pk}/")).status_code == 404


def test_who_wants_mail_is_offered_no_letter(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    agir.repondre(demande, alice, "C’est réparé.")
    assert "Lettre (PDF)" not in lu(connecte(alice).get(adresse(demande)))
    assert Envoi.objects.filter(genre="demandes.reponse").exists()


def test_other_requests_of_the_person_in_ones_own_services_only(
    demande: Demande, voirie: Demarche, etat_civil: Demarche, alice: Agent, connecte: Connecte
) -> None:
    autre = fabriques.deposer(voirie)
    ailleurs = fabriques.deposer(etat_civil)
    quelqu_un = fabriques.deposer(voirie, courriel="camille.durand@gru.test.example", nom="Autre")
    page = lu(connecte(alice).get(adresse(demande)))
    assert "Ses autres demandes" in page
    assert autre.reference in page
    assert ailleurs.reference not in page
    assert quelqu_un.reference not in page


def test_other_requests_of_an_account(demande: Demande, voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    from tests.guichet.fabrique import usager

    personne = usager()
    une, deux = (fabriques.deposer(voirie, usager=personne, courriel=f"x{n}@gru.test") for n in (1, 2))
    page = lu(connecte(alice).get(adresse(une)))
    assert deux.reference in page
    assert demande.reference not in page


@pytest.mark.parametrize(("jour", "depasse"), [(22, False), (23, False), (24, True), (25, True)])
def test_the_clock_is_a_sentence(jour: int, depasse: bool, voirie: Demarche, alice: Agent, connecte: Connecte) -> None:
    """Two months from 23 November: silence takes effect at the end of 23 January."""
    with au(RECUE):
        demande = fabriques.deposer(voirie)
    with au(datetime(2027, 1, jour, 11, tzinfo=UTC)):
        page = lu(connecte(alice).get(adresse(demande)))
    delai = re.search(r'<p class="delai[^"]*">([^<]*)</p>', page)
    assert delai is not None
    assert ("dépassé" in delai.group(1)) == depasse
    assert "refus" in delai.group(1)


def test_an_act_costs_the_same_queries_whatever_the_history(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    navigateur = connecte(alice)
    page = adresse(demande, "repondre/")
    navigateur.get(page)
    with CaptureQueriesContext(connection) as peu:
        navigateur.get(page)
    for rang in range(10):
        agir.noter(demande, alice, f"Note {rang}")
    with CaptureQueriesContext(connection) as beaucoup:
        navigateur.get(page)
    assert len(beaucoup) == len(peu)
    assert len(peu) <= 14


def test_a_file_is_shown_with_the_question_it_answers(demande: Demande, alice: Agent, connecte: Connecte) -> None:
    piece = fabriques.photo(demande, "plan.jpg")
    type(piece).objects.filter(pk=piece.pk).update(champ="description")
    libre = fabriques.photo(demande, "autre.jpg")
    page = lu(connecte(alice).get(adresse(demande)))
    reponses, _, reste = page.partition('id="titre-reponses"')[2].partition("</dl>")
    assert "plan.jpg" in reponses
    assert "plan.jpg" not in reste
    assert libre.nom in reste
