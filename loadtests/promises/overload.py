"""More people than there is room for: the site goes on serving, and tells the others when to come back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from loadtests.model_page import number
from loadtests.promises.promise import Evidence, Promise, at_least
from loadtests.shapes import refusals, useful_rate
from loadtests.stats import wilson
from loadtests.verdict_line import Check, State


class UsefulRate(Promise):
    """Least share of the best rate of pages that is still served between `depuis` and `jusque`."""

    type: Literal["debit_utile"] = "debit_utile"
    part: float = Field(gt=0, le=1)
    depuis: float = Field(default=0, ge=0, lt=1)
    jusque: float = Field(default=1, gt=0, le=1)

    def judge(self, seen: Evidence) -> Check:
        """A site that refuses the excess keeps its rate; one that collapses does not."""
        start, end = self.depuis * seen.duration, self.jusque * seen.duration
        served, best = useful_rate(seen.recording.samples, start, end)
        if not best:
            return self.not_measured(self.part)
        told = f"{number(served)} pages par seconde au plus fort, {number(best)} dans les 30 meilleures secondes"
        return self.told(at_least(served / best, self.part), told, served / best, self.part)


class PoliteRefusals(Promise):
    """Least share of the requests not served that are told so within `ms`, with when to come back."""

    type: Literal["refus_polis"] = "refus_polis"
    part: float = Field(gt=0, le=1)
    ms: float = Field(gt=0)

    def judge(self, seen: Evidence) -> Check:
        """Kept where nobody was refused; unsure where too few were to tell."""
        refused, polite = refusals(seen.recording.samples, self.ms / 1000)
        if not refused:
            return self.told(State.KEPT, "personne n'a été refusé", 1, self.part)
        state = at_least(polite / refused, self.part)
        if state is State.MISSED and wilson(polite, refused).high >= self.part:
            state = State.UNSURE
        return self.told(state, f"{polite} refus sur {refused} ainsi faits", polite / refused, self.part)
