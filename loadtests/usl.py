"""Universal Scalability Law, fitted with its doubt: it prints only what the measures support.

X(N) = g N / (1 + s (N - 1) + k N (N - 1)): g is what one user gets, s what waits for its turn (contention), k what
has to be agreed upon (coherency). N is a closed population: only the closed mode may feed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from loadtests.stats import Interval

LEVELS_NEEDED = 5
REPEATS_NEEDED = 2
TRUSTED_HALF_WIDTH = 0.30
_FLOOR = 1e-12

Array = NDArray[np.float64]


class CannotFit(Exception):
    """The measures do not determine a curve; French."""


def throughput(users: Array, gain: float, contention: float, coherency: float) -> Array:
    """The law."""
    result: Array = gain * users / (1 + contention * (users - 1) + coherency * users * (users - 1))
    return result


def best_population(contention: float, coherency: float) -> float:
    """Where throughput is highest; infinite without coherency cost."""
    return float(np.sqrt((1 - contention) / coherency)) if coherency > _FLOOR else float("inf")


@dataclass(frozen=True)
class Fit:
    """What was found, each figure with its 95 % interval."""

    gain: Interval
    contention: Interval
    coherency: Interval
    peak: Interval
    """Highest throughput within the populations that were measured or a little beyond."""
    population: Interval
    """Population of the highest throughput."""

    @property
    def peak_is_supported(self) -> bool:
        """Whether the measures say enough of the highest throughput."""
        return self.peak.half_width <= TRUSTED_HALF_WIDTH

    @property
    def population_is_supported(self) -> bool:
        """Whether the measures say enough of the population it is reached at."""
        return bool(np.isfinite(self.population.high)) and self.population.half_width <= TRUSTED_HALF_WIDTH

    def sentences(self) -> list[str]:
        """What may be said, in French; what may not is named too."""
        told = [
            f"Une personne seule obtient {_range(self.gain)} réponses par seconde.",
            f"Part qui attend son tour : {_range(self.contention)} ; coût d'entente : {_range(self.coherency)}.",
        ]
        if self.peak_is_supported:
            told.append(f"Débit le plus haut : {_range(self.peak)} réponses par seconde.")
        else:
            told.append("Les mesures ne permettent pas de donner le débit le plus haut : trop dispersées.")
        if self.population_is_supported:
            told.append(f"Il est atteint avec {_range(self.population)} personnes à la fois.")
        else:
            told.append("Elles ne disent pas avec combien de personnes à la fois il est atteint.")
        return told


def _range(interval: Interval) -> str:
    # Nobody reads 8e-27: at six decimals it is nothing.
    value, low, high = (f"{round(number, 6):.4g}" for number in (interval.value, interval.low, interval.high))
    return f"{value} (de {low} à {high})".replace(".", ",")


def fit(users: Sequence[float], rates: Sequence[float], *, resamples: int = 400, seed: int = 1) -> Fit:
    """Fit the law to measured points (several for each population) with a bootstrap over repeats.

    Raises:
        CannotFit: too few levels or repeats, or nothing was served.
    """
    n, x = np.asarray(users, dtype=float), np.asarray(rates, dtype=float)
    levels, counts = np.unique(n, return_counts=True)
    if len(levels) < LEVELS_NEEDED or counts.min() < REPEATS_NEEDED:
        raise CannotFit(
            f"Il faut au moins {LEVELS_NEEDED} populations, chacune mesurée {REPEATS_NEEDED} fois"
            f" ({len(levels)} populations, {counts.min() if len(counts) else 0} mesures au moins)."
        )
    if not (x > 0).all():
        raise CannotFit("Une des mesures est nulle : rien n'a été servi.")
    base = _once(n, x)
    generator = np.random.default_rng(seed)
    places = [np.flatnonzero(n == level) for level in levels]
    drawn = []
    for _ in range(resamples):
        chosen = np.concatenate([generator.choice(place, len(place)) for place in places])
        drawn.append(_derived(_once(n[chosen], x[chosen]), levels))
    table = np.array(drawn)
    values = _derived(base, levels)
    intervals = [
        Interval(float(value), float(np.percentile(column, 2.5)), float(np.percentile(column, 97.5)))
        for value, column in zip(values, table.T, strict=True)
    ]
    return Fit(*intervals)


def _once(n: Array, x: Array) -> tuple[float, float, float]:
    start = (float(x[n == n.min()].mean() / n.min()), 0.05, 0.001)
    # Errors grow with the rate: relative residuals, so that the small populations count too.
    found, _ = curve_fit(throughput, n, x, p0=start, sigma=x, bounds=([_FLOOR, 0, 0], [np.inf, 1, 1]), maxfev=20_000)
    return float(found[0]), float(found[1]), float(found[2])


def _derived(found: tuple[float, float, float], levels: Array) -> tuple[float, ...]:
    gain, contention, coherency = found
    population = best_population(contention, coherency)
    # Never read the curve far from where something was measured.
    within = np.linspace(1, levels.max() * 2, 400)
    peak = float(throughput(within, *found).max())
    return gain, contention, coherency, peak, min(population, 1e9)
