"""CRPA L.232-3 and L.232-4: an acceptance by silence is attested; the reasons of a tacit refusal can be asked for.

Source: code des relations entre le public et l'administration, articles L.232-3, L.232-4.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from guichet.demandes import decisions, references
from guichet.demandes.accuse import accuse_de
from guichet.demandes.models import Demande
from guichet.demandes.services import executer
from tests.guichet.fabrique import ALICE, RECUE, au
from tests.guichet.fautes.conftest import Sites
from tests.guichet.instruction import fabriques

TERME = datetime(2027, 1, 24, 9, 0, tzinfo=UTC)


def ouvrir(client: Client, demande: Demande) -> str:
    client.post("/suivi/", {"reference": demande.reference, "code": references.code_de(demande)})
    return f"/mes-demarches/{demande.reference}/"


def test_the_person_takes_the_attestation_from_their_request(client: Client, deposer: Callable[..., Demande]) -> None:
    demande = deposer("accord")
    with au(TERME):
        page = ouvrir(client, demande)
        assert "Télécharger l'attestation d'accord (PDF)" in client.get(page).content.decode()
        reponse: Any = client.get(f"{page}attestation.pdf")
        assert reponse.status_code == 200
        assert b"".join(reponse).startswith(b"%PDF")


def test_an_agent_prints_the_attestation(deposer: Callable[..., Demande], client: Client) -> None:
    demande = deposer("accord")
    alice = fabriques.agent("alice.martin", "Alice Martin", "agents", "service-voirie")
    with au(TERME), Sites(client).agents(alice) as navigateur:
        fiche = navigateur.get(f"/demandes/{demande.reference}/").content.decode()
        assert "Imprimer l’attestation d’accord (PDF)" in fiche
        reponse: Any = navigateur.get(f"/demandes/{demande.reference}/decision/attestation.pdf")
        assert reponse.status_code == 200
        assert b"".join(reponse).startswith(b"%PDF")


def test_the_attestation_says_what_is_accepted_and_since_when(
    deposer: Callable[..., Demande], monkeypatch: pytest.MonkeyPatch
) -> None:
    ecrite: list[str] = []
    monkeypatch.setattr("guichet.demandes.pdf.depuis_page", lambda page: ecrite.append(page) or b"")
    demande = deposer("accord")
    with au(TERME):
        decisions.attestation_pdf(demande)
    for mention in ("24\u00a0janvier 2027", demande.reference, "Camille Durand", "L.\u00a0232-3", "12 rue des Lilas"):
        assert mention in ecrite[0].replace("L. 232-3", "L.\u00a0232-3")


@pytest.mark.parametrize("silence", ["accord", "rejet"])
def test_nothing_is_attested_that_silence_did_not_accept(
    client: Client, deposer: Callable[..., Demande], silence: str
) -> None:
    demande = deposer(silence)
    with au(RECUE if silence == "accord" else TERME):
        page = ouvrir(client, demande)
        assert client.get(f"{page}attestation.pdf").status_code == 404
        assert "attestation.pdf" not in client.get(page).content.decode()


def test_a_decision_made_in_time_leaves_nothing_to_attest(deposer: Callable[..., Demande]) -> None:
    demande = deposer("accord")
    with au(RECUE):
        executer(demande, ALICE, "prendre_en_charge")
        transition = demande.workflow.transition("accepter")
        assert transition is not None
    with au(TERME):
        assert decisions.tacite(demande) is not None
        Demande.objects.filter(pk=demande.pk).update(decidee_le=RECUE)
        demande.refresh_from_db()
        assert decisions.tacite(demande) is None


def test_the_reasons_of_a_tacit_refusal_can_be_asked_for(deposer: Callable[..., Demande]) -> None:
    demande = deposer("rejet")
    with au(RECUE):
        assert "raisons de ce refus" not in accuse_de(demande).effet_du_silence
    with au(TERME):
        assert "raisons de ce refus" in accuse_de(demande).effet_du_silence
