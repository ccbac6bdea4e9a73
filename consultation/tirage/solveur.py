"""The only door to HiGHS (MIT licence): linear and integer programs over the panels that quotas allow.

One thread and a fixed seed: the same files give the same list of panels with the same solver version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from consultation.tirage.erreurs import TirageErreur

Vecteur = npt.NDArray[np.float64]
Entiers = npt.NDArray[np.int64]
INFINI = float(highspy.kHighsInf)
TOLERANCE = 1e-9


def solveur_utilise() -> str:
    """Name and version of the solver: the same version gives the same list."""
    return f"HiGHS {highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"


class SolveurErreur(TirageErreur):
    """The solver ended in a state that is neither "optimal" nor "infeasible"; `detail` is for engineers."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "Le calcul s'est arrêté sans conclure : personne n'a été tiré. Signalez-le à l'équipe technique avec "
            f"les deux fichiers et ce texte : {detail}"
        )


@dataclass(frozen=True)
class Ligne:
    """`minimum` ≤ sum of the groups `indices` ≤ `maximum`, in persons."""

    indices: tuple[int, ...]
    minimum: int
    maximum: int


@dataclass(frozen=True)
class Polytope:
    """Panels as whole seats per group: `plafonds` bounds each, `lignes` bound sums (the first: the size)."""

    plafonds: tuple[int, ...]
    lignes: tuple[Ligne, ...]

    @property
    def dimension(self) -> int:
        """Number of groups."""
        return len(self.plafonds)

    def matrice(self) -> Entiers:
        """0/1 matrix of the rows."""
        matrice = np.zeros((len(self.lignes), self.dimension), dtype=np.int64)
        for i, ligne in enumerate(self.lignes):
            matrice[i, list(ligne.indices)] = 1
        return matrice

    def contient(self, panel: Entiers) -> bool:
        """Whether `panel` is an allowed panel; used to check every panel that leaves this package."""
        sommes = self.matrice() @ panel
        return bool(
            (panel >= 0).all()
            and (panel <= np.array(self.plafonds)).all()
            and all(ligne.minimum <= s <= ligne.maximum for ligne, s in zip(self.lignes, sommes, strict=True))
        )


@dataclass(frozen=True)
class Solution:
    """Result of one program; `borne` is the proven bound on the objective, `duaux` are absolute row duals."""

    valeurs: Vecteur
    objectif: float
    borne: float
    duaux: Vecteur

    @property
    def entiers(self) -> Entiers:
        """Values rounded to integers."""
        return np.rint(self.valeurs).astype(np.int64)


class _HighsMuet(highspy.Highs):
    """HiGHS 1.16 prints its banner on standard output while it registers callbacks: be silent before."""

    def enableCallbacks(self) -> None:
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class Programme:
    """A HiGHS model that maximises; `entier` makes every variable added by then an integer."""

    def __init__(self) -> None:
        self.h = _HighsMuet()  # type: ignore[no-untyped-call]
        self._entier = False
        for option, valeur in (
            ("threads", 1),
            ("random_seed", 1),
            ("primal_feasibility_tolerance", TOLERANCE),
            ("dual_feasibility_tolerance", TOLERANCE),
            ("mip_feasibility_tolerance", TOLERANCE),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 1e-9),
        ):
            self.h.setOptionValue(option, valeur)
        self.h.changeObjectiveSense(highspy.ObjSense.kMaximize)

    @classmethod
    def des_panels(cls, polytope: Polytope, entier: bool) -> Programme:
        """Model whose variables are the seats per group; row i is `polytope.lignes[i]`."""
        programme = cls()
        for plafond in polytope.plafonds:
            programme.variable(0.0, float(plafond))
        for ligne in polytope.lignes:
            programme.ligne(ligne.minimum, ligne.maximum, ligne.indices, [1.0] * len(ligne.indices))
        if entier:
            programme.entieres(range(polytope.dimension))
        return programme

    def variable(self, minimum: float, maximum: float, cout: float = 0.0) -> int:
        """Add a variable and return its index."""
        indice = int(self.h.getNumCol())
        self.h.addVar(minimum, maximum)
        if cout:
            self.h.changeColCost(indice, cout)
        return indice

    def colonne(self, cout: float, minimum: float, maximum: float, lignes: Sequence[int], coefs: Vecteur) -> int:
        """Add a variable with its coefficients in existing rows and return its index."""
        indice = int(self.h.getNumCol())
        self.h.addCol(cout, minimum, maximum, len(lignes), np.array(lignes, dtype=np.int32), coefs)
        return indice

    def ligne(self, minimum: float, maximum: float, indices: Sequence[int], coefs: Sequence[float]) -> int:
        """Add a row and return its index."""
        indice = int(self.h.getNumRow())
        self.h.addRow(
            minimum, maximum, len(indices), np.array(indices, dtype=np.int32), np.array(coefs, dtype=np.float64)
        )
        return indice

    def entieres(self, indices: Sequence[int]) -> None:
        """Make variables integer."""
        self._entier = True
        for indice in indices:
            self.h.changeColIntegrality(indice, highspy.HighsVarType.kInteger)

    def couts(self, couts: Vecteur) -> None:
        """Replace the objective of the first variables."""
        self.h.changeColsCost(len(couts), np.arange(len(couts), dtype=np.int32), couts.astype(np.float64))

    def bornes(self, minimums: npt.NDArray[np.generic], maximums: npt.NDArray[np.generic]) -> None:
        """Replace the bounds of the first variables."""
        n = len(minimums)
        self.h.changeColsBounds(
            n, np.arange(n, dtype=np.int32), minimums.astype(np.float64), maximums.astype(np.float64)
        )

    def bornes_lignes(self, minimums: npt.NDArray[np.generic], maximums: npt.NDArray[np.generic]) -> None:
        """Replace the bounds of the first rows."""
        for indice, (minimum, maximum) in enumerate(zip(minimums.tolist(), maximums.tolist(), strict=True)):
            self.h.changeRowBounds(indice, float(minimum), float(maximum))

    def borner_variable(self, indice: int, minimum: float, maximum: float) -> None:
        """Replace the bounds of one variable."""
        self.h.changeColBounds(indice, minimum, maximum)

    def borner_ligne(self, indice: int, minimum: float, maximum: float) -> None:
        """Replace the bounds of one row."""
        self.h.changeRowBounds(indice, minimum, maximum)

    def coefficient(self, ligne: int, indice: int, valeur: float) -> None:
        """Replace one coefficient."""
        self.h.changeCoeff(ligne, indice, valeur)

    def ecart_accepte(self, relatif: float) -> None:
        """Let an integer program stop within `relatif` of the optimum."""
        self.h.setOptionValue("mip_rel_gap", relatif)

    def noeuds(self, nombre: int) -> None:
        """Bound the search by a number of nodes (not of seconds, so that results stay reproducible)."""
        self.h.setOptionValue("mip_max_nodes", nombre)

    def repartir_de_zero(self) -> None:
        """Forget the previous solution, so that the answer depends on the model only."""
        self.h.clearSolver()

    def resoudre(self) -> Solution | None:
        """Maximise; `None` when infeasible. Raises SolveurErreur on any other end."""
        self.h.run()
        statut = self.h.getModelStatus()
        etats = highspy.HighsModelStatus
        if statut in (etats.kInfeasible, etats.kUnboundedOrInfeasible):
            return None
        info = self.h.getInfo()
        arrete = statut in (etats.kSolutionLimit, etats.kIterationLimit, etats.kTimeLimit)
        if statut != etats.kOptimal and not (arrete and self._entier and info.primal_solution_status == 2):
            raise SolveurErreur(f"HiGHS ended with {self.h.modelStatusToString(statut)}")
        solution = self.h.getSolution()
        objectif = float(info.objective_function_value)
        return Solution(
            np.array(solution.col_value, dtype=np.float64),
            objectif,
            float(info.mip_dual_bound) if self._entier else objectif,
            np.abs(np.array(solution.row_dual, dtype=np.float64)) if not self._entier else np.zeros(0),
        )
