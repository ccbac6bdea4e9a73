"""N numbered panels, equally likely: drawing one number in public draws the panel.

The rule has no seed. Within a group people take turns in their public order, so that each of them is in as many
panels as the others, give or take one; anybody can list the panels again and count.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from consultation.tirage.decomposition import Lot
from consultation.tirage.erreurs import DemandeImpossible
from consultation.tirage.solveur import Entiers


@dataclass(frozen=True)
class Loterie:
    """The numbered list in short: `membres` per group in their public order, and the compositions in order."""

    membres: tuple[tuple[str, ...], ...]
    lots: tuple[Lot, ...]

    @cached_property
    def nombre(self) -> int:
        """How many equally likely panels there are (numbers 0 to N - 1)."""
        return sum(lot.nombre for lot in self.lots)

    @cached_property
    def _debuts(self) -> list[int]:
        return list(accumulate((lot.nombre for lot in self.lots), initial=0))

    @cached_property
    def _sieges_avant(self) -> list[Entiers]:
        avant = [np.zeros(len(self.membres), dtype=np.int64)]
        for lot in self.lots:
            avant.append(avant[-1] + lot.nombre * lot.composition)
        return avant

    @cached_property
    def presences(self) -> dict[str, int]:
        """Number of panels each person is in; divided by N, the published probability, exactly."""
        presences: dict[str, int] = {}
        for groupe, sieges in zip(self.membres, self._sieges_avant[-1].tolist(), strict=True):
            commun, plus = divmod(sieges, len(groupe))
            for place, identifiant in enumerate(groupe):
                presences[identifiant] = commun + (1 if place < plus else 0)
        return presences

    def panel(self, numero: int) -> tuple[str, ...]:
        """People of panel `numero`, in an order that depends on the number alone.

        Raises DemandeImpossible for a number that is not from 0 to `nombre` - 1.
        """
        if not 0 <= numero < self.nombre:
            raise DemandeImpossible(
                f"Le numéro tiré doit être compris entre 0 et {self.nombre - 1} ; {numero} n'y est pas : retirez."
            )
        lot = bisect_right(self._debuts, numero) - 1
        composition = self.lots[lot].composition
        tour = self._sieges_avant[lot] + (numero - self._debuts[lot]) * composition
        choisis = [
            self.membres[g][(int(tour[g]) + place) % len(self.membres[g])]
            for g in np.flatnonzero(composition).tolist()
            for place in range(int(composition[g]))
        ]
        return tuple(sorted(choisis, key=lambda qui: hashlib.sha256(f"{numero}\n{qui}".encode()).digest()))

    def lister(self) -> Iterator[tuple[str, ...]]:
        """All panels in the order of their numbers."""
        return (self.panel(numero) for numero in range(self.nombre))

    def reserve(self, numero: int, taille: int) -> tuple[str, ...]:
        """Up to `taille` substitutes in the order to call them: those met in the panels after the one drawn."""
        retenus = set(self.panel(numero))
        reserve: list[str] = []
        for pas in range(1, self.nombre):
            if len(reserve) >= taille:
                break
            for identifiant in self.panel((numero + pas) % self.nombre):
                if identifiant not in retenus and len(reserve) < taille:
                    retenus.add(identifiant)
                    reserve.append(identifiant)
        return tuple(reserve)


def regle(nombre: int) -> str:
    """How to draw the number in public, in French."""
    chiffres = len(str(nombre - 1))
    recommencer = "" if 10**chiffres == nombre else f" Si le nombre lu dépasse {nombre - 1}, tout recommencer."
    geste = "une boule parmi dix, numérotées de 0 à 9 (ou lancer un dé à dix faces)"
    if chiffres > 1:
        geste = (
            f"{chiffres} fois de suite une boule parmi dix, numérotées de 0 à 9, en la remettant chaque fois "
            f"(ou lancer {chiffres} dés à dix faces de couleurs différentes, rangées à l'avance), et lire les "
            "chiffres dans l'ordre"
        )
    return (
        f"Les {nombre} panels sont numérotés de {0:0{chiffres}d} à {nombre - 1:0{chiffres}d} ; "
        "chacun a la même chance. Publier d'abord la liste, ou son empreinte. "
        f"En public, tirer {geste}.{recommencer} Le panel qui porte ce numéro est tiré."
    )
