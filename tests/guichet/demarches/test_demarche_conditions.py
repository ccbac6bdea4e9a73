"""What is asked depends on what was answered before, and only on that."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.demarches.champs import ChampGroupe
from guichet.demarches.conditions import Condition
from guichet.demarches.definition import Definition, DefinitionRefusee, lire_definition
from tests.guichet.demarches.generateur import definitions
from tests.guichet.demarches.test_demarche_definition import BRUT

REPONSES: dict[str, Any] = {
    "genre": "travaux", "options": ["a", "b"], "surface": "12.5", "enfants": 0, "jour": "2026-09-01", "vide": "",
    "coche": True, "lieu": {"adresse": "", "precision": ""}, "vehicules": [{"plaque": "AA"}, {"plaque": "BB"}],
    "nom": "Élodie  Noël",
}  # fmt: skip


@pytest.mark.parametrize(("condition", "vraie"), [
    ({"champ": "genre", "egal": "travaux"}, True),
    ({"champ": "genre", "different": "travaux"}, False),
    ({"champ": "genre", "different": "benne"}, True),
    ({"champ": "genre", "parmi": ["benne", "travaux"]}, True),
    ({"champ": "vide", "egal": "travaux"}, False),
    ({"champ": "vide", "different": "travaux"}, False),  # nothing is different from nothing
    ({"champ": "absent", "rempli": False}, True),
    ({"champ": "vide", "rempli": True}, False),
    ({"champ": "lieu", "rempli": True}, False),
    ({"champ": "enfants", "rempli": True}, True),  # zero is an answer
    ({"champ": "enfants", "egal": 0}, True),
    ({"champ": "enfants", "au_plus": 0}, True),
    ({"champ": "surface", "au_moins": 12}, True),
    ({"champ": "surface", "au_moins": 12.6}, False),
    ({"champ": "surface", "egal": 12.5}, True),
    ({"champ": "jour", "au_moins": "2026-09-01"}, True),
    ({"champ": "jour", "au_plus": "2026-08-31"}, False),
    ({"champ": "options", "contient": "b"}, True),
    ({"champ": "options", "contient": "c"}, False),
    ({"champ": "options", "au_moins": 2}, True),
    ({"champ": "vehicules", "au_plus": 1}, False),
    ({"champ": "coche", "egal": True}, True),
    ({"champ": "coche", "egal": False}, False),
    ({"champ": "absent", "egal": False}, True),  # a box left unticked
    ({"champ": "nom", "egal": "elodie noel"}, True),
    ({"tous": [{"champ": "genre", "egal": "travaux"}, {"champ": "enfants", "egal": 1}]}, False),
    ({"un_de": [{"champ": "genre", "egal": "travaux"}, {"champ": "enfants", "egal": 1}]}, True),
    ({"aucun": [{"champ": "genre", "egal": "benne"}, {"champ": "enfants", "egal": 1}]}, True),
])  # fmt: skip
def test_a_condition_says_whether_it_holds(condition: dict[str, Any], vraie: bool) -> None:
    assert Condition.model_validate(condition).vraie(REPONSES) is vraie


def _brut(*champs: dict[str, Any], si_page: dict[str, Any] | None = None) -> dict[str, Any]:
    """The shipped procedure with these fields on a page before the last one's."""
    brut = copy.deepcopy(BRUT)
    complets = [{"libelle": c["nom"], "pourquoi": "x", **c} for c in champs]
    page = {"nom": "essai", "titre": "Essai", "titre_court": "Essai", "champs": complets}
    suite = {**copy.deepcopy(page), "nom": "suite", "champs": [
        {"nom": "remarque", "type": "texte", "libelle": "Remarque", "pourquoi": "x"}
    ]}  # fmt: skip
    if si_page:
        suite["si"] = si_page
    brut["etapes"] = [page, suite]
    return brut


GENRE = {
    "nom": "genre",
    "type": "choix",
    "options": [{"valeur": v, "libelle": v} for v in ("travaux", "benne", "autre")],
}
DUREE = {"nom": "duree", "type": "nombre", "si": {"champ": "genre", "parmi": ["travaux", "benne"]}}
LONGUE = {"nom": "plan", "type": "texte", "si": {"champ": "duree", "au_moins": 30}}
GROUPE = {
    "nom": "vehicules", "type": "groupe", "libelle_element": "Véhicule", "obligatoire": False, "champs": [
        {"nom": "sorte", "type": "choix", "libelle": "s", "pourquoi": "x", "options": GENRE["options"]},
        {"nom": "plaque", "type": "texte", "libelle": "Plaque", "pourquoi": "x",
         "si": {"champ": "sorte", "egal": "benne"}},
    ],
}  # fmt: skip


def test_someone_who_changes_their_mind_leaves_no_stale_answer() -> None:
    definition = lire_definition(_brut(GENRE, DUREE, LONGUE, si_page={"champ": "plan", "rempli": True}), "x")
    donnees = {"genre": "travaux", "duree": 40, "plan": "oui", "remarque": "ici", "_suivi": ["essai"]}
    assert definition.elaguer(donnees) == donnees
    assert [e.nom for e in definition.etapes_visibles(donnees)] == ["essai", "suite"]
    changee = {**donnees, "genre": "autre"}
    assert definition.elaguer(changee) == {"genre": "autre", "_suivi": ["essai"]}
    assert [e.nom for e in definition.etapes_visibles(changee)] == ["essai"]
    assert [c.nom for c in definition.etapes[0].champs_visibles(changee)] == ["genre"]


def test_questions_of_a_group_depend_on_its_element() -> None:
    definition = lire_definition(_brut(GENRE, GROUPE), "x")
    groupe = definition.champ("vehicules")
    assert isinstance(groupe, ChampGroupe)
    elements = [{"sorte": "benne", "plaque": "AA-123-AA"}, {"sorte": "autre", "plaque": "reste"}]
    assert definition.elaguer({"vehicules": elements})["vehicules"] == [elements[0], {"sorte": "autre"}]
    assert groupe.afficher(definition.elaguer({"vehicules": elements})["vehicules"]) == (
        "Véhicule 1\ns : benne\nPlaque : AA-123-AA\n\nVéhicule 2\ns : autre"
    )
    assert groupe.manque([{"sorte": "benne"}]) is True
    assert groupe.manque([{"sorte": "autre"}]) is False
    assert groupe.manque([]) is False


def _si(champ: dict[str, Any], si: dict[str, Any]) -> dict[str, Any]:
    return {**champ, "si": si}


@pytest.mark.parametrize(("brut", "dit"), [
    (_brut(_si(DUREE, {"champ": "plan", "rempli": True}), LONGUE), "« plan », demandé plus loin"),
    (_brut(GENRE, _si(DUREE, {"champ": "gnere", "egal": "travaux"})), "« gnere », qui n'existe pas"),
    (_brut(GENRE, _si(DUREE, {"champ": "genre", "egal": "travau"})), "pas une de ses options (travaux, benne, autre)"),
    (_brut(GENRE, _si(DUREE, {"champ": "genre", "au_moins": 3})), "« au_moins » ne va pas avec « genre » (choix)"),
    (_brut(GENRE, _si(DUREE, {"champ": "genre"})), "une seule comparaison"),
    (_brut(GENRE, _si(DUREE, {"champ": "genre", "egal": "benne", "rempli": True})), "une seule comparaison"),
    (_brut(GENRE, DUREE, _si(LONGUE, {"champ": "duree", "au_moins": "beaucoup"})), "il faut un nombre"),
    (_brut(_si(DUREE, {"champ": "duree", "au_moins": 2})), "demandé plus loin"),
    (_brut(GENRE, DUREE, LONGUE, si_page={"champ": "remarque", "rempli": True}), "de la page « suite »"),
    (_brut(GENRE, {**GENRE, "nom": "autre", "options": [{"valeur": "a", "libelle": "a"}] * 2}), "même « valeur »"),
    (_brut(GENRE, {**GROUPE, "champs": [{"nom": "genre", "type": "texte", "libelle": "x", "pourquoi": "x"}]}),
     "plusieurs champs portent le nom « genre »"),
    (_brut({"nom": "qui", "type": "nom"}, {"nom": "encore", "type": "nom"}), "« pour: autre »"),
    (_brut({**GROUPE, "champs": [{"nom": "qui", "type": "nom", "libelle": "x", "pourquoi": "x"}]}), "« pour: autre »"),
    (_brut({"nom": "jour", "type": "date", "minimum": "2026-09-02", "maximum": "2026-09-01"}), "après « maximum »"),
    (_brut({"nom": "jour", "type": "date", "minimum": "demain"}), "doit être une date AAAA-MM-JJ"),
    (_brut({**GROUPE, "champs": [{"nom": "piece", "type": "fichier", "libelle": "x", "pourquoi": "x"}]}),
     "doit être l'une de ces valeurs"),
])  # fmt: skip
def test_a_condition_or_a_field_without_sense_is_refused_in_words(brut: dict[str, Any], dit: str) -> None:
    with pytest.raises(DefinitionRefusee) as refus:
        lire_definition(brut, "x")
    assert dit in str(refus.value)


@pytest.mark.parametrize(("brut", "valeur", "dit"), [
    ({"type": "date"}, "2026-09-01", "1er\u00a0septembre 2026"),
    ({"type": "nombre", "decimales": 1, "unite": "m²"}, "12.5", "12,5\u00a0m²"),
    ({"type": "nombre"}, 0, "0"),
    ({"type": "choix_multiple", "options": GENRE["options"]}, ["benne", "autre"], "benne\nautre"),
    ({"type": "fichier"}, 2, "2 fichiers"),
    ({"type": "declaration"}, True, "Oui"),
    ({"type": "declaration"}, False, ""),
    ({"type": "telephone", "pour": "autre"}, "06 12 34 56 78", "06 12 34 56 78"),
])  # fmt: skip
def test_an_answer_is_read_back_by_people(brut: dict[str, Any], valeur: Any, dit: str) -> None:
    champ = lire_definition(_brut({"nom": "essai", **brut}), "x").champ("essai")
    assert champ is not None
    assert champ.afficher(valeur) == dit
    assert champ.manque(valeur) is (dit == "")


@settings(max_examples=60, deadline=None)
@given(definitions(), st.data())
def test_pruning_twice_changes_nothing_and_leaves_only_what_is_asked(
    brut: dict[str, Any], hasard: st.DataObject
) -> None:
    definition: Definition = lire_definition(brut, "x")
    donnees = {}
    for champ in definition.champs():
        if "options" in type(champ).model_fields:
            valeurs = [o.valeur for o in champ.options]  # type: ignore[union-attr]
            donnees[champ.nom] = hasard.draw(st.sampled_from([*valeurs, valeurs[:1]]))
        elif champ.type != "groupe":
            donnees[champ.nom] = hasard.draw(st.sampled_from(["", "x", 3, True, "2026-01-01"]))
    elaguees = definition.elaguer(donnees)
    assert definition.elaguer(elaguees) == elaguees
    poses = {champ.nom for etape in definition.etapes_visibles(donnees) for champ in etape.champs_visibles(elaguees)}
    assert set(elaguees) <= poses
    assert definition.etapes_visibles(donnees) == definition.etapes_visibles(elaguees)
