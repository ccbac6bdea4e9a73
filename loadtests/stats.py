"""The few statistics that verdicts and comparisons rest on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Z95 = 1.959964


@dataclass(frozen=True)
class Interval:
    """An estimate and its interval (95 % unless told)."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the interval, relative to the estimate."""
        return math.inf if self.value == 0 else (self.high - self.low) / 2 / abs(self.value)


def wilson(hits: int, total: int, z: float = Z95) -> Interval:
    """Share of `hits` among `total`; right for few observations and for shares near 0."""
    if total == 0:
        return Interval(0, 0, 1)
    share = hits / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    return Interval(share, max(0.0, centre - reach), min(1.0, centre + reach))


def bootstrap(
    draw: Callable[[np.random.Generator], float], value: float, *, times: int = 2000, seed: int = 1, level: float = 0.95
) -> Interval:
    """Percentile bootstrap: `draw` recomputes the statistic on a resample."""
    generator = np.random.default_rng(seed)
    values = np.array([draw(generator) for _ in range(times)])
    tail = (1 - level) / 2 * 100
    return Interval(value, float(np.percentile(values, tail)), float(np.percentile(values, 100 - tail)))


def paired_ratio(first: Sequence[float], second: Sequence[float], seed: int = 1) -> Interval:
    """Geometric mean of second/first over pairs of runs, with a bootstrap interval over the pairs."""
    logs = np.log(np.asarray(second, dtype=float) / np.asarray(first, dtype=float))
    count = len(logs)
    return bootstrap(
        lambda generator: float(np.exp(generator.choice(logs, count).mean())), float(np.exp(logs.mean())), seed=seed
    )
