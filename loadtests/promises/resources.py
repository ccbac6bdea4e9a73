"""What the platform uses up: processors now; memory, connections and disk over the hours."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from loadtests.model_page import number
from loadtests.promises.promise import Evidence, Promise, at_least, at_most, within
from loadtests.shapes import days_until_full, growing_most, relative
from loadtests.stats import Interval
from loadtests.verdict_line import Check, State


class Processor(Promise):
    """Most of the machine's processors that may be in use, as a share."""

    type: Literal["processeur"] = "processeur"
    part: float = Field(gt=0, le=1)

    def judge(self, seen: Evidence) -> Check:
        """The mean of the run."""
        busy = seen.server.machine
        if busy is None:
            return self.not_measured(self.part)
        told = f"{number(busy * 100)} %, générateur et autres travaux de la machine compris"
        return self.told(at_most(busy, self.part), told, busy, self.part)


class _Growth(Promise):
    """Most that something may grow in an hour, as a share of its median."""

    par_heure: float = Field(gt=0)

    def compared(self, grown: Interval | None, whose: str = "") -> Check:
        """What grew, against the limit; its interval is told where it decides."""
        if grown is None:
            return self.not_measured(self.par_heure)
        state = within(grown, self.par_heure)
        told = f"{whose}{number(grown.value * 100)} % par heure"
        if state is State.UNSURE:
            told += f", entre {number(grown.low * 100)} et {number(grown.high * 100)}"
        return self.told(state, told, grown.value, self.par_heure)


class MemoryGrowth(_Growth):
    """Growth of the component whose memory grows most."""

    type: Literal["memoire"] = "memoire"

    def judge(self, seen: Evidence) -> Check:
        """Named, so that one knows where to look."""
        most = growing_most(seen.server.watched, self.par_heure)
        return self.compared(most[1], f"{most[0]} : ") if most else self.not_measured(self.par_heure)


class CurveGrowth(_Growth):
    """Growth of one of the platform's own curves."""

    type: Literal["courbe"] = "courbe"
    courbe: str = Field(min_length=1)
    """A name of `observed.series.QUERIES`."""

    def judge(self, seen: Evidence) -> Check:
        """The slope once warm."""
        return self.compared(relative(seen.server.curves.get(self.courbe, ())))


class DiskLeft(Promise):
    """Least days until the disk is full at this load."""

    type: Literal["disque"] = "disque"
    jours: float = Field(gt=0)

    def judge(self, seen: Evidence) -> Check:
        """A disk that does not fill lasts for ever."""
        days = days_until_full(seen.server.watched)
        if days is None:
            return self.not_measured(self.jours)
        state = at_least(days, self.jours)
        if math.isinf(days):
            return self.told(state, "il ne grossit pas", None, self.jours)
        return self.told(state, f"{number(days)} jours", days, self.jours)
