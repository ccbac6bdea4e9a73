"""The few statistics that verdicts and comparisons rest on."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


def paired_ratio(first: Sequence[float], second: Sequence[float], *, times: int = 2000, seed: int = 1) -> Interval:
    """Geometric mean of second/first over pairs of runs, with a percentile bootstrap interval over the pairs (95 %)."""
    logs = np.log(np.asarray(second, dtype=float) / np.asarray(first, dtype=float))
    means = np.random.default_rng(seed).choice(logs, (times, len(logs))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(np.exp(logs.mean())), float(np.exp(low)), float(np.exp(high)))
