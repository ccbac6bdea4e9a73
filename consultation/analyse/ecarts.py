"""Who was heard against who lives there: a sentence when the gap is more than luck, silence when too few said it.

Those who answer chose to, so this is no survey: the interval (E. B. Wilson, "Probable inference, the law of succession,
and statistical inference", 1927) says only that so few answers could not tell more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

ASSEZ = 30  # people who said their profile; fewer compare with nothing
Z = 1.96  # 95 in 100


class Ecart(StrEnum):
    """What a share says beside the population's; the value is the French sentence."""

    TROP_PEU_DIT = "Trop peu de réponses pour comparer."
    PERSONNE = "Personne n'a été entendu : allez vers ces habitants."
    PEU = "Peu entendus : allez vers ces habitants."
    BEAUCOUP = "Plus entendus que leur part."
    COMPARABLE = "Proche de leur part."


@dataclass(frozen=True)
class Intervalle:
    """Shares, from 0 to 1."""

    bas: float
    haut: float


def wilson(nombre: int, sur: int) -> Intervalle:
    """Interval of a share counted on `sur` people."""
    if not sur:
        return Intervalle(0.0, 1.0)
    part, z2 = nombre / sur, Z * Z
    centre = (part + z2 / (2 * sur)) / (1 + z2 / sur)
    demi = Z * math.sqrt(part * (1 - part) / sur + z2 / (4 * sur * sur)) / (1 + z2 / sur)
    return Intervalle(max(0.0, centre - demi), min(1.0, centre + demi))


def comparer(nombre: int, sur: int, population: float) -> Ecart:
    """Compare `nombre` people out of the `sur` who answered with the population's share (0 to 1)."""
    if sur < ASSEZ:
        return Ecart.TROP_PEU_DIT
    entre = wilson(nombre, sur)
    if nombre == 0 and population > 0 and entre.haut < population:
        return Ecart.PERSONNE
    if entre.haut < population:
        return Ecart.PEU
    if entre.bas > population:
        return Ecart.BEAUCOUP
    return Ecart.COMPARABLE
