"""A workflow is walked on paper and drawn before any resident meets it."""

from __future__ import annotations

import subprocess
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
import yaml
from django.core.management import CommandError, call_command

from guichet.demarches import dessin, essais
from guichet.demarches.definition_workflow import Acteur, Workflow, lire_workflow
from tests.guichet import fabrique

DOSSIER = fabrique.SITE / "workflows"
LIVRES = sorted(DOSSIER.glob("*.yaml"))
STANDARD = DOSSIER / "standard.yaml"


def lu(chemin: Path = STANDARD, **changements: Any) -> Workflow:
    brut = yaml.safe_load(chemin.read_text("utf-8"))
    return lire_workflow({**brut, **changements}, chemin.name)


# --- Dry run --------------------------------------------------------------------------------------


def test_each_step_says_what_is_possible_asked_sent_and_done_to_the_clock() -> None:
    deroule = essais.essayer(lu(), ["prendre_en_charge", "demander_complement", "fournir", "refuser"])
    assert deroule.reussi
    assert [pas.statut.libelle for pas in deroule.pas] == ["Reçue", "En cours", "En attente de l'usager", "En cours"]
    prise, demande, fourni, refus = deroule.pas
    assert (prise.demande, prise.envoi, prise.horloge) == ((), (), "")
    assert demande.envoi == ("un e-mail à l'usager",)
    assert demande.horloge.startswith("Le délai attend si une pièce")
    assert "les pièces ou les champs à corriger, et la date limite" in demande.demande
    assert (fourni.qui, fourni.envoi) == ("l'usager", ("un e-mail au service",))
    assert refus.demande == ("un motif parmi 4", "un texte")
    assert refus.horloge == "Le délai s'arrête : la mairie a répondu."
    assert deroule.arrivee.code == "refusee"
    seul = next(p for p in deroule.possibles if p.par is Acteur.AUTOMATIQUE)
    assert (seul.qui, seul.vers) == ("le site, après 2 mois", "Close")


@pytest.mark.parametrize(
    ("codes", "arrive", "dit"),
    [
        (["rouvrir"], "", "« Rouvrir la demande » n'est pas possible dans le statut « Reçue »"),
        (["voler"], "", "« voler » n'est pas une transition de ce circuit"),
        (["accepter"], "close", "la demande arrive à « Acceptée », pas à « Close »"),
    ],
)
def test_a_run_that_fails_says_why_and_where(codes: list[str], arrive: str, dit: str) -> None:
    deroule = essais.essayer(lu(), codes, arrive)
    assert (deroule.reussi, deroule.echec) == (False, dit)


def test_a_button_reserved_to_a_group_says_so() -> None:
    brut = yaml.safe_load(STANDARD.read_text("utf-8"))
    next(t for t in brut["transitions"] if t["code"] == "accepter")["groupes"] = ["responsables"]
    possibles = essais.essayer(lire_workflow(brut, "x"), []).possibles
    assert next(p.qui for p in possibles if p.code == "accepter") == "un agent du groupe « responsables »"


@pytest.mark.parametrize("chemin", LIVRES, ids=lambda c: c.stem)
def test_runs_kept_with_a_workflow_succeed(chemin: Path) -> None:
    defini = lu(chemin)
    assert all(essais.essayer_defini(defini, essai).reussi for essai in defini.essais)


def test_advice_tells_what_deserves_a_second_look() -> None:
    conseils = essais.conseils(lu(essais=[]))
    assert any(conseil.startswith("Aucun essai ne passe par") for conseil in conseils)
    assert "Dans « En attente de l'usager », rien ne se passe si l'usager ne répond jamais." in conseils


def lancer(*mots: str) -> str:
    sortie = StringIO()
    call_command("essayer_workflow", *mots, stdout=sortie)
    return sortie.getvalue()


def test_the_command_tells_a_run_in_french() -> None:
    dit = lancer(str(STANDARD), "prendre_en_charge", "accepter")
    assert "1. Statut « Reçue » (l'usager lit « Reçue »)" in dit
    assert "→ Accepter, par un agent du service" in dit
    assert "Arrivée : « Acceptée »" in dit
    with pytest.raises(CommandError, match="échoue"):
        lancer(str(STANDARD), "rouvrir")


def test_the_command_runs_the_kept_runs_and_refuses_in_words(tmp_path: Path) -> None:
    assert "Rien ne bloque dans ce circuit." in lancer(str(STANDARD))
    (tmp_path / "faux.yaml").write_text(STANDARD.read_text("utf-8").replace("initial: recue", "initial: lune"), "utf-8")
    with pytest.raises(CommandError, match="statut inconnu"):
        lancer(str(tmp_path / "faux.yaml"))
    with pytest.raises(CommandError, match="Impossible de lire"):
        lancer(str(tmp_path / "absent.yaml"))


# --- Drawing --------------------------------------------------------------------------------------

ESPACE = f"{{{dessin.SVG}}}"


def textes(svg: str) -> str:
    return " ".join(element.text or "" for element in ElementTree.fromstring(svg).iter(f"{ESPACE}text"))  # noqa: S314


@pytest.mark.parametrize("chemin", LIVRES, ids=lambda c: c.stem)
def test_the_drawing_shows_every_status_and_obeys_our_pages(chemin: Path) -> None:
    defini = lu(chemin)
    svg = dessin.dessiner(defini)
    assert all(statut.libelle in textes(svg) for statut in defini.statuts)
    for interdit in ("style=", "<style", "<script", "DOCTYPE", "xlink", "href", "<!--", "<a "):
        assert interdit not in svg
    racine = ElementTree.fromstring(svg)  # noqa: S314
    assert racine.get("role") == "img"
    titre, description = list(racine)[:2]
    assert racine.get("aria-labelledby") == f"{titre.get('id')} {description.get('id')}"
    assert (titre.tag, titre.text) == (f"{ESPACE}title", f"Circuit « {defini.titre} »")
    assert description.text == " ".join(dessin.en_mots(defini))


def test_the_words_hold_what_the_drawing_leaves_out() -> None:
    phrases = dessin.en_mots(lu())
    assert phrases[0] == "Une demande arrive au statut « Reçue »."
    assert len(phrases) == 10
    attente = next(p for p in phrases if p.startswith("En attente de l'usager"))
    assert "« Répondre à la mairie » (l'usager) mène à « En cours »" in attente
    assert "« Ajouter une note interne » ne change pas le statut" in attente


def test_what_the_town_writes_is_never_read_as_an_instruction() -> None:
    brut = yaml.safe_load(STANDARD.read_text("utf-8"))
    mechant = '"]; x [URL="javascript:alert(1)" label="\\N <b>&amp;</b>\\'
    brut["statuts"][0]["libelle"] = mechant
    svg = dessin.dessiner(lire_workflow(brut, "x"))
    assert mechant in textes(svg)
    assert "<a " not in svg


@pytest.mark.parametrize(
    ("panne", "dit"),
    [
        (FileNotFoundError(), "Installez le paquet « graphviz »"),
        (subprocess.TimeoutExpired("dot", 10), "plus de 10 secondes"),
        (subprocess.CalledProcessError(1, "dot"), "n'a pas pu dessiner"),
    ],
)
def test_where_it_cannot_be_drawn_the_image_says_why(panne: Exception, dit: str) -> None:
    with patch.object(dessin.subprocess, "run", side_effect=panne):
        assert dit in textes(dessin.dessiner(lu()))
