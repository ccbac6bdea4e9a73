"""The portal's key changes while people fill in a request: what they began goes on while the former is good."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guichet.demandes.models import Brouillon
from guichet.demarches.models import Demarche
from guichet.portail import reprise
from guichet.portail.models import CodeReprise
from tests.guichet.portail.parcours import commencer, remplir
from tests.guichet.portail.test_reprise_brouillon import enregistrer

pytestmark = pytest.mark.django_db

Change = Callable[..., None]


@pytest.mark.parametrize("gardee", [True, False])
def test_a_request_being_filled_in_is_kept(client: Client, demarche: Demarche, changer: Change, gardee: bool) -> None:
    base = commencer(client)
    page = remplir(client, base, "lieu")
    assert client.get(page).status_code == 200
    changer(gardee=gardee)
    assert (client.get(page).status_code == 200) is gardee


@pytest.mark.parametrize("gardee", [True, False])
def test_the_code_of_a_draft_opens_it(client: Client, demarche: Demarche, changer: Change, gardee: bool) -> None:
    _, code = enregistrer(client)
    changer(gardee=gardee)
    reponse = Client().post("/reprendre/", {"code": code})
    assert (reponse.status_code == 302) is gardee


def test_the_code_of_a_draft_is_told_again_as_it_was(client: Client, demarche: Demarche, changer: Change) -> None:
    """The button pressed once more shows the code that the person noted."""
    base, code = enregistrer(client)
    changer(gardee=True)
    assert code in client.get(f"{base}enregistrer/").content.decode()
    assert CodeReprise.objects.count() == 1


def test_a_draft_saved_again_after_a_leak_has_a_code_that_opens_it(demarche: Demarche, changer: Change) -> None:
    """The former code is dead; the one that is shown now is not."""
    brouillon = Brouillon.objects.create(demarche=demarche)
    avant = reprise.code_de(reprise.garder(brouillon).brouillon)
    changer(gardee=False)
    code = reprise.code_de(reprise.garder(brouillon).brouillon)
    assert code != avant
    assert Client().post("/reprendre/", {"code": code}).status_code == 302
