"""The definition that pages follow: read once a process, and again as soon as the procedure changes."""

from typing import Any

import pytest

from guichet.demarches.definition import lire_definition
from guichet.demarches.models import Demarche
from guichet.demarches.services import enregistrer_demarche
from tests.guichet import fabrique

pytestmark = pytest.mark.django_db


def montree() -> Demarche:
    return Demarche.objects.publiees().get(pk=fabrique.VOIRIE)


def test_a_definition_is_read_once_and_again_when_it_changes(django_assert_num_queries: Any) -> None:
    avant = fabrique.demarche().lue
    assert montree().lue == avant
    with django_assert_num_queries(1):  # the row, without its definition
        assert montree().lue == avant
    enregistrer_demarche(fabrique.VOIRIE, lire_definition({**avant.model_dump(mode="json"), "titre": "Essai"}, "essai"))
    assert montree().lue.titre == "Essai"


def test_a_definition_at_hand_is_the_one_followed() -> None:
    """A page shown to editors before publication follows what they wrote, not what is in the table."""
    demarche = fabrique.demarche()
    demarche.definition = {**demarche.definition, "titre": "Essai"}
    assert demarche.lue.titre == "Essai"
