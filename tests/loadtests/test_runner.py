"""A whole run through the operator's side, against a stub: files, verdict, a command under load, closed users."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.state import OperatorError
from loadtests import campaign, generator, scaling
from loadtests.clock import Clock
from loadtests.finished import JUNIT_FILE, VERDICT_FILE, Finished
from loadtests.observed import front, usage
from loadtests.observed.usage import Snapshot
from loadtests.plan import Plan
from loadtests.recording import RESPONSE
from loadtests.schedule import Schedule, Segment, draw
from loadtests.slo import load_slo
from loadtests.targets import Target
from loadtests.verdict import INVALID
from loadtests.verdict_line import State

SLO = load_slo()


def planned(target: Target, rate: float, seconds: float) -> tuple[Plan, Schedule]:
    schedule = draw([Segment(0, seconds, rate, rate)], {"page": 1}, 1)
    return Plan("smoke", "Fumée", target, 1, seconds, schedule.digest(), drain_seconds=5), schedule


def test_a_run_leaves_everything_behind(stub: Callable[..., Target], tmp_path: Path) -> None:
    """Verdict kept, JSON and JUnit written, progress told, and the folder can be read back."""
    told: list[str] = []
    plan, schedule = planned(stub(), 10, 12)
    finished = campaign.play_plan(plan, schedule, tmp_path / "essai", None, slo=SLO, tell=told.append)
    assert finished.verdict.exit_code == 0, finished.verdict.sentence
    assert finished.recording.counts["offered"] == len(schedule.arrivals)
    assert (tmp_path / "essai" / VERDICT_FILE).exists()
    assert "<testsuite" in (tmp_path / "essai" / JUNIT_FILE).read_text(encoding="utf-8")
    assert any("requêtes" in line for line in told)
    again = Finished.read(tmp_path / "essai")
    assert again.verdict == finished.verdict
    assert again.conditions["processors"]


def test_arrivals_stop_when_the_command_ends(stub: Callable[..., Target], tmp_path: Path) -> None:
    """`--during`: load before, during and after the command, then no more; the note says what was done."""
    plan, schedule = planned(stub(), 10, 300)
    action = generator.during("sleep 1", tmp_path, warm_up=3)
    begun = time.monotonic()
    finished = campaign.play_plan(
        plan, schedule, tmp_path, None, slo=SLO, actions=[("pendant : sleep 1", action)], tell=lambda _: None
    )
    assert time.monotonic() - begun < 100
    assert finished.notes == ["pendant : sleep 1"]
    assert 0 < finished.recording.counts["offered"] < len(schedule.arrivals)
    assert next(c.state for c in finished.verdict.checks if c.name == "parcours") is State.KEPT


def test_an_interrupted_run_gives_the_machine_back(stub: Callable[..., Target], tmp_path: Path) -> None:
    """Ctrl-C: what was to happen in an hour is not waited for, and may put things back."""
    plan, schedule = planned(stub(), 10, 300)
    put_back: list[str] = []

    def act(clock: Clock) -> None:
        try:
            clock.until(3600)
        finally:
            put_back.append("remis")

    def tell(line: str) -> None:
        if "requêtes" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        campaign.play_plan(plan, schedule, tmp_path, None, slo=SLO, actions=[("plus tard", act)], tell=tell)
    assert put_back == ["remis"]


def test_a_target_that_does_not_answer_is_told(tmp_path: Path) -> None:
    """Before any arrival."""
    plan, schedule = planned(Target("bouchon", "local", {"portal": "http://127.0.0.1:9"}), 1, 5)
    with pytest.raises(OperatorError, match="ne répond pas"):
        campaign.play_plan(plan, schedule, tmp_path, None, slo=SLO, tell=lambda _: None)


def test_a_platform_that_falls_silent_costs_no_measure(
    stub: Callable[..., Target], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hosts that answer before the run and no more after it: the measures are kept, the run is not believed."""
    plan, schedule = planned(stub(), 10, 8)
    inventory: dict[str, Any] = {"all": {"hosts": {}, "children": {}}}
    silent = OperatorError("L'hôte front n'a pas répondu en 30 s.")
    seen = iter([Snapshot((), 0.0, 0.0)])

    def snapshot(_: dict[str, Any]) -> Snapshot:
        if (found := next(seen, None)) is None:
            raise silent
        return found

    monkeypatch.setattr(usage, "snapshot", snapshot)
    monkeypatch.setattr(front, "unwritten", lambda _: 0)
    told: list[str] = []
    finished = campaign.play_plan(plan, schedule, tmp_path, inventory, slo=SLO, tell=told.append)
    assert finished.verdict.exit_code == INVALID
    assert "n'a pas répondu en 30 s" in finished.verdict.sentence
    # The count and the curves were asked of hosts that do not exist.
    assert sum(check.name == "plateforme" for check in finished.verdict.checks) == 3
    again = Finished.read(tmp_path)
    assert again.recording.counts["sent"] == finished.recording.counts["sent"] > 0
    assert again.verdict == finished.verdict


def test_a_process_that_cannot_play_its_part_spoils_the_run(stub: Callable[..., Target], tmp_path: Path) -> None:
    """Another schedule than the one announced: the run ends at once, invalid, and never reads as a success."""
    plan, schedule = planned(stub(), 1, 60)
    finished = campaign.play_plan(
        replace(plan, digest="0" * 64), schedule, tmp_path, None, slo=SLO, tell=lambda _: None
    )
    assert finished.verdict.exit_code == INVALID
    assert next(c.state for c in finished.verdict.checks if c.name == "processus") is State.INVALID


def test_closed_users_ask_again_at_once(stub: Callable[..., Target], tmp_path: Path) -> None:
    """The scalability law's points: throughput for each population, kept in a file that can be read again."""
    target = stub()
    measured = scaling.measure(target, [1, 3], 1, 3, directory=tmp_path, allowed=False, slo=SLO, tell=lambda _: None)
    assert measured[0] == [1.0, 3.0]
    assert min(measured[1]) > 5
    assert scaling.read_points(tmp_path / "points.csv") == measured
    recording = Finished.read(tmp_path / "003-0").recording
    assert recording.count(RESPONSE, "categorie:page") == len(recording.outcomes)
    with pytest.raises(OperatorError, match="populations"):
        scaling.measure(target, [0], 1, 1, directory=tmp_path, allowed=False, slo=SLO, tell=lambda _: None)
