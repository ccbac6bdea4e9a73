"""Write wished chances as a list of N real panels, each counting the same.

Same idea as Birkhoff's decomposition of doubly stochastic matrices, in whole numbers: as long as `reste` panels
remain to be listed for the seats `sieges` still to be given, take a panel whose every coordinate and every quota
is the average rounded down or up, as many times as that stays true of what remains. Each step makes one more
coordinate whole, so that a hundred different panels or so describe ten thousand. Rounding to N equal chances is
the "transparent lottery" of Flanigan, Kehne and Procaccia, "Fair sortition made transparent", NeurIPS 2021.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from consultation.tirage.avancement import Avancement
from consultation.tirage.modele import Groupes
from consultation.tirage.solveur import Entiers, Programme, Vecteur

ARRONDI = 1e-6
ECART_TOLERE = 0.1  # any panel between the two roundings will do: a good one only makes fewer steps
HASARD = 0.02
ESSAIS = 3
PART_DEBUT, PART_FIN = 0.1, 0.9


@dataclass(frozen=True)
class Lot:
    """The same composition (seats per group) for `nombre` of the N panels."""

    composition: Entiers
    nombre: int


def sieges_entiers(groupes: Groupes, sieges: Vecteur, nombre: int) -> Entiers | None:
    """Round the seats of N panels to whole seats that N panels can still meet; `None` when they cannot."""
    polytope = groupes.polytope
    bas = np.floor(sieges + ARRONDI)
    programme = Programme.des_panels(polytope, entier=True)
    plafonds = nombre * np.array(polytope.plafonds)
    programme.bornes(np.maximum(bas, 0), np.minimum(np.ceil(sieges - ARRONDI), plafonds))
    programme.bornes_lignes(
        nombre * np.array([ligne.minimum for ligne in polytope.lignes]),
        nombre * np.array([ligne.maximum for ligne in polytope.lignes]),
    )
    programme.couts((sieges - bas) / groupes.effectifs)
    solution = programme.resoudre()
    return None if solution is None else solution.entiers


def repetitions(panel: Entiers, sieges: Entiers, reste: int) -> int:
    """How many times `panel` may be taken while each average stays between the same two whole numbers."""
    bas, haut = sieges // reste, -(-sieges // reste)
    au_dessus, au_dessous = panel > bas, panel < haut
    limites = [reste]
    limites += ((sieges - reste * bas)[au_dessus] // (panel - bas)[au_dessus]).tolist()
    limites += ((reste * haut - sieges)[au_dessous] // (haut - panel)[au_dessous]).tolist()
    return min(limites)


def decomposer(
    groupes: Groupes, sieges: Entiers, nombre: int, essai: int, avancement: Avancement
) -> tuple[list[Lot], Entiers, int]:
    """List panels that give exactly `sieges`; return them, the seats left and the panels left (0 when exact)."""
    matrice = groupes.polytope.matrice()
    programme = Programme.des_panels(groupes.polytope, entier=True)
    programme.ecart_accepte(ECART_TOLERE)
    hasard = np.random.default_rng(essai)  # of no consequence for chances: it only orders the search
    lots: list[Lot] = []
    reste, sieges = nombre, sieges.copy()
    while reste > 0:
        part = 1 - np.log1p(reste) / np.log1p(nombre)
        avancement.dire("Composition des panels", PART_DEBUT + (PART_FIN - PART_DEBUT) * float(part))
        sommes = matrice @ sieges
        bas = sieges // reste
        programme.bornes(bas, -(-sieges // reste))
        programme.bornes_lignes(sommes // reste, -(-sommes // reste))
        programme.couts(sieges / reste - bas - 0.5 + HASARD * hasard.random(len(sieges)))
        programme.repartir_de_zero()
        solution = programme.resoudre()
        if solution is None:
            break
        panel = solution.entiers
        fois = min(repetitions(panel, sieges, reste), repetitions(matrice @ panel, sommes, reste))
        if fois < 1 or not groupes.polytope.contient(panel):
            break
        lots.append(Lot(panel, fois))
        sieges = sieges - fois * panel
        reste -= fois
    return lots, sieges, reste


def liste_exacte(
    groupes: Groupes, probabilites: Vecteur, nombre: int, avancement: Avancement
) -> tuple[list[Lot] | None, list[Entiers]]:
    """Return N panels that give `probabilites` to within 1/N each, or `None`, and the panels met on the way."""
    sieges = sieges_entiers(groupes, probabilites * groupes.effectifs * nombre, nombre)
    rencontres: dict[tuple[int, ...], Entiers] = {}
    if sieges is None:
        return None, []
    for essai in range(ESSAIS):
        lots, _, reste = decomposer(groupes, sieges, nombre, essai, avancement)
        if reste == 0:
            return lots, []
        rencontres |= {tuple(lot.composition.tolist()): lot.composition for lot in lots}
    return None, list(rencontres.values())
