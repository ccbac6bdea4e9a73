"""LEXIMIN over real panels by column generation: used when fractional panels promise more than real ones can keep.

Each level is a linear program over the panels known so far; the solver is asked for a panel that would raise it,
until it proves that there is none (Flanigan et al., Nature 2021, methods). The answer of the last search gives the
dual bound that is published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from consultation.tirage.avancement import Avancement
from consultation.tirage.decomposition import ARRONDI, Lot
from consultation.tirage.modele import Groupes
from consultation.tirage.solveur import INFINI, Entiers, Programme, SolveurErreur, Vecteur

PROGRES = 1e-7
DUAL_POSITIF = 1e-6
MARGES = (1e-9, 1e-8, 1e-7, 1e-6)  # how far settled chances may give way, should rounding block the next level
NOEUDS_ARRONDI = 2000


@dataclass(frozen=True)
class Melange:
    """A lottery over `panels` with weights summing to 1; `complet` when every level is proven."""

    panels: list[Entiers]
    poids: Vecteur
    borne: float
    complet: bool
    niveau_prouve: bool


class _Maitre:
    """The linear program over known panels: maximise the smallest chance not settled yet."""

    def __init__(self, groupes: Groupes) -> None:
        self.groupes = groupes
        self.effectifs = groupes.effectifs.astype(np.float64)
        self.fixes = np.full(len(self.effectifs), np.nan)
        self.panels: list[Entiers] = []
        self.connus: set[tuple[int, ...]] = set()
        self.marge = MARGES[0]
        self.programme = Programme()
        self.niveau = self.programme.variable(0.0, 2.0, cout=1.0)
        self.programme.ligne(1.0, 1.0, [], [])
        for _ in self.effectifs:
            self.programme.ligne(0.0, INFINI, [self.niveau], [-1.0])

    def ajouter(self, panel: Entiers) -> bool:
        """Add a panel; False when it is known already."""
        cle = tuple(panel.tolist())
        if cle in self.connus:
            return False
        self.connus.add(cle)
        self.panels.append(panel)
        presents = np.flatnonzero(panel)
        coefs = np.concatenate([[1.0], panel[presents] / self.effectifs[presents]])
        self.programme.colonne(0.0, 0.0, INFINI, [0, *(presents + 1).tolist()], coefs)
        return True

    def fixer(self, groupe: int, valeur: float) -> None:
        """Settle the chances of a group at `valeur` or more."""
        self.fixes[groupe] = valeur
        self.programme.coefficient(groupe + 1, self.niveau, 0.0)
        self.programme.borner_ligne(groupe + 1, valeur - self.marge, INFINI)

    def resoudre(self) -> tuple[float, Vecteur, Vecteur]:
        """Return the level reached, the weights of the panels and the price of each group.

        Raises SolveurErreur when levels cannot be settled within the tolerances.
        """
        solution = self.programme.resoudre()
        for marge in MARGES:
            if solution is not None:
                return float(solution.valeurs[self.niveau]), solution.valeurs[1:], solution.duaux[1:]
            self.marge = max(marge, self.marge)
            for groupe in np.flatnonzero(~np.isnan(self.fixes)):
                self.programme.borner_ligne(int(groupe) + 1, float(self.fixes[groupe]) - self.marge, INFINI)
            self.programme.repartir_de_zero()
            solution = self.programme.resoudre()
        raise SolveurErreur("levels could not be settled within the tolerances")


def leximin_entier(groupes: Groupes, depart: list[Entiers], avancement: Avancement) -> Melange | None:
    """Return the LEXIMIN lottery over real panels, or `None` when no panel meets the quotas.

    When the budget of seconds is spent the best lottery so far is returned with `complet` False.
    Raises SolveurErreur when the oracle fails.
    """
    oracle = Programme.des_panels(groupes.polytope, entier=True)
    maitre = _Maitre(groupes)
    premier = oracle.resoudre()
    if premier is None:
        return None
    for panel in [premier.entiers, *depart]:
        maitre.ajouter(panel)
    borne, prouve = 1.0, False
    poids = np.zeros(0)
    while np.isnan(maitre.fixes).any():
        libres = np.isnan(maitre.fixes)
        niveau, poids, prix = maitre.resoudre()
        total = float(prix[libres].sum())
        prix = prix / total if total > 0 else prix
        par_siege = prix / maitre.effectifs
        avancement.dire(
            f"Recherche des chances les plus égales ({len(maitre.panels)} panels comparés)",
            0.1 + 0.8 * float(1 - libres.mean()),
        )
        if avancement.epuise:
            return Melange(maitre.panels, poids, borne, complet=False, niveau_prouve=prouve)
        oracle.couts(par_siege)
        trouve = oracle.resoudre()
        if trouve is None:
            raise SolveurErreur("the oracle became infeasible")
        promesse = max(trouve.borne, trouve.objectif)
        if libres.all():
            borne = min(borne, promesse)
        acquis = max(float(par_siege @ panel) for panel in maitre.panels)
        if trouve.objectif > acquis + PROGRES and maitre.ajouter(trouve.entiers):
            continue
        prouve = True
        for g in np.flatnonzero(libres & (prix > DUAL_POSITIF)):
            maitre.fixer(int(g), min(1.0, max(0.0, niveau)))
    return Melange(maitre.panels, poids, borne, complet=True, niveau_prouve=True)


def liste_approchee(groupes: Groupes, melange: Melange, nombre: int) -> tuple[list[Lot], float]:
    """Round the weights to N equal panels so that each person's count is theirs rounded down or up, or nearly.

    Whole parts of the weights are kept; the panels that remain are chosen among all that are known. Beside the list, by
    how many panels at most somebody's count is beyond that: 0 where nobody's is.
    Raises SolveurErreur when no list is found.
    """
    parts = np.maximum(melange.poids, 0.0) * nombre
    entiers = np.floor(parts + ARRONDI).astype(np.int64)
    compositions = np.array(melange.panels, dtype=np.int64)
    reste = nombre - int(entiers.sum())
    manque = 0.0
    if reste > 0:
        taux = compositions / groupes.effectifs
        deja, voulus = entiers @ taux, parts @ taux
        bas, haut = np.floor(voulus + ARRONDI) - deja, np.ceil(voulus - ARRONDI) - deja
        programme = Programme()
        choix = [programme.variable(0.0, float(reste)) for _ in melange.panels]
        ecart = programme.variable(0.0, INFINI, cout=-1.0)
        programme.entieres(choix)
        programme.ligne(reste, reste, choix, [1.0] * len(choix))
        for g in range(groupes.polytope.dimension):
            presents = np.flatnonzero(taux[:, g]).tolist()
            programme.ligne(float(bas[g]), INFINI, [*presents, ecart], [*taux[presents, g], 1.0])
            programme.ligne(-INFINI, float(haut[g]), [*presents, ecart], [*taux[presents, g], -1.0])
        programme.noeuds(NOEUDS_ARRONDI)
        solution = programme.resoudre()
        if solution is None:
            raise SolveurErreur("rounding the lottery failed")
        entiers += solution.entiers[: len(choix)]
        manque = round(-solution.objectif, 6)
    lots = [Lot(panel, int(fois)) for panel, fois in zip(melange.panels, entiers, strict=True) if fois > 0]
    return lots, manque
