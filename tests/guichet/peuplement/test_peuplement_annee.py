"""An invented year obeys the same rules as a real one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import fabrique
import pytest
from django.utils import timezone

from guichet.comptes.models import Usager
from guichet.demandes.models import Demande, Evenement, Message, Nature, Suspension
from guichet.demarches.models import Demarche, Service, VersionDemarche, Workflow
from guichet.peuplement.services import Bilan, effacer, peupler

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def peuplee(django_db_setup: None, django_db_blocker: Any) -> Iterator[Bilan]:
    """Two hundred and fifty invented requests, shared by the tests that only read them."""
    with django_db_blocker.unblock():
        fabrique.site_livre()
        bilan = peupler(250, 7)
        yield bilan
        effacer()
        for modele in (VersionDemarche, Demarche, Workflow, Service):
            modele.objects.all().delete()


def test_the_number_asked_for_is_written(peuplee: Bilan) -> None:
    assert Demande.objects.count() == 250 == peuplee.demandes
    assert Usager.objects.count() == peuplee.comptes > 0
    assert Evenement.objects.count() == peuplee.lignes["Evenement"]


def test_every_request_stands_in_a_status_of_its_own_workflow(peuplee: Bilan) -> None:
    for demande in Demande.objects.select_related("version"):
        statut = demande.workflow.statuts_par_code[demande.statut]
        assert statut.nature.value == demande.nature
        assert (demande.nature == Nature.CLOSE) is (demande.close_le is not None)
        assert demande.recue_le <= demande.statut_depuis <= timezone.now()


def test_the_clock_stored_is_the_one_the_acts_would_store(peuplee: Bilan) -> None:
    for demande in Demande.objects.exclude(nature=Nature.TRANSFEREE).select_related("version"):
        horloge = demande.horloge()
        assert demande.echeance_le == horloge.echeance, demande.reference
        assert (demande.suspendue_depuis is not None) is (horloge.etat.value == "suspendue")


def test_history_says_how_it_came_there(peuplee: Bilan) -> None:
    for demande in Demande.objects.all()[:80]:
        evenements = list(demande.evenements.all())
        assert evenements[0].code in {"recue", "saisie"}
        assert evenements[0].le == demande.recue_le
        assert [e.le for e in evenements] == sorted(e.le for e in evenements)
        arrivees = [e.donnees["vers"] for e in evenements if "vers" in e.donnees]
        assert (arrivees or [demande.workflow.initial])[-1] == demande.statut
        assert all(e.phrase() and e.phrase_usager for e in evenements if e.visible_usager)
        for evenement in evenements:
            if "message" in evenement.donnees:
                assert Message.objects.get(pk=evenement.donnees["message"]).demande_id == demande.pk


def test_answers_are_those_the_form_takes(peuplee: Bilan) -> None:
    for demande in Demande.objects.select_related("version")[:120]:
        definition = demande.definition
        assert definition.elaguer(demande.donnees) == demande.donnees, demande.reference
        assert list(demande.reponses())


def test_nobody_has_acted_in_the_future_nor_before_receipt(peuplee: Bilan) -> None:
    assert not Evenement.objects.filter(le__gt=timezone.now()).exists()
    assert not Suspension.objects.filter(debut__gt=timezone.localdate() + timedelta(days=1)).exists()
