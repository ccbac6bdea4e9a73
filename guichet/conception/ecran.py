"""Sentences about a definition in the words of the screen: those of a file name keys, codes and YAML.

The rules are one for files and for the workshop, and quote what they speak of between « ». Here each quoted word
becomes what the editor reads, and says at which field the sentence is to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

from guichet.conception.libelles import LIBELLES, OPERATEURS, TOURNURES
from guichet.conception.renvois import Chemin, Cles, liste_de
from guichet.demarches.modele import Modele

_CITE = re.compile(r"(?P<avant>[\w'’]+ )?«[\s\u00a0\u202f]*(?P<mot>[^«»]+?)[\s\u00a0\u202f]*»")
_CLE_ET_VALEUR = re.compile(r"(?P<cle>[a-z_]+) ?: (?P<valeur>\[?[\w, -]+\]?)")
# What a sentence for files adds after words, for who writes codes.
_CODE_ENTRE_PARENTHESES = re.compile(r" \((?:nature |par: )?[a-z_]+(?: ou [a-z_]+)*\)")
_POSSIBLES = re.compile(r"possible : (?P<liste>[a-z_, ]+)$")
_DES_ELEMENTS = re.compile(
    r"(transition|action|statut|champ|question|étape|page|modèle|code|nom|terminée|envoie|depuis|avec|compare|parle) $",
    re.IGNORECASE,
)
_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_DES_VALEURS = re.compile(r"(nature|effet|ou|que|possible) $")


@dataclass(frozen=True)
class Element:
    """Something of the definition that a sentence may name: its words, and where it is in the form."""

    mots: str
    chemin: Chemin


class Ecran:
    """One definition as its editor sees it."""

    def __init__(self, modele: type[Modele], brut: Cles) -> None:
        self._modele = modele
        self._titres: dict[str, str] = {}
        self._valeurs: dict[str, str] = dict(OPERATEURS)
        for classe in _classes(modele):
            for nom, info in classe.model_fields.items():
                self._titres.setdefault(nom, info.title or nom)
                self._valeurs |= {
                    valeur: dit for valeur, dit in valeurs_de(info.annotation) if valeur not in self._valeurs
                }
        self._elements = dict(elements_de(brut))
        self._par_mots = {element.mots: element for element in self._elements.values()}

    def dire(self, phrase: str) -> str:
        """The sentence without keys nor codes."""
        dite = _POSSIBLES.sub(self._possibles, _CODE_ENTRE_PARENTHESES.sub("", phrase))
        dite = _CITE.sub(self._remplacer, dite)
        for motif, mots in TOURNURES:
            dite = motif.sub(mots, dite)
        return dite[:1].upper() + dite[1:]

    def lieu(self, phrase: str) -> Chemin:
        """The field that the sentence is about; () for the whole."""
        mots = [(trouve["avant"] or "", trouve["mot"]) for trouve in _CITE.finditer(phrase)]
        for elements in (self._elements, self._par_mots):
            for avant, mot in mots:
                if mot in elements and not _DES_VALEURS.search(avant):
                    return self._precise(elements[mot].chemin, mots)
        for _, mot in mots:
            chemin = tuple(mot.split("."))
            if chemin[0] in self._modele.model_fields:
                return chemin
        return ()

    def _precise(self, chemin: Chemin, mots: list[tuple[str, str]]) -> Chemin:
        """The key of the element, where the sentence names it."""
        classe = next((c for c in _classes(self._modele) if c.__name__ == _CLASSES.get(str(chemin[0]))), None)
        cles = [mot.split(":")[0].strip() for _, mot in mots] + [avant.strip().rpartition("'")[2] for avant, _ in mots]
        return next(((*chemin, cle) for cle in cles if classe and cle in classe.model_fields), chemin)

    def _possibles(self, trouve: re.Match[str]) -> str:
        return "possible : " + ", ".join(f"« {self.valeur(mot)} »" for mot in trouve["liste"].split(", "))

    def _remplacer(self, trouve: re.Match[str]) -> str:
        avant, mot = trouve["avant"] or "", trouve["mot"]
        return f"{avant}« {self._mot(avant, mot)} »"

    def _mot(self, avant: str, mot: str) -> str:
        if couple := _CLE_ET_VALEUR.fullmatch(mot):
            valeurs = [self.valeur(v) for v in couple["valeur"].strip("[]").replace(",", " ").split()]
            return f"{self._titres.get(couple['cle'], couple['cle'])} : {', '.join(valeurs)}"
        element = self._elements.get(mot)
        if element and (_DES_ELEMENTS.search(avant) or mot not in {**self._titres, **self._valeurs}):
            return element.mots
        if _DES_VALEURS.search(avant) and mot in self._valeurs:
            return self.valeur(mot)
        if all(partie in self._titres for partie in mot.split(".")):
            return ", ".join(self._titres[partie] for partie in mot.split("."))
        return element.mots if element else self.valeur(mot)

    def valeur(self, mot: str) -> str:
        """What is read in place of a value."""
        dit = (
            self._valeurs.get(mot) or self._titres.get(mot) or (mot.replace("_", " ") if _CODE.fullmatch(mot) else mot)
        )
        return dit[:1].upper() + dit[1:]


_CLASSES = {"transitions": "TransitionDefinie", "statuts": "StatutDefini", "essais": "EssaiDefini"}


def valeurs_de(annotation: Any) -> Iterator[tuple[str, str]]:
    """Each value among a few that a key may take, and how it is read."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield from (
            (str(valeur), getattr(valeur, "libelle", None) or LIBELLES.get(str(valeur), str(valeur)))
            for valeur in annotation
        )
    elif get_origin(annotation) is Literal:
        yield from ((str(valeur), LIBELLES.get(str(valeur), str(valeur))) for valeur in get_args(annotation) if valeur)
    else:
        for argument in get_args(annotation):
            yield from valeurs_de(argument)


def elements_de(brut: Cles) -> Iterator[tuple[str, Element]]:
    """What a sentence may name by its code, with its words."""
    for liste, cle in (("statuts", "libelle"), ("transitions", "libelle"), ("modeles", "titre")):
        for rang, element in enumerate(liste_de(brut, liste)):
            if isinstance(element.get("code"), str):
                yield element["code"], Element(element.get(cle) or element["code"], (liste, rang))
    for rang, essai in enumerate(liste_de(brut, "essais")):
        if isinstance(essai.get("nom"), str):
            yield essai["nom"], Element(essai["nom"], ("essais", rang))
    for rang, etape in enumerate(liste_de(brut, "etapes")):
        yield str(etape.get("nom") or ""), Element(etape.get("titre") or "", ("etapes", rang))
        yield from _champs(etape, ("etapes", rang))


def _champs(porteur: Cles, chemin: Chemin) -> Iterator[tuple[str, Element]]:
    for rang, champ in enumerate(liste_de(porteur, "champs")):
        sien = (*chemin, "champs", rang, champ.get("type") or "")
        if isinstance(champ.get("nom"), str):
            yield champ["nom"], Element(champ.get("libelle") or champ["nom"], sien)
        yield from _champs(champ, sien)


def _classes(modele: type[Modele]) -> list[type[Modele]]:
    """The class and those that it holds, itself first."""
    vues: list[type[Modele]] = [modele]
    for classe in vues:
        for info in classe.model_fields.values():
            vues += [autre for autre in _citees(info.annotation) if autre not in vues]
    return vues


def _citees(annotation: Any) -> list[type[Modele]]:
    if isinstance(annotation, type) and issubclass(annotation, Modele):
        return [annotation]
    trouvees: list[type[Modele]] = []
    for argument in get_args(annotation):
        trouvees += [c for c in _citees(argument) if c not in trouvees]
    return trouvees
