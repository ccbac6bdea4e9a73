"""What the rules of a procedure say of given answers, on a given day. Pure: nothing is read nor kept here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from guichet.demarches.champs import ChampBase, ChampGroupe
from guichet.demarches.conditions import Contexte
from guichet.demarches.regles import Effet, Regle

if TYPE_CHECKING:
    from guichet.demarches.definition import Definition, Etape


@dataclass(frozen=True)
class Constat:
    """A rule that speaks of these answers."""

    regle: Regle
    etape: str
    """Name of its page."""
    regardees: Mapping[str, Any]
    """The answers that it looked at."""
    groupe: str = ""
    """The repeated group it is of, if it is of one."""
    rang: int = 0
    """Which element, from 1."""
    element: str = ""
    """« Enfant 2 »; empty outside groups."""

    @property
    def cle(self) -> str:
        """The same for the same rule on the same answers: who has read it is not asked again until one changes."""
        dites = json.dumps(self.regardees, sort_keys=True, default=str)
        return f"{self.regle.code}:{hashlib.sha256(dites.encode()).hexdigest()[:12]}"

    @property
    def champ(self) -> str:
        """The question to correct: the one that the rule names, else the first that it looks at."""
        return self.regle.champ or next(iter(self.regardees), "")

    @property
    def corrige(self) -> bool:
        """Whether an answer is to be corrected."""
        return self.regle.effet is Effet.CORRIGER

    @property
    def arrete(self) -> bool:
        """Whether the form goes no further."""
        return self.regle.effet is Effet.ARRETER


def constats(definition: Definition, donnees: Mapping[str, Any], jour: date) -> list[Constat]:
    """The rules that speak, in the order of the form. Answers to what is not asked count for nothing."""
    if next(definition.regles(), None) is None:
        return []
    utiles = definition.elaguer(donnees)
    connus = {champ.nom: champ for champ in definition.tous_les_champs()}
    return [constat for etape in definition.etapes for constat in _de_la_page(etape, utiles, Contexte(jour, connus))]


def _de_la_page(etape: Etape, utiles: Mapping[str, Any], contexte: Contexte) -> Iterator[Constat]:
    poses = etape.champs_visibles(utiles)
    if not poses:
        return
    for champ in poses:
        if isinstance(champ, ChampGroupe):
            yield from constats_du_groupe(champ, etape.nom, utiles, contexte)
    yield from _parlent(etape.regles, etape.nom, utiles, contexte, etape.champs)


def constats_du_groupe(
    groupe: ChampGroupe, etape: str, utiles: Mapping[str, Any], contexte: Contexte
) -> Iterator[Constat]:
    """What the rules of a group say of each of its elements."""
    for rang, element in enumerate(utiles.get(groupe.nom) or (), 1):
        for dit in _parlent(groupe.regles, etape, {**utiles, **element}, contexte, groupe.champs):
            yield Constat(dit.regle, etape, dit.regardees, groupe.nom, rang, f"{groupe.libelle_element} {rang}")


def _parlent(
    regles: Iterable[Regle], etape: str, donnees: Mapping[str, Any], contexte: Contexte, d_ici: Iterable[ChampBase]
) -> Iterator[Constat]:
    ici = {champ.nom for champ in d_ici}
    for regle in regles:
        if regle.si.vraie(donnees, contexte):
            noms = dict.fromkeys(nom for comparaison in regle.si.comparaisons() for nom in comparaison.noms)
            ordre = sorted(noms, key=lambda nom: nom not in ici)  # those of the page first: there they are corrected
            yield Constat(regle, etape, {nom: donnees.get(nom) for nom in ordre})
