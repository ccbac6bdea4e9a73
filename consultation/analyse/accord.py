"""Agreement between coders: Krippendorff's alpha, any number of coders, missing codes allowed.

Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011; the usual
marks (0.667 for tentative conclusions, 0.800 for firm ones) are from his "Content Analysis".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

SEUIL_PRUDENT, SEUIL_FERME = 0.667, 0.800

Distance = Callable[[Hashable, Hashable, Mapping[Hashable, float]], float]


def nominale(un: Hashable, autre: Hashable, _: Mapping[Hashable, float]) -> float:
    """Themes: the same or not."""
    return 0.0 if un == autre else 1.0


def ordinale(un: Hashable, autre: Hashable, effectifs: Mapping[Hashable, float]) -> float:
    """Ranks, such as a satisfaction from 1 to 5."""
    bas, haut = sorted((float(str(un)), float(str(autre))))
    entre = sum(n for valeur, n in effectifs.items() if bas <= float(str(valeur)) <= haut)
    return (entre - (effectifs[un] + effectifs[autre]) / 2) ** 2


def intervalle(un: Hashable, autre: Hashable, _: Mapping[Hashable, float]) -> float:
    """Quantities."""
    return (float(str(un)) - float(str(autre))) ** 2


def alpha(unites: Sequence[Mapping[str, Hashable]], distance: Distance = nominale) -> float | None:
    """Return alpha over units coded by {coder: code}; `None` when it means nothing (no pair, or one code only).

    1 is full agreement, 0 what chance would give, below 0 systematic disagreement.
    """
    comparables = [list(unite.values()) for unite in unites if len(unite) > 1]
    coincidences: Counter[tuple[Hashable, Hashable]] = Counter()
    for codes in comparables:
        comptes = Counter(codes)
        for un, autre in product(comptes, repeat=2):
            paires = comptes[un] * (comptes[autre] - (1 if un == autre else 0))
            coincidences[un, autre] += paires / (len(codes) - 1)  # type: ignore[assignment]
    effectifs: dict[Hashable, float] = {}
    for (un, _), nombre in coincidences.items():
        effectifs[un] = effectifs.get(un, 0.0) + nombre
    total = sum(effectifs.values())
    if total <= 1 or len(effectifs) < 2:
        return None
    observe = sum(n * distance(un, autre, effectifs) for (un, autre), n in coincidences.items()) / total
    attendu = sum(
        effectifs[un] * effectifs[autre] * distance(un, autre, effectifs) for un, autre in product(effectifs, repeat=2)
    ) / (total * (total - 1))
    return 1 - observe / attendu


PEU = 20  # units; under that, one disagreement moves alpha by more than a tenth
RARE = 5  # units that bear the code
TIRAGES = 1_000  # resamples of the units


@dataclass(frozen=True)
class Accord:
    """Alpha of one code of the code book, between which bounds it would fall with other opinions, and what to do.

    `unites` were coded by two people at least, `donnes` of them bear the code, in `identiques` everybody said the same.
    """

    code: str
    alpha: float | None
    conseil: str
    unites: int = 0
    donnes: int = 0
    identiques: int = 0
    bornes: tuple[float, float] | None = None


def lire_accord(unites: Sequence[Mapping[str, frozenset[str]]], livre: Sequence[str] | None = None) -> list[Accord]:
    """Agreement code by code, when a contribution may bear several: each code is then present or absent.

    `livre`: the whole code book, in its order; without it, the codes that were given.
    """
    lues = [unite for unite in unites if len(unite) > 1]
    donnes = {code for unite in unites for codes in unite.values() for code in codes}
    return [_lire(code, lues) for code in (sorted(donnes) if livre is None else livre)]


def _lire(code: str, lues: Sequence[Mapping[str, frozenset[str]]]) -> Accord:
    valeur = alpha([{qui: code in codes for qui, codes in unite.items()} for unite in lues])
    profils = [(len(unite), sum(code in codes for codes in unite.values())) for unite in lues]
    donnes = sum(1 for _, oui in profils if oui)
    identiques = sum(1 for lecteurs, oui in profils if oui in (0, lecteurs))
    bornes = _bornes(profils) if valeur is not None else None
    conseil = _conseil(valeur, len(lues), donnes)
    if len(lues) >= PEU and bornes is not None and bornes[0] < SEUIL_PRUDENT and bornes[1] >= SEUIL_FERME:
        conseil += " L'étendue est large : lisez d'autres avis à deux pour trancher."
    return Accord(code, valeur, conseil, len(lues), donnes, identiques, bornes)


def _conseil(valeur: float | None, unites: int, donnes: int) -> str:
    if not unites:
        return "Aucun avis lu par deux personnes : rien à mesurer."
    if valeur is None and not donnes:
        return "Personne n'a donné ce thème : rien à mesurer."
    if valeur is None:
        return "Trop peu de variété pour calculer : tout le monde a donné ce thème à tous ces avis."
    if valeur >= SEUIL_FERME:
        conseil = "Vous êtes d'accord."
    elif valeur >= SEUIL_PRUDENT:
        conseil = "Accord moyen : relisez ensemble les désaccords avant de conclure."
    else:
        conseil = "Accord faible : précisez la définition de ce thème, puis relisez d'autres avis."
    if unites < PEU:
        return f"{conseil} Sur {unites} avis seulement : à confirmer."
    if donnes < RARE:
        return f"{conseil} Thème rare ({donnes} avis) : un seul désaccord change tout."
    return conseil


def _bornes(profils: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    """Bounds of 95 resamples in 100 (bootstrap over units), for a code present or absent."""
    genres = Counter(profils)
    cles = np.array(list(genres), dtype=float)
    hasard = np.random.default_rng(1)  # fixed: a page read twice says the same
    tires = hasard.multinomial(len(profils), np.array(list(genres.values())) / len(profils), TIRAGES)
    lecteurs, oui = cles[:, 0], cles[:, 1]
    present, absent = tires @ oui, tires @ (lecteurs - oui)
    desaccord = tires @ (2 * oui * (lecteurs - oui) / (lecteurs - 1))
    utiles = (present > 0) & (absent > 0)
    if utiles.sum() < TIRAGES / 2:
        return None
    total = present + absent
    valeurs = 1 - (total[utiles] - 1) * desaccord[utiles] / (2 * present[utiles] * absent[utiles])
    bas, haut = np.quantile(valeurs, [0.025, 0.975])
    return float(bas), float(haut)
