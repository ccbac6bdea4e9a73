"""Geometry of the chart of priorities: whole numbers in a small drawing, words and colours stay in the template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from consultation.ecoute.suites.models import Proposition

LARGEUR = 320
GAUCHE, BAS, HAUT, DROITE = 40, 212, 12, 306
PLUS = 16  # highest effect times reach
RAYON = 11


@dataclass(frozen=True)
class Point:
    """One proposal: its rank in the table, where its disc is."""

    rang: int
    proposition: Proposition
    x: int
    y: int


@dataclass(frozen=True)
class Graphe:
    """Discs, and the lines of the two axes with their numbers."""

    points: list[Point]
    colonnes: list[tuple[int, int]]  # position, effort
    lignes: list[tuple[int, int]]  # position, effect times reach


def _x(effort: int) -> int:
    pas = (DROITE - GAUCHE) // 4
    return GAUCHE + pas * effort - pas // 2


def _y(effet: int) -> int:
    return BAS - (BAS - HAUT - RAYON) * effet // PLUS


def priorites(propositions: Sequence[Proposition]) -> Graphe:
    """Effort across, effect times reach up; proposals with the same marks stand side by side."""
    ensemble = Counter((p.effort, p.impact * p.portee) for p in propositions)
    deja: Counter[tuple[int, int]] = Counter()
    points = []
    for rang, p in enumerate(propositions, start=1):
        place = (p.effort, p.impact * p.portee)
        pas = min(2 * RAYON, 60 // ensemble[place])
        x = _x(p.effort) + pas * deja[place] - pas * (ensemble[place] - 1) // 2
        deja[place] += 1
        points.append(Point(rang, p, x, _y(p.impact * p.portee)))
    return Graphe(points, [(_x(e), e) for e in range(1, 5)], [(_y(n), n) for n in (1, 4, 8, 12, 16)])


def phrase(propositions: Sequence[Proposition]) -> str:
    """What the chart says."""
    if not propositions:
        return ""
    premiere = propositions[0]
    retenues = sum(p.decision == Proposition.Decision.RETENUE for p in propositions)
    attente = sum(p.decision == Proposition.Decision.A_DECIDER for p in propositions)
    return (
        f"La proposition qui apporte le plus pour l'effort demandé est « {premiere.titre} ». "
        f"{retenues} sur {len(propositions)} {'est retenue' if retenues < 2 else 'sont retenues'}, "
        f"{attente} {'reste' if attente < 2 else 'restent'} à décider."
    )
