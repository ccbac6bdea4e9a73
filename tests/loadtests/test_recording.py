"""Histograms of several processes merge exactly, and a recording survives its journey between them."""

from __future__ import annotations

import json
import random

import pytest

from loadtests.recording import ALL, LAG, METRICS, RESPONSE, SERVICE, Outcome, Recording, Sample


def some_samples(seed: int, count: int) -> list[Sample]:
    """Long-tailed durations, as servers give."""
    rng = random.Random(seed)
    return [
        Sample(i / 10, "lire", f"portail /{i % 3}", "page", rng.uniform(0, 0.01), rng.lognormvariate(-3, 1.5), 200)
        for i in range(count)
    ]


def test_merging_is_exact() -> None:
    """Four recordings merged give, count for count, the histograms of one that saw everything."""
    samples = some_samples(1, 4000)
    whole = Recording()
    parts = [Recording() for _ in range(4)]
    for index, sample in enumerate(samples):
        whole.add(sample)
        parts[index % 4].add(sample)
    merged = Recording()
    for part in parts:
        merged.merge(Recording.from_dict(json.loads(json.dumps(part.to_dict()))))
    assert merged.histograms.keys() == whole.histograms.keys()
    for key, histogram in whole.histograms.items():
        assert histogram.equals(merged.histograms[key]), key
    assert merged.samples == whole.samples
    assert merged.counts == whole.counts


def test_percentiles_keep_three_digits() -> None:
    """Within 0.1 % of the exact value, from 1 ms to 100 s."""
    recording = Recording()
    values = [1.001**i / 1000 for i in range(11_500)]
    for value in values:
        recording.record(RESPONSE, ALL, value)
    for percent in (1, 50, 95, 99, 99.9):
        exact = values[int(len(values) * percent / 100) - 1]
        assert recording.percentile(RESPONSE, ALL, percent) == pytest.approx(exact, rel=0.002)


def test_lag_is_ours_and_response_holds_it() -> None:
    """A generator 200 ms late: service stays 50 ms, the person waited 250 ms."""
    recording = Recording()
    recording.add(Sample(0, "lire", "portail /", "page", 0.2, 0.05, 200))
    expected = {LAG: 0.2, SERVICE: 0.05, RESPONSE: 0.25}
    for metric in METRICS:
        assert recording.percentile(metric, "etape:portail /", 50) == pytest.approx(expected[metric], rel=0.002)


def test_nothing_measured_is_not_zero() -> None:
    """A percentile of nothing is None, never a proud 0 ms."""
    assert Recording().percentile(RESPONSE, ALL, 99) is None
    assert Recording().count(RESPONSE, ALL) == 0


def test_outcomes_travel() -> None:
    """References and problems come back as they left."""
    recording = Recording()
    recording.outcomes.append(Outcome(1.5, "signaler", 3.2, reference="2026-K7PX-3M9Q", acknowledged_at=1.8e9))
    recording.outcomes.append(Outcome(2.5, "signaler", 0.2, problem="réponse 503"))
    assert Recording.from_dict(recording.to_dict()).outcomes == recording.outcomes


def test_a_duration_beyond_ten_minutes_is_kept() -> None:
    """The longest waits are the last ones to lose."""
    recording = Recording()
    recording.record(RESPONSE, ALL, 4000)
    assert recording.percentile(RESPONSE, ALL, 100) == pytest.approx(600, rel=0.002)
