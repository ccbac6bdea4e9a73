"""LEXIMIN over fractional panels: an upper bound that is nearly always attained by real panels.

LEXIMIN (Flanigan, Gölz, Gupta, Hennig, Procaccia, "Fair algorithms for selecting citizens' assemblies",
Nature 596, 548-552, 2021) raises the smallest probability as far as possible, then the next smallest, and so on.
Allowing fractional seats turns each level into one small linear program. The result dominates every lottery over
real panels; when real panels reproduce it (decomposition.py) it is therefore the LEXIMIN itself, with its proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from consultation.tirage.avancement import Avancement
from consultation.tirage.modele import Groupes
from consultation.tirage.solveur import INFINI, Programme, SolveurErreur, Vecteur

DUAL_POSITIF = 1e-6
MARGES = (1e-9, 1e-8, 1e-7, 1e-6)  # seats by which a settled level may give way, should rounding block the next


@dataclass(frozen=True)
class Repartition:
    """Probability of each group's members to be drawn, and the smallest one's proven upper bound."""

    probabilites: Vecteur
    borne: float


def leximin_fractionnaire(groupes: Groupes, avancement: Avancement) -> Repartition | None:
    """Return the fractional LEXIMIN, or `None` when even fractional panels cannot meet the quotas.

    Raises SolveurErreur when levels cannot be settled within the tolerances.
    """
    if Programme.des_panels(groupes.polytope, entier=False).resoudre() is None:
        return None
    for marge in MARGES:
        repartition = _niveaux(groupes, avancement, marge)
        if repartition is not None:
            return repartition
    raise SolveurErreur("levels could not be settled within the tolerances")


def _niveaux(groupes: Groupes, avancement: Avancement, marge: float) -> Repartition | None:
    effectifs = groupes.effectifs
    programme = Programme.des_panels(groupes.polytope, entier=False)
    niveau = programme.variable(0.0, 2.0, cout=1.0)
    lignes = [
        programme.ligne(0.0, INFINI, [g, niveau], [1.0, -float(effectif)]) for g, effectif in enumerate(effectifs)
    ]
    probabilites = np.full(len(effectifs), np.nan)
    borne: float | None = None
    while np.isnan(probabilites).any():
        avancement.dire("Recherche des chances les plus égales", 0.1 * float(1 - np.isnan(probabilites).mean()))
        solution = programme.resoudre()
        if solution is None:
            return None
        z = float(solution.valeurs[niveau])
        borne = z if borne is None else borne
        poids = solution.duaux[lignes] * effectifs
        fixes = np.flatnonzero(np.isnan(probabilites) & (poids > DUAL_POSITIF))
        if len(fixes) == 0:
            return None
        for g in fixes:
            probabilites[g] = min(1.0, max(0.0, z))
            programme.borner_ligne(lignes[g], -INFINI, INFINI)
            plafond = float(groupes.polytope.plafonds[g])
            programme.borner_variable(int(g), min(plafond, max(0.0, z * float(effectifs[g]) - marge)), plafond)
    return Repartition(probabilites, min(1.0, max(0.0, borne or 0.0)))
