"""The gate, the scalability law and the search for capacity, against known truths."""

from __future__ import annotations

import random

import numpy as np
import pytest

from loadtests.capacity import Trial, search
from loadtests.compare import PRIMARY, Conclusion, Figures, compare, interleave
from loadtests.stats import paired_ratio
from loadtests.usl import CannotFit, best_population, fit, throughput

LEVELS = (1, 2, 4, 8, 12, 16, 24, 32)


def noisy(rng: random.Random, cost: float, noise: float) -> Figures:
    """A run whose processor time per journey is `cost`, give or take; pairs share the machine's slow drift."""
    return {PRIMARY: cost * rng.lognormvariate(0, noise)}


def gate(seed: int, cost: float, noise: float, pairs: int = 5) -> Conclusion:
    """One comparison on a machine that drifts by 30 % between pairs and jitters by `noise` within them."""
    rng = random.Random(seed)
    drift = [rng.lognormvariate(0, 0.3) for _ in range(pairs)]
    floor, compared = interleave(
        pairs, lambda n: noisy(rng, drift[n], noise), lambda n: noisy(rng, drift[n] * cost, noise)
    )
    return compare(floor, compared).primary.conclusion


def test_a_quarter_more_processor_is_caught() -> None:
    """+25 % is found in nine trials out of ten at least, with 4 % of jitter."""
    caught = sum(gate(seed, 1.25, 0.04) is Conclusion.SLOWER for seed in range(40))
    assert caught >= 36


def test_the_same_platform_raises_no_alarm() -> None:
    """At most one false alarm in twenty trials of a platform against itself."""
    alarms = sum(gate(seed, 1.0, 0.04) is Conclusion.SLOWER for seed in range(60))
    assert alarms <= 3


def test_a_machine_too_noisy_says_so() -> None:
    """Thirty per cent of jitter: neither a pass nor an accusation."""
    found = [gate(seed, 1.0, 0.30) for seed in range(20)]
    assert found.count(Conclusion.UNSURE) >= 15
    assert Conclusion.SLOWER not in found


def test_an_improvement_is_told() -> None:
    """Thirty per cent less is an improvement, not « the same »."""
    assert gate(1, 0.7, 0.02) is Conclusion.FASTER


def test_too_few_pairs_are_refused() -> None:
    """Three pairs prove nothing."""
    with pytest.raises(ValueError, match="5 paires"):
        gate(1, 1.0, 0.02, pairs=3)


def test_exit_codes_and_sentences() -> None:
    """1 for a regression, 2 where the machine cannot tell; the sentence has the figures."""
    same = [({PRIMARY: 1.0 + n / 1000}, {PRIMARY: 1.0}) for n in range(6)]
    slower = [({PRIMARY: 1.0}, {PRIMARY: 1.3 + n / 1000}) for n in range(6)]
    comparison = compare(same, slower)
    assert comparison.exit_code == 1
    assert "régression" in comparison.primary.sentence
    assert "+30," in comparison.primary.sentence
    assert compare(same, same).exit_code == 0
    wild = [({PRIMARY: 1.0}, {PRIMARY: 2.0 if n % 2 else 0.5}) for n in range(6)]
    assert compare(wild, slower).exit_code == 2


def test_paired_ratio_holds_the_truth() -> None:
    """The 95 % interval holds the true ratio in nine cases out of ten or more, over 200 draws of 12 pairs."""
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        first = rng.lognormal(0, 0.3, 12)
        second = first * 1.2 * rng.lognormal(0, 0.05, 12)
        interval = paired_ratio(first.tolist(), second.tolist(), seed=seed)
        held += interval.low <= 1.2 <= interval.high
    assert held >= 176


def measured(noise: float, repeats: int, seed: int = 1) -> tuple[list[float], list[float]]:
    """Points of a known law (g = 12, s = 0.05, k = 0.002: peak 21.8 users, about 148 a second)."""
    rng = np.random.default_rng(seed)
    users = [float(level) for level in LEVELS for _ in range(repeats)]
    exact = throughput(np.array(users), 12.0, 0.05, 0.002)
    return users, (exact * rng.lognormal(0, noise, len(users))).tolist()


def test_the_law_is_found_again() -> None:
    """Little noise, five repeats: the true peak and population are within the intervals, which are narrow."""
    found = fit(*measured(0.03, 5))
    truth = best_population(0.05, 0.002)
    assert truth == pytest.approx(21.8, abs=0.1)
    assert found.population_is_supported
    assert found.peak_is_supported
    assert found.population.low <= truth <= found.population.high
    top = float(throughput(np.array([truth]), 12.0, 0.05, 0.002)[0])
    assert found.peak.low <= top <= found.peak.high
    assert any("personnes à la fois" in sentence for sentence in found.sentences())


def test_what_noise_hides_is_not_printed() -> None:
    """Thirty per cent of noise: the population of the peak is not given."""
    found = fit(*measured(0.30, 2, seed=3))
    assert not found.population_is_supported
    assert any("ne disent pas avec combien" in sentence for sentence in found.sentences())


@pytest.mark.parametrize(
    ("users", "rates", "said"),
    [
        ([1, 1, 2, 2, 4, 4], [1, 1, 2, 2, 3, 3], "5 populations"),
        ([1, 2, 4, 8, 16], [1, 2, 3, 4, 5], "2 fois"),
        ([1, 1, 2, 2, 4, 4, 8, 8, 16, 16], [0] * 10, "nulle"),
    ],
)
def test_too_little_is_refused(users: list[float], rates: list[float], said: str) -> None:
    """A curve through too few points is drawn by the hand, not by the data."""
    with pytest.raises(CannotFit, match=said):
        fit(users, rates)


def test_capacity_is_found_within_its_precision() -> None:
    """A platform that holds 4.7 a second: found within a tenth, in a few trials."""
    found = search(0.5, 12, 0.1, 10, lambda rate: Trial(rate, int(rate > 4.7), "la base" if rate > 4.7 else ""))
    assert found.kept is not None
    assert found.missed is not None
    assert found.kept <= 4.7 < found.missed
    assert found.precise <= 0.1
    assert len(found.trials) <= 9
    assert "la base" in found.sentence


def test_capacity_beyond_or_below_the_bounds_is_told() -> None:
    """Never a figure that was not seen."""
    above = search(1, 4, 0.1, 8, lambda rate: Trial(rate, 0))
    assert above.missed is None
    assert "encore à 4,00" in above.sentence
    below = search(1, 4, 0.1, 8, lambda rate: Trial(rate, 1))
    assert below.kept is None
    assert "déjà plus à 1,00" in below.sentence


def test_an_invalid_trial_ends_the_search() -> None:
    """A saturated generator does not become the platform's capacity."""
    found = search(1, 16, 0.1, 8, lambda rate: Trial(rate, 2 if 3 < rate < 5 else int(rate > 10)))
    assert found.invalid
    assert "inconnue" in found.sentence
