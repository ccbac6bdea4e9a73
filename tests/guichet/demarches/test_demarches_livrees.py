"""The procedures that the town ships: complete, in plain words, and agreeing with their services and workflows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from guichet.demarches.champs import ChampGroupe
from guichet.demarches.definition import Definition, Silence, lire_definition

SITE = Path(__file__).resolve().parents[3] / "stacks" / "local"
LIVREES = sorted(chemin.stem for chemin in (SITE / "demarches").glob("*.yaml"))
# UX 28 and 61: words that blame or that nobody says.
MOTS_INTERDITS = re.compile(
    r"\b(veuillez|invalide|oups|téléverser|upload|formulaire en ligne sécurisé|susvisé|ledit)\b", re.I
)
PHRASE_LONGUE = 38  # words; UX 62 asks for 12 to 15, legal names push some further


def _lire(slug: str) -> Definition:
    return lire_definition(yaml.safe_load((SITE / "demarches" / f"{slug}.yaml").read_text("utf-8")), slug)


def _textes(valeur: Any) -> list[str]:
    if isinstance(valeur, dict):
        return [
            texte for cle, partie in valeur.items() if cle not in {"valeur", "nom", "code"} for texte in _textes(partie)
        ]
    if isinstance(valeur, list | tuple):
        return [texte for partie in valeur for texte in _textes(partie)]
    return [valeur] if isinstance(valeur, str) else []


def test_a_town_of_sixty_thousand_has_its_twelve_procedures() -> None:
    assert len(LIVREES) >= 12


@pytest.mark.parametrize("slug", LIVREES)
def test_its_service_and_its_workflow_exist(slug: str) -> None:
    definition = _lire(slug)
    services = yaml.safe_load((SITE / "services.yaml").read_text("utf-8"))["services"]
    assert definition.service in {service["slug"] for service in services}
    assert (SITE / "workflows" / f"{definition.workflow}.yaml").exists()


@pytest.mark.parametrize("slug", LIVREES)
def test_two_ways_in_are_not_digital(slug: str) -> None:
    assert sum(not canal.est_numerique for canal in _lire(slug).canaux) >= 2


@pytest.mark.parametrize("slug", LIVREES)
def test_silence_names_its_article_and_a_refusal_its_appeal(slug: str) -> None:
    definition = _lire(slug)
    assert re.search(r"L\. 231-[14]", definition.delai.fondement), definition.delai.fondement
    assert ("L. 231-4" in definition.delai.fondement) is (definition.delai.silence is Silence.REJET)
    assert "mois" in definition.accuse.recours or "jours" in definition.accuse.recours


@pytest.mark.parametrize("slug", LIVREES)
def test_an_error_says_how_to_mend(slug: str) -> None:
    for champ in _lire(slug).champs():
        poses = (champ, *champ.champs) if isinstance(champ, ChampGroupe) else (champ,)
        for pose in poses:
            assert not pose.obligatoire or pose.si_vide.endswith("."), f"{pose.nom} : « {pose.si_vide} »"


@pytest.mark.parametrize("slug", LIVREES)
def test_words_are_plain(slug: str) -> None:
    definition = _lire(slug)
    for texte in _textes(definition.model_dump(mode="json")):
        assert not MOTS_INTERDITS.search(texte), texte
    for texte in (definition.resume, *definition.accuse.suite, *(e.introduction for e in definition.etapes)):
        for phrase in re.split(r"(?<=[.!?]) ", texte):
            assert len(phrase.split()) <= PHRASE_LONGUE, phrase


@pytest.mark.parametrize("slug", LIVREES)
def test_a_page_asks_one_thing(slug: str) -> None:
    """A page holds one question or one small group (UX 9)."""
    for etape in _lire(slug).etapes:
        assert len(etape.champs) <= 6, etape.nom


def test_no_account_is_forced_for_a_civil_status_copy() -> None:
    """The example of the data-protection authority."""
    assert _lire("demander-un-acte-d-etat-civil").compte == "inutile"


def test_school_enrolment_asks_for_no_other_piece_than_the_law_lists() -> None:
    """Code de l'éducation, D.131-3-1: identity of the child, of who is responsible, home by any means."""
    definition = _lire("inscrire-un-enfant-a-l-ecole")
    assert {champ.nom for champ in definition.champs() if champ.depose_des_fichiers} == {
        "piece_enfant",
        "piece_responsable",
    }
    documents = definition.champ("piece_enfant"), definition.champ("piece_responsable")
    assert all(champ and champ.si and not champ.si.vraie({"documents_disponibles": "non"}) for champ in documents)
