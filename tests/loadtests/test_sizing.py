"""Sizing is measured costs times modelled rates, nothing hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtests.capacity import limiting
from loadtests.finished import Finished
from loadtests.observed.series import Curve
from loadtests.observed.usage import Spent
from loadtests.plan import Plan
from loadtests.recording import Recording, Sample
from loadtests.sizing import size
from loadtests.targets import Target
from loadtests.verdict import Verdict
from loadtests.workload import compute, load_model


def run(cpu: float = 2.0, machine: float = 0.3, curves: tuple[Curve, ...] = ()) -> Finished:
    """A hundred pages and a hundred style sheets in a minute; a portal, a database, a watcher."""
    recording = Recording()
    for number in range(100):
        recording.add(Sample(number, "lire", "GET portail /", "page", 0, 0.1, 200))
        recording.add(Sample(number, "lire", "GET portail /charte", "ressource", 0, 0.01, 200))
    plan = Plan("day", "Journée", Target("local", "local", {}), 1, 60, "")
    spent = [
        Spent("guichet-portail", "portal", cpu, 300 * 2**20),
        Spent("postgresql", "database", cpu / 2, 200 * 2**20),
        Spent("prometheus", "monitoring", 6.0, 60 * 2**20),
    ]
    return Finished(Path("x"), plan, recording, 0, Verdict(), None, spent, machine, list(curves))


def test_costs_times_rates() -> None:
    """Twenty milliseconds a page at 157 pages a second are 3.1 cores; the watcher costs what it costs."""
    model = load_model()
    workload = compute(model, 60_000)
    found = size(run(), workload, model)
    rate = 155.25 + 1 + workload.agents.pages
    assert found.requests_per_second == pytest.approx(rate)
    cores = {item.name: item.cores for item in found.components}
    assert cores["guichet-portail"] == pytest.approx(0.02 * rate)
    assert cores["prometheus"] == pytest.approx(0.1)
    assert found.cores == 9  # (3.134 + 1.567 + 0.1) / 0.6 = 8.002
    assert found.concurrent == pytest.approx(rate * 0.1)
    text = "\n".join(found.sentences())
    assert "hypothèse : ouverture à heure fixe" in text
    assert "3 ans de demandes" in text


def test_a_larger_town_needs_more_and_a_small_one_has_a_floor() -> None:
    """Never less than two cores and four gibibytes."""
    model = load_model()
    small, large = (size(run(), compute(model, n), model) for n in (1_000, 200_000))
    assert small.cores == 2
    assert small.memory_gibibytes == 4
    assert large.cores > 20
    assert large.disk_gibibytes > small.disk_gibibytes


def test_without_measures_no_size() -> None:
    """A run that saw no component cannot size anything."""
    model = load_model()
    blind = run()
    blind.components = []
    with pytest.raises(ValueError, match="consomment"):
        size(blind, compute(model, 60_000), model)


def test_what_limits_is_named_with_its_reason() -> None:
    """A queue at the front first, then full processors and who uses them, else the slowest step."""
    assert "frontal" in limiting(run(curves=(Curve("file_du_frontal", ((0.0, 0.0), (15.0, 7.0))),)))
    full = limiting(run(cpu=20, machine=0.97))
    assert "processeurs" in full
    assert "guichet-portail" in full
    assert "aucun composant n'est plein" in limiting(run())
