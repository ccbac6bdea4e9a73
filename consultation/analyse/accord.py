"""Agreement between coders: Krippendorff's alpha, any number of coders, missing codes allowed.

Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011; the usual
marks (0.667 for tentative conclusions, 0.800 for firm ones) are from his "Content Analysis".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

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


@dataclass(frozen=True)
class Accord:
    """Alpha of one code of the code book and what to do about it, in French."""

    code: str
    alpha: float | None
    conseil: str


def lire_accord(unites: Sequence[Mapping[str, frozenset[str]]]) -> list[Accord]:
    """Agreement code by code, when a contribution may bear several: each code is then present or absent."""
    livre = sorted({code for unite in unites for codes in unite.values() for code in codes})
    accords = []
    for code in livre:
        valeur = alpha([{qui: code in codes for qui, codes in unite.items()} for unite in unites])
        if valeur is None:
            conseil = "Trop peu de contributions codées à deux pour se prononcer."
        elif valeur >= SEUIL_FERME:
            conseil = "Les codeurs sont d'accord."
        elif valeur >= SEUIL_PRUDENT:
            conseil = "Accord moyen : relisez ensemble les désaccords avant de conclure."
        else:
            conseil = "Accord faible : précisez la définition de ce thème, puis recodez."
        accords.append(Accord(code, valeur, conseil))
    return accords
