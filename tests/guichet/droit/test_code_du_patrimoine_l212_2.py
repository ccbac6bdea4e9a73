"""Code du patrimoine L.212-2: nothing of public archives is destroyed before the archives gave their visa.

The duty, in our words: at the end of its time a request is made anonymous only once its procedure names the visa of the
departmental archives; until then it is kept, people are told so, and the operator's journal says how many wait.
Source: Code du patrimoine, articles L.211-1, L.212-2, L.214-3; the same rule is kept by consultation/ecoute/donnees.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guichet.demandes import anonymisation
from guichet.demandes.models import Demande
from guichet.portail.pages import COMMUNES
from tests.guichet import actes, fabrique
from tests.guichet.fabrique import ALICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def demande() -> Demande:
    """Over for longer than its procedure keeps it."""
    trouvee: Demande = fabrique.deposer(fabrique.demarche()).demande
    actes.clore(trouvee, ALICE)
    fin = timezone.now() - timedelta(days=31 * 4)
    Demande.objects.filter(pk=trouvee.pk).update(statut_depuis=fin, close_le=fin)
    return Demande.objects.get(pk=trouvee.pk)


@pytest.mark.parametrize("visa", ["", "   "])
def test_nothing_is_destroyed_without_a_visa(demande: Demande, visa: str, caplog: pytest.LogCaptureFixture) -> None:
    fabrique.viser(visa)
    with caplog.at_level(logging.WARNING):
        assert anonymisation.anonymiser() == 0
    demande.refresh_from_db()
    assert demande.nom == "Camille Durand"
    assert anonymisation.en_attente_de_visa() == {fabrique.VOIRIE: 1}
    assert "attendent le visa des archives" in caplog.text


def test_it_is_once_the_visa_is_noted_even_for_older_requests(demande: Demande) -> None:
    fabrique.viser()
    assert anonymisation.anonymiser() == 1
    assert anonymisation.en_attente_de_visa() == {}


def test_people_are_told_what_is_true_of_their_data(demande: Demande, client: Client) -> None:
    page = f"/demarches/{fabrique.VOIRIE}/"
    assert "jusqu'à ce que les archives autorisent" in client.get(page).content.decode()
    assert anonymisation.gardee_jusqu_au(demande) is None
    fabrique.viser()
    COMMUNES.oublier()  # a test is one transaction: by a change made in it, kept pages do not see that they are old
    assert "jusqu'à ce que les archives autorisent" not in client.get(page).content.decode()
    assert anonymisation.gardee_jusqu_au(Demande.objects.get(pk=demande.pk)) is not None
