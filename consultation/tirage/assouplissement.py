"""When no panel meets the quotas: why, and the fewest seats by which quotas must move."""

from __future__ import annotations

from collections import defaultdict

from consultation.tirage.erreurs import Assouplissement, QuotasImpossibles
from consultation.tirage.modele import Groupes, Quota, Vivier
from consultation.tirage.solveur import INFINI, Programme


def raisons(vivier: Vivier, taille: int) -> list[str]:
    """Reasons that can be seen without a solver, in French."""
    trouvees = []
    if len(vivier.personnes) < taille:
        trouvees.append(f"Il y a {len(vivier.personnes)} volontaires pour {taille} places.")
    par_critere: dict[str, list[Quota]] = defaultdict(list)
    for quota in vivier.quotas:
        par_critere[quota.critere].append(quota)
        effectif = vivier.effectif(quota)
        if effectif < quota.minimum:
            gens = "personne" if quota.minimum == 1 else "personnes"
            demande = f"« {quota.critere} : {quota.valeur} » demande au moins {quota.minimum} {gens}"
            trouvees.append(f"{demande} ; {_combien(effectif)}.")
    for critere, quotas in par_critere.items():
        minimums, maximums = sum(q.minimum for q in quotas), sum(q.maximum for q in quotas)
        if minimums > taille:
            trouvees.append(f"Les minimums de « {critere} » font {minimums} au total, pour {taille} places.")
        if maximums < taille:
            trouvees.append(f"Les maximums de « {critere} » font {maximums} au total, pour {taille} places.")
    if not trouvees:
        trouvees.append("Chaque quota est possible seul, mais pas tous ensemble avec ces volontaires.")
    return trouvees


def _combien(effectif: int) -> str:
    if effectif == 0:
        return "aucune n'est volontaire"
    return "1 seule est volontaire" if effectif == 1 else f"{effectif} seulement sont volontaires"


def plus_petit_assouplissement(vivier: Vivier, groupes: Groupes, taille: int) -> list[Assouplissement]:
    """Return the moves of bounds that cost the fewest seats: within the flex bounds if possible, else beyond."""
    for dans_les_marges in (True, False):
        moves = _assouplir(vivier, groupes, taille, dans_les_marges)
        if moves is not None:
            return moves
    return []


def _assouplir(vivier: Vivier, groupes: Groupes, taille: int, dans_les_marges: bool) -> list[Assouplissement] | None:
    programme = Programme.des_panels(groupes.polytope, entier=True)
    variables = []
    for rang, quota in enumerate(vivier.quotas, start=1):  # row 0 is the size
        ligne = groupes.polytope.lignes[rang]
        plancher = quota.minimum_souple if dans_les_marges else 0
        plafond = quota.maximum_souple if dans_les_marges else max(taille, quota.maximum)
        baisse = programme.variable(0.0, quota.minimum - plancher, cout=-1.0)
        hausse = programme.variable(0.0, plafond - quota.maximum, cout=-1.0)
        un = [1.0] * len(ligne.indices)
        programme.borner_ligne(rang, -INFINI, INFINI)
        programme.ligne(quota.minimum, INFINI, [*ligne.indices, baisse], [*un, 1.0])
        programme.ligne(-INFINI, quota.maximum, [*ligne.indices, hausse], [*un, -1.0])
        programme.entieres([baisse, hausse])
        variables.append((quota, baisse, hausse))
    solution = programme.resoudre()
    if solution is None:
        return None
    moves = []
    for quota, baisse, hausse in variables:
        bas, haut = quota.minimum - int(solution.entiers[baisse]), quota.maximum + int(solution.entiers[hausse])
        if bas < quota.minimum:
            tient = bas >= quota.minimum_souple
            moves.append(Assouplissement(quota.critere, quota.valeur, "minimum", quota.minimum, bas, tient))
        if haut > quota.maximum:
            tient = haut <= quota.maximum_souple
            moves.append(Assouplissement(quota.critere, quota.valeur, "maximum", quota.maximum, haut, tient))
    return moves


def refuser(vivier: Vivier, groupes: Groupes, taille: int) -> QuotasImpossibles:
    """Build the refusal to raise when quotas are infeasible."""
    moves = plus_petit_assouplissement(vivier, groupes, taille) if vivier.personnes else []
    return QuotasImpossibles(raisons(vivier, taille), moves)
