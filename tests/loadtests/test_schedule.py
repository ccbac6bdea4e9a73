"""Arrivals are a Poisson process of the asked rate, and the same seed gives the same file."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from loadtests.schedule import Schedule, ScheduleError, Segment, draw, read

STEADY = [Segment(0, 1000, 5, 5)]


def test_gaps_are_exponential() -> None:
    """Kolmogorov-Smirnov: gaps between arrivals of a steady rate follow the exponential law of that rate."""
    moments = np.array([arrival.at for arrival in draw(STEADY, {"a": 1}, seed=7).arrivals])
    assert stats.kstest(np.diff(moments), "expon", args=(0, 1 / 5)).pvalue > 0.01


def test_counts_are_dispersed_like_poisson() -> None:
    """Arrivals per second: variance equals mean (index of dispersion, chi-square bounds at 99 %)."""
    moments = np.array([arrival.at for arrival in draw(STEADY, {"a": 1}, seed=8).arrivals])
    counts = np.histogram(moments, bins=1000, range=(0, 1000))[0]
    dispersion = counts.var(ddof=1) / counts.mean()
    low, high = stats.chi2.ppf([0.005, 0.995], 999) / 999
    assert low < dispersion < high


def test_number_of_arrivals_over_many_seeds() -> None:
    """The mean number over 200 seeds is the integral of the rate, ramps included."""
    segments = [Segment(0, 10, 0, 6), Segment(10, 20, 6, 6), Segment(20, 40, 6, 0)]
    expected = sum(segment.expected for segment in segments)
    assert expected == 150
    numbers = [len(draw(segments, {"a": 1}, seed).arrivals) for seed in range(200)]
    assert abs(np.mean(numbers) - expected) < 4 * math.sqrt(expected / 200)


def test_ramp_rises() -> None:
    """A ramp from 0 to 10 has a quarter of its arrivals in its first half."""
    moments = [arrival.at for arrival in draw([Segment(0, 1000, 0, 10)], {"a": 1}, seed=3).arrivals]
    first_half = sum(moment < 500 for moment in moments) / len(moments)
    assert first_half == pytest.approx(0.25, abs=0.03)
    assert moments == sorted(moments)


def test_mix_and_phones() -> None:
    """Journeys and phones come in the asked shares; a weight of zero never comes."""
    arrivals = draw(STEADY, {"a": 3, "b": 1, "c": 0}, seed=1, mobile_share=0.51).arrivals
    seen = Counter(arrival.journey for arrival in arrivals)
    assert set(seen) == {"a", "b"}
    assert seen["a"] / len(arrivals) == pytest.approx(0.75, abs=0.03)
    assert sum(arrival.network == "mobile" for arrival in arrivals) / len(arrivals) == pytest.approx(0.51, abs=0.03)


def test_same_seed_same_file(tmp_path: Path) -> None:
    """Reproducible to the byte; another seed gives another file."""
    one, two, other = (draw(STEADY, {"a": 1}, seed=seed) for seed in (4, 4, 5))
    one.write(tmp_path / "one")
    two.write(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert one.digest() != other.digest()
    again = read(tmp_path / "one", one.digest())
    assert again == one


def test_shares_are_the_whole() -> None:
    """Three processes together run every arrival once, and each one's share is as steady as the whole."""
    schedule = draw(STEADY, {"a": 1}, seed=9)
    shares = [schedule.share(index, 3) for index in range(3)]
    assert sorted(arrival.at for share in shares for arrival in share) == [a.at for a in schedule.arrivals]
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_wrong_file_is_refused(tmp_path: Path) -> None:
    """Cut short, not a schedule, or another one than announced: said in words."""
    schedule = draw(STEADY, {"a": 1}, seed=1)
    path = tmp_path / "horaire.jsonl"
    schedule.write(path)
    with pytest.raises(ScheduleError, match="annoncé"):
        read(path, "0" * 64)
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]), encoding="utf-8")
    with pytest.raises(ScheduleError, match="incomplet"):
        read(path)
    path.write_text("bonjour", encoding="utf-8")
    with pytest.raises(ScheduleError, match="lisible"):
        read(path)
    with pytest.raises(ScheduleError, match="lisible"):
        read(tmp_path / "absent")


@pytest.mark.parametrize("mix", [{}, {"a": 0}, {"a": 1, "b": -1}])
def test_impossible_mixes_are_refused(mix: dict[str, float]) -> None:
    """No journey at all is a mistake, not an empty run."""
    with pytest.raises(ValueError, match="poids"):
        draw(STEADY, mix, seed=1)


def test_a_flood_is_refused() -> None:
    """A slip of the keyboard does not draw ten million arrivals."""
    with pytest.raises(ValueError, match="500000"):
        draw([Segment(0, 100_000, 100, 100)], {"a": 1}, seed=1)


def test_empty_schedule_can_be_written(tmp_path: Path) -> None:
    """A profile without arrivals (agents only) is a schedule too."""
    Schedule(1, 60.0, ()).write(tmp_path / "vide")
    assert read(tmp_path / "vide").arrivals == ()
