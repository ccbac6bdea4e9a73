"""CRPA L.112-14 and L.112-15: what is asked electronically may be answered electronically, unless the person refuses;
what would go by registered letter may only with their express prior agreement.

The duty, in our words: whoever wrote by the site is answered by mail, and may refuse it for letters, before or after.
A decision made against nobody's agreement also goes on paper, where an address is known. The agreement is given in
words that are kept with their date, never ticked beforehand, and taken back as easily. Who opened a document, and
when, is known.
Source: code des relations entre le public et l'administration, articles L.112-14 and L.112-15 (loi n° 2016-1321,
article 93; décret n° 2017-1728).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guichet.comptes.models import Consentement, Usager
from guichet.demandes import workflow
from guichet.demandes.fichiers import Fichier
from guichet.demandes.models import CanalReponse, Demande, Lettre, Piece
from guichet.demandes.services import Saisie, executer
from guichet.mon_compte.services import regler_preferences
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE

PAPIER = {"adresse_postale": "12 rue des Lilas\n99000 Admiville"}


@pytest.fixture
def zoe(db: None) -> Usager:
    """Somebody with an account, whose address the town knows."""
    usager = fabrique.usager("zoe", "Zoé Marchand")
    usager.adresse = PAPIER["adresse_postale"]
    usager.save()
    return usager


def decider(demande: Demande, acte: str) -> tuple[list[str], int]:
    """Mails of the decision, and letters that wait for the printer."""
    transition = workflow.de(demande).transition(acte)
    assert transition is not None
    motifs = transition.motifs
    saisie = Saisie(texte="Voici pourquoi.", motif=motifs[0] if motifs else "")
    evenement = executer(demande, ALICE, acte, saisie)
    return envois.genres(cle__startswith=f"{evenement.pk}:"), Lettre.objects.filter(evenement=evenement).count()


# --- L.112-14: answered by the way one came, unless one refuses -----------------------------------


@pytest.mark.parametrize(("acte", "mail"), [("accepter", "acceptee"), ("refuser", "refusee")])
def test_what_came_electronically_is_answered_electronically(
    deposer: Callable[..., Demande], acte: str, mail: str
) -> None:
    assert decider(deposer(), acte) == ([mail], 0)


def test_who_refuses_is_answered_by_letter(deposer: Callable[..., Demande]) -> None:
    demande = deposer(canal_reponse=CanalReponse.COURRIER, **PAPIER)
    genres, lettres = decider(demande, "accepter")
    assert lettres == 1
    assert "acceptee" in genres  # a mail says that it comes: nobody misses a time limit by having wanted paper


def test_one_may_refuse_once_the_request_is_sent(client: Client, deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    session: Any = client.session
    session["demandes_ouvertes"] = [str(demande.pk)]
    session.save()
    client.cookies["portail_session"] = session.session_key
    reponse = client.post(
        f"/mes-demarches/{demande.reference}/joindre/", {"canal_reponse": "courrier", "courriel": "", **PAPIER}
    )
    assert reponse.status_code == 302
    demande.refresh_from_db()
    assert decider(demande, "accepter")[1] == 1


# --- L.112-15: nothing in place of paper without an express prior agreement -----------------------


@pytest.mark.parametrize("acte", ["accepter", "refuser"])
def test_without_agreement_a_decision_also_goes_on_paper(
    deposer: Callable[..., Demande], zoe: Usager, acte: str
) -> None:
    assert decider(deposer(usager=zoe, **PAPIER), acte)[1] == 1


@pytest.mark.parametrize("acte", ["accepter", "refuser"])
def test_an_agreement_counts_from_the_day_it_is_given_to_the_day_it_is_taken_back(
    deposer: Callable[..., Demande], zoe: Usager, acte: str
) -> None:
    regler_preferences(zoe, canal_reponse=CanalReponse.COURRIEL, avis_numeriques=True)
    zoe.refresh_from_db()
    assert decider(deposer(usager=zoe, **PAPIER), acte)[1] == 0
    regler_preferences(zoe, canal_reponse=CanalReponse.COURRIEL, avis_numeriques=False)
    zoe.refresh_from_db()
    assert decider(deposer(usager=zoe, **PAPIER), acte)[1] == 1
    accord = Consentement.objects.get()
    assert accord.texte  # its very words
    assert accord.retire_le is not None
    assert accord.donne_le < accord.retire_le


def test_nobody_agrees_without_having_said_so(zoe: Usager) -> None:
    assert zoe.avis_numeriques_depuis is None
    assert not Consentement.objects.exists()


def test_when_the_person_opened_a_document_is_known(
    client: Client, deposer: Callable[..., Demande], zoe: Usager
) -> None:
    demande = deposer(usager=zoe)
    arrete = Fichier("arrete.pdf", "application/pdf", fabrique.pdf())
    executer(demande, ALICE, "accepter", Saisie(texte="Voici l'arrêté.", fichiers=(arrete,)))
    piece = Piece.objects.get()
    assert piece.ouverte_le is None
    adresse = f"/mes-demarches/{demande.reference}/fichiers/{piece.pk}/"
    client.get(adresse)  # somebody else: neither opened nor dated
    piece.refresh_from_db()
    assert piece.ouverte_le is None
    session: Any = client.session
    session["usager_id"] = str(zoe.pk)
    session.save()
    client.cookies["portail_session"] = session.session_key
    assert client.get(adresse).status_code == 200
    piece.refresh_from_db()
    assert piece.ouverte_le is not None
