"""Conseil d'État, 3 June 2022: an online procedure may be imposed only with support and a substitute.

The duty, in our words: nobody is kept from a right because the site is not for them or fails: each procedure has a
way in that is not digital, says so before one starts, and what comes that way is worth the same.
Source: Conseil d'État, section, 3 June 2022, n° 452798 and others (Conseil national des barreaux, Cimade).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from guichet.demandes.models import Canal, Demande, Nature
from guichet.demarches.definition import Definition, DefinitionRefusee, lire_definition
from guichet.demarches.models import Demarche
from tests.guichet import envois, fabrique


def test_a_procedure_with_digital_channels_only_is_refused_in_words(brut: dict[str, Any]) -> None:
    brut["canaux"] = [{"type": "courriel", "texte": "Écrivez à mairie@exemple.fr."}]
    with pytest.raises(DefinitionRefusee, match="aucune autre voie que le numérique"):
        lire_definition(brut, "essai")


def test_a_procedure_without_help_is_refused_in_words(brut: dict[str, Any]) -> None:
    del brut["aide"]["telephone"]
    with pytest.raises(DefinitionRefusee, match=r"aide\.telephone"):
        lire_definition(brut, "essai")


def test_each_shipped_procedure_can_be_done_without_the_site(definitions: dict[str, Definition]) -> None:
    for slug, definition in definitions.items():
        assert any(not canal.est_numerique for canal in definition.canaux), slug
        assert definition.aide.telephone, slug


@pytest.mark.django_db
def test_the_other_way_is_said_before_one_starts_and_where_one_is_blocked(client: Client) -> None:
    fabrique.demarche()
    for demarche in Demarche.objects.publiees():
        page = client.get(f"/demarches/{demarche.pk}/").content.decode()
        for canal in demarche.lue.canaux:
            assert canal.libelle in page, demarche.pk
        assert demarche.lue.aide.telephone in page, demarche.pk


@pytest.mark.parametrize("canal", [Canal.GUICHET, Canal.TELEPHONE, Canal.COURRIER, Canal.COURRIEL])
def test_what_comes_another_way_is_worth_the_same(deposer: Callable[..., Demande], canal: str) -> None:
    """An agent types it in: the same list, the same clock, the same acknowledgement, and who typed it is kept."""
    ici, en_ligne = deposer(canal=canal), deposer()
    assert (ici.nature, ici.service, ici.echeance_le) == (Nature.A_TRAITER, en_ligne.service, date(2027, 1, 23))
    assert ici.saisie_par_nom == "Alice Martin"
    assert envois.envoi("accuse", ici)
    assert envois.envoi("accuse", en_ligne)
