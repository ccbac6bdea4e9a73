"""Which cells of published tables to hide, so that no small group can be read or worked out from the totals.

Cells under the threshold are hidden first. A hidden cell alone in its row is the total less the others, so more cells
go with it: for each small cell, the cheapest set of movements that lets it reach the threshold while every published
sum still holds, found by linear programming (M. Fischetti, J.-J. Salazar, "Solving the cell suppression problem on
tabular data with linear constraints", Management Science, 2001, here cell by cell). What moves is hidden: the solution
is itself another table that a reader could believe in. All hidden cells bear one mark; which were small is not said.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

from consultation.tirage.solveur import INFINI, Programme

SEUIL = 5  # persons; the town's choice, not a law
BOUGE = 1e-6
COUT_ZERO, COUT_TOTAL = 12.0, 400.0  # « nobody » is worth showing; a total even more

K = TypeVar("K", bound=Hashable)
Somme = tuple[K, Sequence[K]]  # a total and the cells that make it


class TableauIncoherent(ValueError):
    """A total is not the sum of its cells."""


def cacher(
    cellules: Mapping[K, int], sommes: Sequence[Somme[K]], seuil: int = SEUIL, libres: Collection[K] = ()
) -> frozenset[K]:
    """Return the cells to hide, totals included among `cellules`; zeros stay unless they must protect others.

    `libres`: cells that say nothing of anybody (those who did not answer), shown even small unless they protect others.
    Several tables that share totals are given together, or one would give away the other. Raises `TableauIncoherent`.
    """
    for total, parties in sommes:
        if cellules[total] != sum(cellules[partie] for partie in parties):
            raise TableauIncoherent(str(total))
    petites = sorted(
        (c for c, n in cellules.items() if 0 < n < seuil and c not in libres), key=lambda c: (-cellules[c], str(c))
    )
    caches = set(petites)
    for petite in petites:
        caches |= _mouvement(cellules, sommes, petite, caches, seuil)
    return frozenset(caches)


def _mouvement(
    cellules: Mapping[K, int], sommes: Sequence[Somme[K]], petite: K, caches: Collection[K], seuil: int
) -> set[K]:
    """Cells that move in the cheapest other table, with the same visible sums, where `petite` reaches the threshold."""
    totaux = {total for total, _ in sommes}
    programme = Programme()
    monte: dict[K, int] = {}  # column of what is added to a cell; the next one is what is taken from it
    for cellule, nombre in cellules.items():
        if cellule in caches:
            cout = 0.0
        else:
            cout = (COUT_ZERO if nombre == 0 else 1.0 + nombre) * (COUT_TOTAL if cellule in totaux else 1.0)
        ici = cellule == petite
        monte[cellule] = programme.variable(float(seuil - nombre) if ici else 0.0, INFINI, -cout)
        programme.variable(0.0, 0.0 if ici else float(nombre), -cout)
    for total, parties in sommes:
        indices, valeurs = [], []
        for cellule, signe in ((total, -1.0), *((partie, 1.0) for partie in parties)):
            indices += [monte[cellule], monte[cellule] + 1]
            valeurs += [signe, -signe]
        programme.ligne(0.0, 0.0, indices, valeurs)
    solution = programme.resoudre()
    if solution is None:  # no other table at all: everything goes, nothing can be read
        return set(cellules)
    valeurs_trouvees = solution.valeurs
    return {c for c, i in monte.items() if abs(valeurs_trouvees[i] - valeurs_trouvees[i + 1]) > BOUGE}
