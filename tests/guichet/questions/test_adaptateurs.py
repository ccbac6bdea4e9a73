"""Every kind of field has an adapter, whose parts agree: inputs, what they show, what is read, what is kept."""

from __future__ import annotations

import random
from typing import Any

import jsonschema
import pytest
from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from guichet.demarches import champs as c
from guichet.demarches.definition import Definition
from guichet.demarches.models import Demarche
from guichet.questions.etape import FormulaireQuestions
from guichet.questions.invention import Invention
from guichet.questions.sortes import adaptateur_de, inventer
from tests.guichet.portail import complete
from tests.guichet.portail.test_demarches_livrees_remplies import AUJOURDHUI, PERSONNE, envoi_de

pytestmark = pytest.mark.django_db
GRAINES = range(8)


@pytest.fixture
def definitions(db: None) -> list[Definition]:
    """Every shipped procedure, and one with every kind of field."""
    complete.demarche_complete()
    return [demarche.lue for demarche in Demarche.objects.order_by("pk")]


def invention(graine: int) -> Invention:
    return Invention(random.Random(graine), PERSONNE, AUJOURDHUI)  # noqa: S311 - test data


def test_the_procedures_of_the_tests_have_every_kind(definitions: list[Definition]) -> None:
    assert {champ.type for definition in definitions for champ in definition.tous_les_champs()} == set(c.SORTES)


def test_inputs_are_those_an_adapter_names(definitions: list[Definition]) -> None:
    for definition in definitions:
        for champ in definition.tous_les_champs():
            adaptateur = adaptateur_de(champ)
            assert tuple(adaptateur.champs()) == adaptateur.noms
            assert set(adaptateur.initial(None)) <= set(adaptateur.noms)
            assert not adaptateur.afficher(None)


def test_what_is_invented_has_the_form_that_is_kept(definitions: list[Definition]) -> None:
    for definition in definitions:
        for champ in definition.champs():
            for graine in GRAINES:
                valeur = adaptateur_de(champ).inventer(invention(graine), {})
                jsonschema.validate(valeur, adaptateur_de(champ).schema())


def test_an_answer_shown_and_sent_back_is_the_same_answer(definitions: list[Definition]) -> None:
    """Whoever opens a page again and presses « Continuer » changes nothing."""
    for definition in definitions:
        for graine in GRAINES:
            dites = inventer(list(definition.champs()), {}, invention(graine))
            champs = [ch for ch in definition.champs() if ch.nom in dites and not ch.depose_des_fichiers]
            _revient(champs, dites)
            for groupe in (champ for champ in champs if champ.parties):
                for element in dites[groupe.nom]:
                    _revient([partie for partie in groupe.parties if partie.nom in element], element)


def _revient(champs: list[Any], dites: dict[str, Any]) -> None:
    montre = FormulaireQuestions(champs, dites, visibles=lambda _: champs)
    envoi = QueryDict(mutable=True)
    for nom, champ in montre.fields.items():
        if montre.initial.get(nom) is not None:
            _ajouter(envoi, champ.widget, nom, montre.initial[nom])
    formulaire = FormulaireQuestions(champs, dites, envoi, MultiValueDict(), visibles=lambda _: champs)
    assert formulaire.is_valid(), formulaire.errors
    lues = formulaire.valeurs()
    for champ in champs:
        if not champ.parties:
            assert lues[champ.nom] == dites[champ.nom], champ
            jsonschema.validate(lues[champ.nom], adaptateur_de(champ).schema())


def _ajouter(envoi: QueryDict, widget: forms.Widget, nom: str, valeur: Any) -> None:
    for cle, partie in envoi_de(widget, nom, valeur).items():
        envoi.setlist(cle, partie if isinstance(partie, list) else [partie])
