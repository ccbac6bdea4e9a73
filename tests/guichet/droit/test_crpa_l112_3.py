"""CRPA L.112-3 (and R.112-5): every request addressed to an administration is acknowledged.

The duty, in our words: whoever asks, and however they ask, receives a writing that says when the request was
received, who deals with it and how to reach them, the day at which silence takes effect and which effect, what is
missing, and how to contest a refusal or get the attestation of an acceptance.
Source: code des relations entre le public et l'administration, articles L.112-3, L.112-6, R.112-5.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from guichet.demandes import courriels, lettres, pdf
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import Canal, Demande
from guichet.demandes.services import DemandeDePiece, Saisie, executer
from guichet.demarches.definition import Definition, DefinitionRefusee, lire_definition
from tests.guichet import envois
from tests.guichet.fabrique import ALICE, RECUE, au

MENTIONS = (
    "23 novembre 2026 à 14 h 05",  # 1°: day of receipt
    "le 23 janvier 2027",  # 1°: day at which silence takes effect
    "Voirie et espaces publics",  # 2°: the service, its addresses, its telephone
    "12 rue des Ateliers",
    "voirie@gru.test",
    "01 99 00 00 10",
)


def plat(texte: Any) -> str:
    return str(texte).replace("\u00a0", " ").replace("\u2019", "'")


@pytest.mark.parametrize("canal", list(Canal))
def test_a_request_is_acknowledged_whatever_its_channel(deposer: Callable[..., Demande], canal: str) -> None:
    """Web, counter, telephone, letter, e-mail: the acknowledgement is queued with the request itself."""
    demande = deposer(canal=canal)
    courriel = envois.envoi("accuse", demande)
    assert courriel.destinataire == "camille@exemple.fr"
    with au(RECUE):  # composed within the time limit
        texte = plat(envois.mail(courriel).body)
    for mention in (demande.reference, *MENTIONS, "considère votre demande comme refusée", "tribunal administratif"):
        assert mention in texte


@pytest.mark.parametrize("canal", [Canal.GUICHET, Canal.COURRIER, Canal.TELEPHONE])
def test_who_has_no_address_is_acknowledged_on_paper(deposer: Callable[..., Demande], canal: str) -> None:
    """The service is asked to print the acknowledgement, which says the same."""
    demande = deposer(canal=canal, reponses={"courriel": ""}, adresse_postale="12 rue des Lilas\n99000 Admiville")
    courriel = envois.envoi("a_prevenir", demande)
    assert courriel.destinataire == "voirie@gru.test"
    evenement = demande.evenements.get()
    assert courriels.lien_lettres() in envois.mail(courriel).body
    assert evenement.lettres.filter(imprimee_le=None).exists()
    assert lettres.lettre_pdf(evenement).startswith(b"%PDF")


def test_the_paper_says_what_the_mail_says(deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    with au(RECUE):
        page = plat(pdf.page("demandes/pdf/accuse.html", {"demande": demande, "accuse": accuse_de(demande)}))
    for mention in (demande.reference, *MENTIONS, "considère votre demande comme refusée", "tribunal administratif"):
        assert mention in page


def test_acceptance_says_how_to_get_the_attestation(deposer: Callable[..., Demande]) -> None:
    demande = deposer("accord")
    texte = plat(envois.mail(envois.envoi("accuse", demande)).body)
    assert "considère votre demande comme acceptée" in texte
    assert "Demandez l'attestation à la mairie." in texte


def test_missing_pieces_are_told_with_the_time_given_and_its_effect(deposer: Callable[..., Demande]) -> None:
    """R.112-5, 3° and L.114-5: which pieces, by when, and that the clock is suspended."""
    demande = deposer()
    with au(RECUE):
        saisie = Saisie(pieces=(DemandeDePiece("Plan", "au 1/500"),), limite=date(2026, 12, 18))
        executer(demande, ALICE, "demander_complement", saisie)
        demande.refresh_from_db()
        page = plat(pdf.page("demandes/pdf/accuse.html", {"demande": demande, "accuse": accuse_de(demande)}))
        mail = plat(envois.mail(envois.envoi("pieces_demandees", demande)).body)
    for mention in ("Plan", "au 1/500", "18 décembre 2026", "Le délai est suspendu"):
        assert mention in page
        assert mention in mail


@pytest.mark.parametrize(("silence", "manque"), [("rejet", "recours"), ("accord", "attestation")])
def test_a_procedure_that_could_not_be_acknowledged_is_refused(brut: dict[str, Any], silence: str, manque: str) -> None:
    brut["delai"]["silence"] = silence
    brut["accuse"] |= {"recours": "x", "attestation": "x", manque: ""}
    with pytest.raises(DefinitionRefusee, match=manque):
        lire_definition(brut, "essai")


def test_every_shipped_procedure_has_its_words(definitions: dict[str, Definition]) -> None:
    for definition in definitions.values():
        assert definition.accuse.suite
        assert definition.accuse.recours or definition.accuse.attestation
