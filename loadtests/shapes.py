"""What a run's figures become over time: a limit reached and left, something that grows, refusals that are polite.

Each function answers one question about samples or points; `verdict` compares the answer with a promise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import theilslopes

from loadtests.recording import COME_BACK, COMPOSITE, Sample
from loadtests.stats import Interval

WINDOW_SECONDS = 30.0
POINTS_NEEDED = 8
WARM_UP = 0.2
"""Share of a run in which caches fill: growth there says nothing of the hours to come."""
MOST_ALIKE = 0.97
"""Beyond, a run is a single observation, and no interval means anything."""

Point = tuple[float, float]


def useful_rate(samples: Sequence[Sample], start: float, end: float) -> tuple[float, float]:
    """Pages answered well per second between two moments, and the best 30 seconds of the whole run.

    A site that collapses under too many people answers less than it could; one that merely refuses the excess does
    not. Counted when the answer came, not when it was asked for.
    """
    moments = np.array(
        [s.due + s.response for s in samples if 200 <= s.status < 400 and s.category != "ressource"], dtype=float
    )
    if not len(moments) or end <= start:
        return 0.0, 0.0
    last = max(float(moments.max()), end)
    counts, _ = np.histogram(moments, bins=np.arange(0, last + WINDOW_SECONDS, WINDOW_SECONDS))
    within = int(((moments >= start) & (moments < end)).sum())
    return within / (end - start), float(counts.max()) / WINDOW_SECONDS


def refusals(samples: Sequence[Sample], within: float) -> tuple[int, int]:
    """Requests that the platform did not serve for want of room; those told so at once, with when to come back."""
    refused = [s for s in samples if s.status != COMPOSITE and (s.status == 0 or s.status >= 500)]
    polite = [s for s in refused if s.problem == COME_BACK and s.service <= within]
    return len(refused), len(polite)


def ratio_of_spans(
    samples: Sequence[Sample], percent: float, before: tuple[float, float], after: tuple[float, float]
) -> Interval | None:
    """A percentile of one span of the run (seconds) over the same of an earlier one, with a bootstrap interval (95 %).

    Whole half minutes are drawn again, not single requests: neighbours in time are slow together.
    """
    ends = []
    for start, end in (before, after):
        blocks: dict[int, list[float]] = {}
        for sample in samples:
            if start <= sample.due < end:
                blocks.setdefault(int((sample.due - start) // WINDOW_SECONDS), []).append(sample.response)
        if len(blocks) < POINTS_NEEDED or sum(map(len, blocks.values())) < 100:
            return None
        ends.append([np.array(block) for block in blocks.values()])
    generator = np.random.default_rng(1)

    def drawn(blocks: list[np.ndarray]) -> float:
        chosen = generator.integers(0, len(blocks), len(blocks))
        return float(np.percentile(np.concatenate([blocks[place] for place in chosen]), percent))

    ratios = [drawn(ends[1]) / max(drawn(ends[0]), 1e-9) for _ in range(400)]
    first, last = (float(np.percentile(np.concatenate(blocks), percent)) for blocks in ends)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Interval(last / max(first, 1e-9), float(low), float(high))


def slope(points: Sequence[Point]) -> Interval | None:
    """What a figure gains in an hour, once warm: the median of the slopes of all pairs, which no outlier moves.

    Its interval (95 %) is widened for what one look tells of the next: a memory that goes up and down in ten minutes,
    because connections are renewed, is not as well known from eighty looks as from eighty independent ones.
    """
    if not points:
        return None
    first, last = points[0][0], points[-1][0]
    kept = [point for point in points if point[0] >= first + WARM_UP * (last - first)]
    if len(kept) < POINTS_NEEDED:
        return None
    at, values = (np.array(column) for column in zip(*kept, strict=True))
    value, intercept, low, high = map(float, theilslopes(values, at, 0.95))
    wider = _widening(values - intercept - value * at)
    return Interval(value * 3600, (value - (value - low) * wider) * 3600, (value + (high - value) * wider) * 3600)


def _widening(residuals: np.ndarray) -> float:
    """By how much an interval grows when neighbours are alike (from 1, where they are not).

    The square root of (1 + r) / (1 - r) for neighbours correlated by r: Bayley and Hammersley, "The 'effective' number
    of independent observations in an autocorrelated time series" (1946). What a fitted line takes from r is given
    back, (2 + 4 r) / n: Shaman and Stine, "The bias of autoregressive coefficient estimators" (1988).
    """
    centred = residuals - residuals.mean()
    power = float(np.sum(centred**2))
    alike = float(np.sum(centred[1:] * centred[:-1])) / power if power else 0.0
    alike = min(alike + (2 + 4 * alike) / len(residuals), MOST_ALIKE)
    return math.sqrt((1 + alike) / (1 - alike)) if alike > 0 else 1.0


def relative(points: Sequence[Point]) -> Interval | None:
    """`slope` as a share of the median."""
    found = slope(points)
    if found is None:
        return None
    middle = max(float(np.median([value for _, value in points])), 1e-9)
    return Interval(found.value / middle, found.low / middle, found.high / middle)


@dataclass(frozen=True)
class Watched:
    """One look at the platform during a run. `at` is seconds after its moment 0; memory in bytes by component."""

    at: float
    memory: dict[str, int]
    disk_used: int
    disk_free: int


SMALL = 30 * 2**20
"""Bytes below which a component's growth is not looked at: a few pages more are a large share of nothing."""


def growing_most(watched: Sequence[Watched], limit: float) -> tuple[str, Interval] | None:
    """The component whose memory grows most an hour, and by which share; first of all, one surely beyond `limit`."""
    found = []
    for name in sorted({name for look in watched for name in look.memory}):
        points = [(look.at, float(look.memory[name])) for look in watched if name in look.memory]
        grown = relative(points) if max(value for _, value in points) >= SMALL else None
        if grown:
            found.append((name, grown))
    return max(found, key=lambda item: (item[1].low > limit, item[1].value), default=None)


def days_until_full(watched: Sequence[Watched]) -> float | None:
    """Days until the disk is full if this load went on; infinite where nothing grows."""
    grown = slope([(look.at, float(look.disk_used)) for look in watched])
    if grown is None:
        return None
    return watched[-1].disk_free / grown.value / 24 if grown.value > 0 else float("inf")
