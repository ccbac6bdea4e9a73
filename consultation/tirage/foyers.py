"""Homes: one address however it is written, two that may be one, and a tower that is not one home.

What is equal once written out is one address. What only looks alike (a flat said by one and not by the other, a name
shortened) is shown to a person, who says. Many volunteers at one address are rather a block of flats than a family.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

BEAUCOUP = 4
"""Volunteers of one address from which it is asked whether it is one home."""
RESSEMBLANCE = 0.85  # of the letters of two street names
_MOTS = {
    "av": "avenue", "ave": "avenue", "aven": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard",
    "boul": "boulevard", "r": "rue", "pl": "place", "imp": "impasse", "all": "allee", "ch": "chemin", "che": "chemin",
    "chem": "chemin", "rte": "route", "sq": "square", "fg": "faubourg", "fbg": "faubourg", "q": "quai",
    "res": "residence", "lot": "lotissement", "ham": "hameau", "bat": "batiment", "apt": "appartement",
    "appt": "appartement", "app": "appartement", "esc": "escalier", "et": "etage", "etg": "etage", "pte": "porte",
    "st": "saint", "ste": "sainte", "gal": "general", "gen": "general", "mal": "marechal", "dr": "docteur",
    "pr": "professeur", "cdt": "commandant", "cne": "capitaine", "col": "colonel", "lt": "lieutenant",
    "pdt": "president", "b": "bis", "t": "ter",
}  # fmt: skip
_VIDES = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "au", "aux", "cedex", "france", "no", "numero"})
_EMPREINTE = re.compile(r"[0-9a-f]{32}")  # what Écoute gives instead of an address: it looks like no other
_DETAILS = frozenset({"batiment", "appartement", "etage", "escalier", "porte", "tour", "entree"})
_VOIES = frozenset(
    [
        "avenue",
        "boulevard",
        "rue",
        "place",
        "impasse",
        "allee",
        "chemin",
        "route",
        "square",
        "faubourg",
        "quai",
        "residence",
        "lotissement",
        "hameau",
    ]
)


def normaliser_adresse(parties: Sequence[str]) -> str:
    """The address written out: case, accents, punctuation, short forms and the postcode before a town are ignored."""
    if len(parties) == 1 and _EMPREINTE.fullmatch(parties[0]):
        return parties[0]
    plat = " ".join(parties).casefold().replace("œ", "oe").replace("n°", " ")
    plat = unicodedata.normalize("NFKD", plat).encode("ascii", "ignore").decode()
    lus = re.findall(r"\d+|[a-z]+", plat)
    mots: list[str] = []
    for rang, mot in enumerate(lus):
        if re.fullmatch(r"\d{5}", mot) and rang and any(m.isalpha() for m in lus[rang + 1 :]):
            continue
        # « B » is « bis » after the number of the house only: a building may be B, a flat T.
        apres_un_numero = bool(mots) and mots[-1].isdigit() and not set(mots) & _DETAILS
        if mot in {"b", "t"} and not apres_un_numero:
            mots.append(mot)
        elif mot == "et" and not (mots and (mots[-1].isdigit() or mots[-1] in {"er", "e", "eme"})):
            mots.append("et")
        elif mot not in _VIDES:
            mots.append(_MOTS.get(mot, mot))
    return " ".join(mots)


def se_ressemblent(une: str, autre: str) -> bool:
    """Whether two addresses written out may be one home: same numbers, and a street that could be the same."""
    if une == autre:
        return True
    (base, details), (sa_base, ses_details) = _couper(une), _couper(autre)
    if details and ses_details and details != ses_details:
        return False
    if _numeros(base) != _numeros(sa_base):
        return False
    mots, siens = ([m for m in b if m.isalpha() and m not in _VOIES] for b in (base, sa_base))
    if not mots or not siens:
        return base == sa_base
    if set(mots) <= set(siens) or set(siens) <= set(mots):
        return True
    lettres = SequenceMatcher(None, " ".join(mots), " ".join(siens), autojunk=False)
    return lettres.quick_ratio() >= RESSEMBLANCE and lettres.ratio() >= RESSEMBLANCE


def _couper(adresse: str) -> tuple[list[str], list[str]]:
    """Street and house on one side, flat, floor and building on the other."""
    base: list[str] = []
    details: list[str] = []
    mots = adresse.split()
    rang = 0
    while rang < len(mots):
        if mots[rang] in _DETAILS and rang + 1 < len(mots) and rang:
            details += mots[rang : rang + 2]
            rang += 2
        else:
            base.append(mots[rang])
            rang += 1
    return base, sorted(details)


def _numeros(base: Sequence[str]) -> tuple[str, ...]:
    return tuple(m for m in base if m.isdigit() or m in {"bis", "ter", "quater"})


def a_regarder(adresses: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Groups of people (keys of `adresses`, addresses written out) whose home a person has to look at.

    Two spellings that may be one home, or `BEAUCOUP` people at one address.
    """
    par_adresse: dict[str, list[str]] = defaultdict(list)
    for qui, adresse in adresses.items():
        if adresse:
            par_adresse[adresse].append(qui)
    seaux: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for adresse in par_adresse:
        seaux[(adresse,) if _EMPREINTE.fullmatch(adresse) else _numeros(_couper(adresse)[0])].append(adresse)
    groupes = []
    for seau in seaux.values():
        restantes = list(seau)
        while restantes:
            groupe, suite = [restantes[0]], restantes[1:]
            for candidate in list(suite):
                if any(se_ressemblent(candidate, deja) for deja in groupe):
                    groupe.append(candidate)
                    suite.remove(candidate)
            restantes = suite
            gens = [qui for adresse in groupe for qui in par_adresse[adresse]]
            if len(groupe) > 1 or len(gens) >= BEAUCOUP:
                groupes.append(tuple(gens))
    return groupes
