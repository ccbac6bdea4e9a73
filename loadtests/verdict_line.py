"""One line of a verdict: what was looked at, what became of it, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What became of a promise or of a condition of validity."""

    KEPT = "tenue"
    MISSED = "manquée"
    UNSURE = "incertaine"
    NOT_MEASURED = "non mesurée"
    INVALID = "invalide"


@dataclass(frozen=True)
class Check:
    """One line of the verdict. `sentence` is French and stands alone."""

    name: str
    state: State
    sentence: str
    value: float | None = None
    limit: float | None = None
    english: str = ""
