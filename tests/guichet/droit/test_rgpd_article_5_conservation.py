"""GDPR art. 5, 1, e: what is kept has an end, also for a request that waits for somebody who never answers.

The duty, in our words: a request that has waited for the resident for a year is over, the person is told, and its
retention runs from then. One that waits for the town is not: the town owes an answer.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from guichet.demandes import anonymisation, lettres
from guichet.demandes.models import Demande, Evenement, Nature
from guichet.demandes.services import DemandeDePiece, Saisie, clore_abandonnees, executer
from tests.guichet import envois, fabrique
from tests.guichet.fabrique import ALICE, RECUE, au

pytestmark = pytest.mark.django_db


def en_attente() -> Demande:
    with au(RECUE):
        demande: Demande = fabrique.deposer(fabrique.variante(workflow="standard")).demande
        executer(demande, ALICE, "demander_complement", Saisie(pieces=(DemandeDePiece("Plan"),)))
    return demande


def test_a_request_left_waiting_ends_and_its_retention_runs() -> None:
    demande = en_attente()
    fabrique.viser()
    with au(RECUE + timedelta(days=364)):
        assert clore_abandonnees() == 0
    fin = RECUE + timedelta(days=367)
    with au(fin):
        assert clore_abandonnees() == 1
        assert clore_abandonnees() == 0
    demande.refresh_from_db()
    assert (demande.nature, demande.suspendue_depuis) == (Nature.CLOSE, None)
    assert demande.close_le is not None
    assert demande.close_le.date() == fin.date()
    assert not demande.complements.ouverts().exists()
    evenement = Evenement.objects.get(demande=demande, code="close_abandon")
    assert "depuis un an" in evenement.phrase_usager
    assert envois.envoi("close", demande).destinataire == demande.courriel
    assert "terminé" in lettres.page(evenement)
    Demande.objects.filter(pk=demande.pk).update(statut_depuis=RECUE - timedelta(days=4000))
    assert anonymisation.anonymiser() == 1


def test_a_request_that_waits_for_the_town_is_owed_an_answer() -> None:
    with au(RECUE):
        demande: Demande = fabrique.deposer(fabrique.demarche()).demande
    with au(RECUE + timedelta(days=4000)):
        assert clore_abandonnees() == 0
    demande.refresh_from_db()
    assert demande.nature != Nature.CLOSE
