"""The highest rate that keeps the promises, by bisection, and what limits it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from loadtests.finished import Finished
from loadtests.verdict import INVALID, KEPT

CAPACITY_FILE = "capacite.json"
BUSY_MACHINE = 0.9
WAITING = 1.0


@dataclass(frozen=True)
class Trial:
    """One rate that was tried."""

    rate: float
    exit_code: int
    limiting: str = ""


@dataclass
class Capacity:
    """What the search knows: the highest rate kept, the lowest missed."""

    trials: list[Trial] = field(default_factory=list)
    kept: float | None = None
    missed: float | None = None
    invalid: bool = False

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Capacity:
        """A search as `CAPACITY_FILE` keeps it."""
        trials = [Trial(**trial) for trial in content["trials"]]
        return cls(trials, content["kept"], content["missed"], content["invalid"])

    @property
    def precise(self) -> float:
        """Relative distance between the two."""
        if not self.kept or not self.missed:
            return math.inf
        return (self.missed - self.kept) / self.missed

    @property
    def limiting(self) -> str:
        """What limited the lowest rate that missed."""
        missed = [t for t in self.trials if t.exit_code not in (KEPT, INVALID)]
        return min(missed, key=lambda t: t.rate).limiting if missed else ""

    @property
    def sentence(self) -> str:
        """One French sentence."""
        if self.invalid:
            return "Capacité inconnue : un essai n'a pas été utilisable (voir son verdict)."
        if self.kept is None:
            return f"Les promesses ne tiennent déjà plus à {self.missed:.2f} arrivées par seconde.".replace(".", ",", 1)
        held = f"{self.kept:.2f}".replace(".", ",")
        if self.missed is None:
            return f"Les promesses tiennent encore à {held} arrivées par seconde, le plus haut débit essayé."
        gap = f"{self.missed:.2f}".replace(".", ",")
        why = f" Ce qui limite : {self.limiting}." if self.limiting else ""
        return f"Capacité : {held} arrivées par seconde ; à {gap}, une promesse au moins est manquée.{why}"

    @property
    def english(self) -> str:
        """The same in English, without the reason."""
        if self.invalid:
            return "Capacity unknown: a run proved nothing (see its verdict)."
        if self.kept is None:
            return f"The promises are already missed at {self.missed:.2f} arrivals a second."
        if self.missed is None:
            return f"The promises are still kept at {self.kept:.2f} arrivals a second, the highest rate tried."
        return f"Capacity: {self.kept:.2f} arrivals a second; at {self.missed:.2f} a promise at least is missed."


def folder(rate: float) -> str:
    """Name of a plateau's folder, in the search's own."""
    return f"palier-{rate:.2f}"


def search(low: float, high: float, precision: float, most: int, attempt: Callable[[float], Trial]) -> Capacity:
    """Bisect between two rates (geometric middle: rates matter by their ratio). An invalid trial ends the search."""
    found = Capacity()

    def tried(rate: float) -> bool:
        trial = attempt(rate)
        found.trials.append(trial)
        if trial.exit_code == INVALID:
            found.invalid = True
        elif trial.exit_code == KEPT:
            found.kept = max(found.kept or 0, rate)
        else:
            found.missed = min(found.missed or math.inf, rate)
        return trial.exit_code == KEPT

    if not tried(low) or tried(high):
        return found
    while not found.invalid and len(found.trials) < most and found.precise > precision:
        tried(math.sqrt((found.kept or low) * (found.missed or high)))
    return found


def limiting(run: Finished) -> str:
    """The component that most likely limits, from what the platform said of itself; French, with the reason."""
    curves = {curve.name: curve.highest or 0.0 for curve in run.curves}
    if curves.get("file_du_frontal", 0) >= WAITING:
        return f"les serveurs derrière le frontal, {curves['file_du_frontal']:.0f} requêtes ont attendu leur tour"
    spent: dict[str, float] = {}
    for item in run.components:
        spent[item.name] = spent.get(item.name, 0) + item.cpu
    if run.machine is not None and run.machine >= BUSY_MACHINE and spent:
        name, cpu = max(spent.items(), key=lambda pair: pair[1])
        share = cpu / max(sum(spent.values()), 1e-9)
        return f"les processeurs, dont {name} prend {share * 100:.0f} % de ce que la plateforme consomme"
    slow = max(
        (group for group in run.recording.groups("service", "etape:")),
        key=lambda group: run.recording.percentile("service", group, 95) or 0,
        default="",
    )
    return f"aucun composant n'est plein ; l'étape la plus lente est « {slow.removeprefix('etape:')} »" if slow else ""
