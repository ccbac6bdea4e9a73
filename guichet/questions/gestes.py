"""What the buttons of a form other than « Continuer » do: a file removed; an element added, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guichet.demarches.champs import ChampGroupe
from guichet.demarches.definition import Etape
from guichet.questions.etape import FormulaireQuestions
from guichet.questions.parcours import Parcours
from guichet.questions.sortes.groupe import empreinte_de


class Geste(StrEnum):
    """The name of a button; its value says of what: a file's key, « groupe:rang », « groupe:rang:empreinte »."""

    RETIRER = "retirer"
    AJOUTER = "ajouter"
    MODIFIER = "modifier"
    OTER = "oter"
    REMETTRE = "remettre"


@dataclass(frozen=True)
class Suite:
    """Where a gesture leads: the page as it is now, unless an element is to be opened."""

    groupe: ChampGroupe | None = None
    """The group that it was about, if it is asked now."""
    ouvrir: int | None = None
    """Rank of the element to open, from 1."""
    perimee: bool = False
    """The page was older than the draft: what it showed there is not there any more, and nothing was removed."""


PERIMEE = "Cette page n'était plus à jour. Rien n'a été retiré : voici la liste d'aujourd'hui."


def geste_de(donnees: Mapping[str, str]) -> Geste | None:
    """The button that was pressed, if it is one of these."""
    return next((geste for geste in Geste if geste in donnees), None)


def faire(parcours: Parcours, geste: Geste, valeur: str, etape: Etape | None = None) -> Suite:
    """Do what a button asks; pressed on what is no longer there, nothing is done.

    ``etape``: the page it was on, where only its groups count.
    """
    if geste is Geste.RETIRER:
        piece = next((piece for piece in parcours.pieces if str(piece.pk) == valeur), None)
        if piece is not None:
            parcours.retirer_fichier(piece)
        return Suite()
    if geste is Geste.REMETTRE:
        parcours.remettre()
        return Suite()
    return _element(parcours, geste, valeur, etape)


def _element(parcours: Parcours, geste: Geste, valeur: str, etape: Etape | None) -> Suite:
    """Open an element, or take one off."""
    nom, _, suite = valeur.partition(":")
    brut, _, empreinte = suite.partition(":")
    groupe = parcours.groupe(nom, etape)
    if groupe is None:
        return Suite()
    elements = parcours.elements(groupe)
    if geste is Geste.AJOUTER:
        return Suite(groupe, len(elements) + 1)
    rang = int(brut) if brut.isdecimal() else 0
    if geste is Geste.MODIFIER:
        return Suite(groupe, rang)
    present = 1 <= rang <= len(elements)
    if not present or (empreinte and empreinte != empreinte_de(elements[rang - 1])):
        return Suite(groupe, perimee=True)  # another tab has removed one: the rank is now another child's
    parcours.retirer_element(groupe, rang)
    return Suite(groupe)


def peut_ouvrir(parcours: Parcours, groupe: ChampGroupe, rang: int) -> bool:
    """Whether there is an element of this rank, or room for one more there."""
    return 1 <= rang <= min(len(parcours.elements(groupe)) + 1, groupe.maximum)


def garder_element(parcours: Parcours, groupe: ChampGroupe, rang: int, formulaire: FormulaireQuestions) -> bool:
    """Keep an element, new or changed, if all of it is good and asked. False: the page is to be shown again."""
    if not formulaire.is_valid() or formulaire.nouvelles:
        return False
    if fautes := parcours.a_corriger_dans(groupe, formulaire.valeurs()):
        formulaire.signaler(fautes)
        return False
    elements = parcours.elements(groupe)
    elements[rang - 1 : rang] = [formulaire.valeurs()]
    parcours.noter({groupe.nom: elements})
    return True
