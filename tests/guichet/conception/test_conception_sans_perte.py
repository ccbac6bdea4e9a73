"""A definition goes through the editor's form and comes back the same, whatever it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.http import QueryDict
from hypothesis import given, settings
from wagtail.blocks import BlockField

from guichet.conception import forms
from guichet.conception.models import CircuitRedige, DemarcheRedigee, OrientationRedigee, Redige
from guichet.conception.sortes import Sorte, sorte_de
from guichet.demarches.definition import Definition, lire_definition
from guichet.demarches.definition_workflow import Workflow, lire_workflow
from guichet.demarches.ecriture import en_yaml
from guichet.demarches.modele import Modele
from tests.guichet import fabrique
from tests.guichet.conception import envoi
from tests.guichet.demarches.generateur import definitions

STACKS = fabrique.SITE.parent


def _fichiers(dossier: str) -> list[Any]:
    return [pytest.param(f, id=f.stem) for f in sorted(STACKS.glob(f"*/{dossier}/*.yaml"))]


def _renvoye(redige: Redige, classe: Any) -> Any:
    """What the form reads of what a browser sends back, untouched."""
    donnees = QueryDict(mutable=True)
    for cle, valeur in envoi.du_formulaire(redige).items():
        donnees.setlist(cle, valeur if isinstance(valeur, list) else [valeur])
    formulaire = classe(donnees, instance=redige)
    lues = {
        nom: champ.clean(champ.widget.value_from_datadict(donnees, {}, nom)) for nom, champ in formulaire.fields.items()
    }
    return formulaire.brut_de(lues)


def _classe(modele: type[Redige]) -> Any:
    return modele.edit_handler.bind_to_model(modele).get_form_class()  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("fichier", _fichiers("demarches"))
def test_a_shipped_procedure_comes_back_the_same_and_is_exported_alike(fichier: Path, site: None) -> None:
    lue = lire_definition(yaml.safe_load(fichier.read_text("utf-8")), fichier.name)
    redigee = DemarcheRedigee(brut=lue.model_dump(mode="json", exclude_defaults=True), titre=lue.titre)
    relue = lire_definition(_renvoye(redigee, _classe(DemarcheRedigee)), "l'atelier")
    assert relue == lue
    assert en_yaml(relue) == en_yaml(lue)


@pytest.mark.django_db
@pytest.mark.parametrize("fichier", _fichiers("workflows"))
def test_a_shipped_workflow_comes_back_the_same(fichier: Path) -> None:
    lu = lire_workflow(yaml.safe_load(fichier.read_text("utf-8")), fichier.name)
    redige = CircuitRedige(brut=lu.model_dump(mode="json", exclude_defaults=True), titre=lu.titre)
    assert lire_workflow(_renvoye(redige, _classe(CircuitRedige)), "l'atelier") == lu


GROUPE = forms.FormulaireDemarche.groupe
BLOC = GROUPE.bloc()


@settings(max_examples=60, deadline=None)
@given(definitions())
def test_any_definition_comes_back_the_same(brut: dict[str, Any]) -> None:
    lue = lire_definition(brut, "au hasard")
    montree = BLOC.to_python(GROUPE.vers(lue.model_dump(mode="json", exclude_defaults=True)))
    donnees = QueryDict(mutable=True)
    for cle, valeur in envoi.du_bloc(BLOC, montree, "x").items():
        donnees.setlist(cle, valeur if isinstance(valeur, list) else [valeur])
    envoyee = BLOC.clean(BLOC.value_from_datadict(donnees, {}, "x"))
    relue = lire_definition(forms.typer_les_conditions(forms.achever_demarche(GROUPE.depuis(envoyee))), "l'atelier")
    assert relue == lue


@pytest.mark.parametrize("modele", [Definition, Workflow])
def test_every_key_has_a_block(modele: type[Modele]) -> None:
    assert all(isinstance(sorte_de(info), Sorte) for info in modele.model_fields.values())


@pytest.mark.parametrize("modele", [DemarcheRedigee, CircuitRedige, OrientationRedigee])
@pytest.mark.django_db
def test_every_key_of_a_definition_can_be_edited(modele: type[Redige]) -> None:
    classe = _classe(modele)
    formulaire = classe(instance=modele())
    assert set(classe.feuilles) <= set(formulaire.fields)
    # Being online is a button.
    assert {f.chemin[0] for f in classe.feuilles.values()} == set(classe.groupe.modele.model_fields) - {"publiee"}
    assert any(isinstance(champ, BlockField) for champ in formulaire.fields.values())
    assert [champ.name for champ in formulaire.visible_fields() if not champ.label] == []
