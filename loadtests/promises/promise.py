"""What every promise has: a name, a sentence, and a `judge` that says what became of it."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field, model_validator

from loadtests.observed.server_side import ServerSide
from loadtests.recording import COMPOSITE, Recording, Sample
from loadtests.stats import Interval
from loadtests.strict import Strict
from loadtests.verdict_line import Check, State


@dataclass(frozen=True)
class Evidence:
    """All that is known of a run when its promises are judged."""

    recording: Recording
    duration: float
    """Seconds that the profile lasts."""
    server: ServerSide


class Promise(Strict):
    """One line of `slo.yaml`.

    A subclass is one kind: its `type` is a `Literal` with the word that `slo.yaml` says, its other fields are its
    limits, its `judge` compares them with what was seen. Keys are French, as in the files that operators read.
    """

    nom: str
    phrase: str
    """What is promised, in French, as a clause: it follows « Tenue : »."""
    en: str
    """The same in English, for reports."""

    @model_validator(mode="before")
    @classmethod
    def _of_one_thing(cls, content: Any) -> Any:
        """Refuse, in words, what belongs to another kind."""
        foreign = sorted(content.keys() - cls.model_fields.keys()) if isinstance(content, dict) else []
        if foreign:
            raise ValueError(
                f"{content.get('nom', '?')} : une promesse porte sur une seule chose, et « {content.get('type')} »"
                f" ne connaît pas {', '.join(foreign)} (mais {', '.join(cls.model_fields)})"
            )
        return content

    @abstractmethod
    def judge(self, seen: Evidence) -> Check:
        """What became of the promise. What could not be looked at is `not_measured`, never kept."""

    def settle_seconds(self) -> float | None:
        """Seconds that the platform is given after the run before it is asked; None where it does not matter."""
        return None

    def told(self, state: State, seen: str, value: float | None, limit: float) -> Check:
        """The line of the verdict; `seen` holds the figures, in French."""
        sentence = f"{state.value.capitalize()} : {self.phrase} ({seen})."
        return Check(self.nom, state, sentence, value, limit, self.en)

    def not_measured(self, limit: float) -> Check:
        """The line where nothing was seen that would tell."""
        return Check(self.nom, State.NOT_MEASURED, f"Non mesuré : {self.phrase}.", None, limit, self.en)


class PercentilePromise(Promise):
    """A kind that looks at a percentile of one group of requests (not a kind by itself)."""

    groupe: str = Field(min_length=1)
    """« categorie:page », or another category of requests; « tout » for all of them."""
    centile: float = Field(gt=0, le=100)

    def samples(self, recording: Recording, since: float = 0) -> list[Sample]:
        """The group's requests due `since` seconds after the start, or later."""
        kind, _, name = self.groupe.partition(":")
        if kind == "categorie":
            return [s for s in recording.samples if s.category == name and s.due >= since]
        return [s for s in recording.samples if s.status != COMPOSITE and s.due >= since]


def at_most(value: float, limit: float) -> State:
    """Kept up to the limit, missed beyond: for what was counted, where chance has no part."""
    return State.KEPT if value <= limit else State.MISSED


def at_least(value: float, limit: float) -> State:
    """Kept from the limit, missed below."""
    return State.KEPT if value >= limit else State.MISSED


def within(found: Interval, limit: float) -> State:
    """Only what is certain to be beyond the limit is missed: what few measures say may be chance."""
    if found.value <= limit:
        return State.KEPT
    return State.UNSURE if found.low <= limit else State.MISSED


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The value that `percent` per cent of `ordered` (not empty) do not exceed."""
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]
