"""A source that sends without end is stopped, and it alone."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from loadtests.model_page import number
from loadtests.promises.promise import Evidence, Promise
from loadtests.verdict_line import Check, State

STOP_WITHIN_SECONDS = 10.0
INNOCENTS_NEEDED = 1000
"""Visits without a refusal before it may be said that ordinary people are not refused."""


class AbuserStopped(Promise):
    """Least share of an abusive source's requests that are refused (429) once it was stopped."""

    type: Literal["abus"] = "abus"
    part: float = Field(gt=0, le=1)

    def judge(self, seen: Evidence) -> Check:
        """Stopped within ten seconds, and refused from then on."""
        abuse = seen.server.abuse
        if abuse is None or not sum(abuse.statuses.values()):
            return self.not_measured(self.part)
        if abuse.stopped_after is None:
            return self.told(State.MISSED, "elle n'a jamais été arrêtée", 0, self.part)
        share = abuse.refused_after_stop / max(abuse.after_stop, 1)
        kept = share >= self.part and abuse.stopped_after <= STOP_WITHIN_SECONDS
        told = f"arrêtée au bout de {number(abuse.stopped_after)} s, {number(share * 100)} % refusées ensuite"
        return self.told(State.KEPT if kept else State.MISSED, told, share, self.part)


class InnocentsServed(Promise):
    """Most requests of our own, legitimate, persons that may be refused (429)."""

    type: Literal["innocents"] = "innocents"
    au_plus: int = Field(ge=0)

    def judge(self, seen: Evidence) -> Check:
        """Unsure below a thousand visits: few visits meet no limit."""
        refused = sum(sample.status == 429 for sample in seen.recording.samples)
        done = len(seen.recording.outcomes)
        enough = State.KEPT if done >= INNOCENTS_NEEDED else State.UNSURE
        state = enough if refused <= self.au_plus else State.MISSED
        return self.told(state, f"{refused} requêtes refusées, en {done} visites", refused, self.au_plus)
