"""How long people wait: a percentile of a group of requests, and whether it gets worse during the run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from loadtests.model_page import number
from loadtests.promises.promise import Evidence, PercentilePromise, percentile, within
from loadtests.recording import RESPONSE
from loadtests.shapes import WARM_UP, ratio_of_spans
from loadtests.stats import wilson
from loadtests.verdict_line import Check

QUARTER_OF_AN_HOUR = 900.0


class Wait(PercentilePromise):
    """A percentile of response times, from the moment people meant to send."""

    type: Literal["attente"] = "attente"
    ms: float = Field(gt=0)
    depuis: float = Field(default=0, ge=0, lt=1)
    """Only what was due after this share of the run."""

    def judge(self, seen: Evidence) -> Check:
        """Missed only where too many were slow for it to be bad luck."""
        chosen = self.samples(seen.recording, self.depuis * seen.duration)
        if not chosen:
            return self.not_measured(self.ms)
        if self.depuis:
            value = percentile(sorted(sample.response for sample in chosen), self.centile)
        else:
            value = seen.recording.percentile(RESPONSE, self.groupe, self.centile) or 0.0
        slow = sum(sample.response > self.ms / 1000 for sample in chosen)
        state = within(wilson(slow, len(chosen)), 1 - self.centile / 100)
        told = f"{number(self.centile, 0)}e centile : {number(value * 1000)} ms sur {len(chosen)} mesures"
        return self.told(state, told, value * 1000, self.ms)


class Drift(PercentilePromise):
    """A percentile over an earlier one: from `depuis` to `jusque` over before, else the last quarter of an hour
    over the first."""

    type: Literal["derive"] = "derive"
    fois: float = Field(gt=0)
    """Most that the ratio may be."""
    depuis: float = Field(default=0, ge=0, lt=1)
    jusque: float = Field(default=1, gt=0, le=1)

    def judge(self, seen: Evidence) -> Check:
        """Missed where the ratio's whole interval is over the limit."""
        duration = seen.duration
        window = min(QUARTER_OF_AN_HOUR, duration / 2)
        before, after = (0.0, window), (duration - window, duration)
        if self.depuis:
            # What disturbs begins at `depuis`: compared with the time before, once people are at every page.
            before = (WARM_UP * duration, self.depuis * duration)
            after = (self.depuis * duration, self.jusque * duration)
        found = ratio_of_spans(self.samples(seen.recording), self.centile, before, after)
        if found is None:
            return self.not_measured(self.fois)
        told = f"rapport de {number(found.value, 2)}, entre {number(found.low, 2)} et {number(found.high, 2)}"
        return self.told(within(found, self.fois), told, found.value, self.fois)
