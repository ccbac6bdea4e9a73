"""CRPA L.112-9: an administration sets up online services and publishes how they can be used.

The duty, in our words: before starting, one reads the terms of use of the online service; without published
terms, the town could not say that it is seized only that way. Where there is an online service for a procedure,
that is the way to apply electronically.
Source: code des relations entre le public et l'administration, articles L.112-9 and L.112-10.
"""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from guichet.demarches.definition import DefinitionRefusee, lire_definition
from guichet.demarches.models import Demarche
from tests.guichet import fabrique


def mots(texte: str) -> str:
    """Words of a page, whatever its tags, its spaces and its typography."""
    nu = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?a\b[^>]*>", "", texte)))
    return re.sub(r"\s+", " ", nu.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'"))


@pytest.mark.django_db
def test_each_procedure_publishes_its_terms_of_use_before_one_starts(client: Client) -> None:
    """On its public page, to whoever comes, without an account."""
    fabrique.demarche()
    publiees = list(Demarche.objects.publiees())
    assert publiees
    for demarche in publiees:
        page = mots(client.get(f"/demarches/{demarche.pk}/").content.decode())
        definition = demarche.lue
        for phrase in re.split(r"(?<=[.:]) ", mots(definition.presentation.modalites).strip()):
            assert phrase in page, demarche.pk
        assert f"/demarches/{demarche.pk}/remplir/" in client.get(f"/demarches/{demarche.pk}/").content.decode()
        for canal in definition.canaux:
            assert mots(canal.texte).strip()[:60] in page, demarche.pk


@pytest.mark.parametrize("manque", ["modalites", "pour_qui"])
def test_a_procedure_without_terms_of_use_is_refused_in_words(brut: dict[str, Any], manque: str) -> None:
    del brut["presentation"][manque]
    with pytest.raises(DefinitionRefusee, match=rf"presentation\.{manque}"):
        lire_definition(brut, "essai")
