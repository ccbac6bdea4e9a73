"""A definition says all that the law asks for, or is refused in words."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from guichet.demarches.definition import DefinitionRefusee, ServicesDefinis, lire, lire_definition
from tests.guichet import fabrique

BRUT: dict[str, Any] = yaml.safe_load((fabrique.SITE / "demarches" / f"{fabrique.VOIRIE}.yaml").read_text("utf-8"))


def test_the_shipped_procedure_is_accepted() -> None:
    definition = lire_definition(BRUT, "voirie.yaml")
    assert [etape.nom for etape in definition.etapes] == ["lieu", "probleme", "description", "photos", "contact"]
    assert definition.delai.en_mots == "2 mois"


OBLIGATOIRES = (
    "titre", "resume", "theme", "service", "publiee", "compte", "presentation", "donnees", "canaux", "delai",
    "accuse", "aide", "etapes", "presentation.pour_qui", "presentation.duree_minutes", "presentation.modalites",
    "donnees.finalite", "donnees.base_legale", "donnees.destinataires", "donnees.conservation_mois",
    "delai.valeur", "delai.unite", "delai.silence", "delai.fondement", "delai.habituel", "accuse.suite",
    "aide.telephone", "aide.courriel", "aide.horaires",
)  # fmt: skip


@pytest.mark.parametrize("chemin", OBLIGATOIRES)
def test_each_thing_the_law_asks_for_is_compulsory(chemin: str) -> None:
    brut = copy.deepcopy(BRUT)
    *parents, cle = chemin.split(".")
    groupe = brut
    for parent in parents:
        groupe = groupe[parent]
    del groupe[cle]
    with pytest.raises(DefinitionRefusee) as refus:
        lire_definition(brut, "voirie.yaml")
    assert refus.value.fautes == [f"il manque « {chemin} »"]


def _sans_voie_humaine(brut: dict[str, Any]) -> None:
    brut["canaux"] = [{"type": "courriel", "texte": "Écrivez-nous."}]


def _sans_recours(brut: dict[str, Any]) -> None:
    del brut["accuse"]["recours"]


def _accord_sans_attestation(brut: dict[str, Any]) -> None:
    brut["delai"]["silence"] = "accord"


def _faute_de_frappe(brut: dict[str, Any]) -> None:
    brut["titer"] = "Voirie"


def _champ_sans_raison(brut: dict[str, Any]) -> None:
    del brut["etapes"][1]["champs"][0]["pourquoi"]


def _type_inconnu(brut: dict[str, Any]) -> None:
    brut["etapes"][0]["champs"][0]["type"] = "hologramme"


def _deux_champs_de_meme_nom(brut: dict[str, Any]) -> None:
    brut["etapes"][1]["champs"][0]["nom"] = "lieu"


def _etape_reservee(brut: dict[str, Any]) -> None:
    brut["etapes"][0]["nom"] = "verifier"


def _duree_impossible(brut: dict[str, Any]) -> None:
    brut["presentation"]["duree_minutes"] = 0


@pytest.mark.parametrize(
    ("abimer", "dit"),
    [
        (_sans_voie_humaine, "« canaux » n'offre aucune autre voie que le numérique"),
        (_sans_recours, "« accuse.recours » doit donner les délais et voies de recours"),
        (_accord_sans_attestation, "« accuse.attestation » doit dire comment obtenir l'attestation"),
        (_faute_de_frappe, "« titer » n'est pas une clé connue"),
        (_champ_sans_raison, "pourquoi"),
        (_type_inconnu, "doit être l'une de ces valeurs"),
        (_deux_champs_de_meme_nom, "plusieurs champs portent le nom « lieu »"),
        (_etape_reservee, "nom d'étape réservé : « verifier »"),
        (_duree_impossible, "est hors des bornes permises"),
    ],
)
def test_what_is_wrong_is_said_in_words(abimer: Callable[[dict[str, Any]], None], dit: str) -> None:
    brut = copy.deepcopy(BRUT)
    abimer(brut)
    with pytest.raises(DefinitionRefusee) as refus:
        lire_definition(brut, "voirie.yaml")
    assert dit in str(refus.value)
    assert "validation error" not in str(refus.value)


def test_a_definition_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(DefinitionRefusee, match="groupe de clés"):
        lire_definition(["titre"], "voirie.yaml")


def test_two_services_of_one_name_are_refused() -> None:
    service = {
        "slug": "voirie", "nom": "Voirie", "courriel": "v@gru.test", "telephone": "01",
        "adresse": "x", "horaires": "y",
    }  # fmt: skip
    with pytest.raises(DefinitionRefusee, match="plusieurs services portent le nom « voirie »"):
        lire(ServicesDefinis, {"services": [service, service]}, "services.yaml")


def test_answers_are_read_back_as_people_wrote_them() -> None:
    definition = lire_definition(BRUT, "voirie.yaml")
    dits = {champ.nom: champ.afficher(fabrique.REPONSES.get(champ.nom)) for champ in definition.champs()}
    assert dits["lieu"] == "12 rue des Lilas\ndevant l'école"
    assert dits["probleme"] == "Trou ou route abîmée"
    photos = definition.champ("photos")
    assert photos is not None
    assert [photos.afficher(n) for n in (0, 1, 3)] == ["", "1 photo", "3 photos"]
