"""Arrivals drawn before the run and written to a file: the same seed gives the same minute, line for line.

An arrival is one person who comes to the site whatever the site's state: nothing in the run can delay or cancel
it. Rates are piecewise linear; arrivals are a Poisson process of that rate, drawn by thinning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

VERSION = 1
_SEED_RANGE = 2**31


class ScheduleError(Exception):
    """The file is not a schedule, or not the one that was announced; French."""


@dataclass(frozen=True)
class Segment:
    """From `start` to `end` (seconds), the rate goes in a straight line from `first` to `last` (arrivals/s)."""

    start: float
    end: float
    first: float
    last: float

    def __post_init__(self) -> None:
        if not (0 <= self.start < self.end and self.first >= 0 and self.last >= 0):
            raise ValueError(f"segment impossible : {self}")

    @property
    def expected(self) -> float:
        """Mean number of arrivals."""
        return (self.end - self.start) * (self.first + self.last) / 2

    def rate(self, at: float) -> float:
        """Arrivals per second at a moment of the segment."""
        return self.first + (self.last - self.first) * (at - self.start) / (self.end - self.start)


@dataclass(frozen=True)
class Arrival:
    """One person: when (seconds after the start), what for, and the seed of everything they do."""

    at: float
    journey: str
    seed: int
    network: str = "fixe"


@dataclass(frozen=True)
class Schedule:
    """All arrivals of a run, in order."""

    seed: int
    duration: float
    arrivals: tuple[Arrival, ...]

    def share(self, index: int, count: int) -> tuple[Arrival, ...]:
        """The arrivals of one process out of `count`. A Poisson stream split so stays one."""
        return self.arrivals[index::count]

    def digest(self) -> str:
        """SHA-256 of the file's content: two runs of one digest met the same persons at the same moments."""
        return hashlib.sha256("".join(self._lines()).encode()).hexdigest()

    def write(self, path: Path) -> None:
        """One JSON line an arrival, after a header."""
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(self._lines())

    def _lines(self) -> Iterator[str]:
        header = {"version": VERSION, "seed": self.seed, "duration": float(self.duration), "count": len(self.arrivals)}
        yield json.dumps(header) + "\n"
        for arrival in self.arrivals:
            yield json.dumps(asdict(arrival)) + "\n"


def draw(
    segments: Sequence[Segment], mix: Mapping[str, float], seed: int, *, mobile_share: float = 0, cap: int = 500_000
) -> Schedule:
    """Draw the arrivals of a run. `mix` gives each journey's weight; weights need not add up to one."""
    if not segments or not mix or min(mix.values()) < 0 or sum(mix.values()) <= 0:
        raise ValueError("il faut au moins un segment et un parcours de poids positif")
    if sum(segment.expected for segment in segments) > cap:
        raise ValueError(f"plus de {cap} arrivées attendues")
    generator = np.random.default_rng(seed)
    moments = [moment for segment in segments for moment in _moments(segment, generator)]
    moments.sort()
    names = sorted(mix)
    weights = np.array([mix[name] for name in names], dtype=float)
    chosen = generator.choice(len(names), size=len(moments), p=weights / weights.sum())
    seeds = generator.integers(0, _SEED_RANGE, size=len(moments))
    mobile = generator.random(len(moments)) < mobile_share
    return Schedule(
        seed,
        float(max(segment.end for segment in segments)),
        tuple(
            Arrival(round(moment, 6), names[choice], int(own), "mobile" if on_phone else "fixe")
            for moment, choice, own, on_phone in zip(moments, chosen, seeds, mobile, strict=True)
        ),
    )


def _moments(segment: Segment, generator: np.random.Generator) -> list[float]:
    """Thinning: draw at the highest rate of the segment, keep each moment with probability rate/highest."""
    highest = max(segment.first, segment.last)
    if highest == 0:
        return []
    count = int(generator.poisson(highest * (segment.end - segment.start)))
    drawn = np.sort(generator.uniform(segment.start, segment.end, size=count))
    kept = generator.random(count) * highest < [segment.rate(at) for at in drawn]
    return [float(at) for at in drawn[kept]]


def read(path: Path, expected_digest: str | None = None) -> Schedule:
    """Read a schedule back.

    Raises:
        ScheduleError: the file is not one, is cut short, or is not the announced one.
    """
    try:
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        head = json.loads(header)
        arrivals = tuple(Arrival(**json.loads(line)) for line in lines)
        schedule = Schedule(int(head["seed"]), float(head["duration"]), arrivals)
        complete = head["version"] == VERSION and head["count"] == len(arrivals)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScheduleError(f"{path} n'est pas un horaire d'arrivées lisible ({error}).") from None
    if not complete:
        raise ScheduleError(f"{path} est incomplet ou d'une autre version.")
    if expected_digest and schedule.digest() != expected_digest:
        raise ScheduleError(f"{path} n'est pas l'horaire annoncé : chaque machine doit avoir le même fichier.")
    return schedule
