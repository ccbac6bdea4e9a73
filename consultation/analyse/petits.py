"""Which cells of published tables to hide, so that no small group can be read or worked out from the totals.

Cells under the threshold are hidden first. A hidden cell alone in its row is the total less the others, so more cells
go with it: for each small cell, the cheapest set of movements that lets it reach the threshold while every published
sum still holds, found by linear programming (M. Fischetti, J.-J. Salazar, "Solving the cell suppression problem on
tabular data with linear constraints", Management Science, 2001, here cell by cell). What moves is hidden: the solution
is itself another table that a reader could believe in. All hidden cells bear one mark; which were small is not said.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import highspy

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
    programme: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    programme.setOptionValue("output_flag", False)
    programme.setOptionValue("threads", 1)
    monte: dict[K, int] = {}  # column of what is added to a cell; the next one is what is taken from it
    for cellule, nombre in cellules.items():
        if cellule in caches:
            cout = 0.0
        else:
            cout = (COUT_ZERO if nombre == 0 else 1.0 + nombre) * (COUT_TOTAL if cellule in totaux else 1.0)
        monte[cellule] = programme.getNumCol()
        programme.addVar(float(seuil - nombre) if cellule == petite else 0.0, highspy.kHighsInf)
        programme.addVar(0.0, float(nombre) if cellule != petite else 0.0)
        programme.changeColCost(monte[cellule], cout)
        programme.changeColCost(monte[cellule] + 1, cout)
    for total, parties in sommes:
        indices, valeurs = [], []
        for cellule, signe in ((total, -1.0), *((partie, 1.0) for partie in parties)):
            indices += [monte[cellule], monte[cellule] + 1]
            valeurs += [signe, -signe]
        programme.addRow(0.0, 0.0, len(indices), indices, valeurs)
    programme.run()
    if programme.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        # No other table at all: everything goes, nothing can be read.
        return set(cellules)
    solution = programme.getSolution().col_value
    return {c for c, colonne in monte.items() if abs(solution[colonne] - solution[colonne + 1]) > BOUGE}
