"""CRPA L.242-1 and L.243-1: a decision is taken back with what the law allows, and never contradicted in silence.

The duty, in our words: an acceptance, tacit or not, is taken back within four months, for a reason that is written,
once the person was able to answer; a refusal may always be reviewed; the request then waits for a decision again.
Source: code des relations entre le public et l'administration, articles L.121-1, L.211-2, L.231-1, L.242-1, L.243-1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guichet.demandes import decisions, lettres
from guichet.demandes.decisions import retirer
from guichet.demandes.droits import AccesRefuse
from guichet.demandes.models import Demande, Lettre
from guichet.demandes.services import Saisie, SaisieRefusee, TexteManquant, executer
from guichet.demandes.workflow import TransitionImpossible
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE, BRUNO, RECUE, au

RAISON = "La pièce fournie était celle d'une autre personne."
DECIDEE = RECUE + timedelta(hours=1)
TERME = datetime(2027, 1, 24, 9, 0, tzinfo=UTC)  # the day after the last one of the town


def decider(demande: Demande, code: str) -> None:
    transition = demande.workflow.transition(code)
    assert transition is not None
    motif = transition.motifs[0] if transition.motifs else ""
    with au(DECIDEE):
        executer(demande, ALICE, code, Saisie(texte="Voici.", motif=motif))


def test_an_acceptance_is_taken_back_within_four_months_and_the_request_waits_again(
    deposer: Callable[..., Demande],
) -> None:
    demande = deposer()
    avant = demande.statut
    decider(demande, "accepter")
    with au(datetime(2027, 3, 23, 9, 0, tzinfo=UTC)):
        evenement = retirer(demande, ALICE, RAISON, entendue=True)
    assert (demande.statut, demande.issue, demande.decidee_le) == (avant, "", None)
    # The town is seized again: the whole time runs from the day of the withdrawal, or silence would decide at once.
    assert demande.echeance_le == date(2027, 5, 23)
    assert "retiré la décision" in evenement.phrase_usager
    assert "responsable du service" in evenement.phrase_usager
    mail = str(envois.mail(envois.envoi("decision_retiree", demande)).body)
    assert "tribunal administratif" in mail
    evenement.demande = demande
    assert RAISON.replace("'", "\u2019") in lettres.page(evenement).replace("&#x27;", "\u2019")


@pytest.mark.parametrize(("code", "possible"), [("accepter", False), ("refuser", True)])
def test_after_four_months_only_a_refusal_is_reviewed(
    deposer: Callable[..., Demande], code: str, possible: bool
) -> None:
    demande = deposer()
    decider(demande, code)
    with au(datetime(2027, 3, 24, 9, 0, tzinfo=UTC)):
        assert (decisions.retirable(demande, ALICE) is not None) == possible
        if not possible:
            with pytest.raises(TransitionImpossible):
                retirer(demande, ALICE, RAISON, entendue=True)


def test_it_needs_a_reason_a_person_who_was_heard_a_quality_and_the_right(deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    decider(demande, "accepter")
    fautes: list[tuple[type[Exception], Any, dict[str, Any]]] = [
        (TexteManquant, ALICE, {"raison": " ", "entendue": True}),
        (SaisieRefusee, ALICE, {"raison": RAISON}),
        (SaisieRefusee, replace(ALICE, qualite=""), {"raison": RAISON, "entendue": True}),
        (AccesRefuse, BRUNO, {"raison": RAISON, "entendue": True}),
    ]
    for erreur, agent, dit in fautes:
        with au(DECIDEE + timedelta(hours=1)), pytest.raises(erreur):
            retirer(demande, agent, **dit)
    demande.refresh_from_db()
    assert demande.issue == "accord"


def test_a_refusal_cannot_ignore_what_silence_has_accepted(deposer: Callable[..., Demande]) -> None:
    demande = deposer("accord")
    transition = demande.workflow.transition("refuser")
    assert transition is not None
    non = Saisie(texte="Non.", motif=transition.motifs[0] if transition.motifs else "")
    with au(TERME):
        with pytest.raises(SaisieRefusee, match="acceptée depuis le 24\u00a0janvier 2027"):
            executer(demande, ALICE, "refuser", non)
        decision = decisions.retirable(demande, ALICE)
        assert decision is not None
        assert decision.jusqu_au == date(2027, 5, 24)
        retirer(demande, ALICE, RAISON, entendue=True)
        assert demande.echeance_le == date(2027, 3, 24)
        executer(demande, ALICE, "refuser", non)
    assert demande.issue == "refus"


def test_a_decision_taken_back_is_told_on_paper_to_who_asked_for_it(deposer: Callable[..., Demande]) -> None:
    usager = fabrique.usager()
    demande = deposer(usager=usager, adresse_postale="12 rue des Lilas\n99000 Admiville")
    decider(demande, "refuser")
    with au(DECIDEE + timedelta(hours=1)):
        evenement = retirer(demande, ALICE, RAISON)
    assert Lettre.objects.filter(demande=demande, evenement=evenement, pour=Lettre.Pour.USAGER).exists()


def test_nothing_decided_is_not_taken_back(deposer: Callable[..., Demande]) -> None:
    demande = deposer()
    with au(RECUE), pytest.raises(TransitionImpossible):
        retirer(demande, ALICE, RAISON, entendue=True)
