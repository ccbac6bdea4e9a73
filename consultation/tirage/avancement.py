"""Progress of a long computation: a callback is told each step and may raise to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Etape:
    """What is being done, in French, and how much of it is done (0 to 1)."""

    libelle: str
    part: float
    secondes: float


Suivi = Callable[[Etape], None]


@dataclass
class Avancement:
    """Tells `suivi` each step and knows how many seconds are left of the budget.

    `suivi` stops the draw by raising `TirageAnnule`; the exception goes through, nothing is drawn.
    """

    suivi: Suivi | None = None
    budget_s: float = 600.0
    debut: float = field(default_factory=time.monotonic)

    def dire(self, libelle: str, part: float) -> None:
        """Report a step; raises what the callback raises."""
        if self.suivi is not None:
            self.suivi(Etape(libelle, min(1.0, max(0.0, part)), self.ecoule))

    @property
    def ecoule(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.debut

    @property
    def epuise(self) -> bool:
        """Whether the budget of seconds is spent."""
        return self.ecoule > self.budget_s
