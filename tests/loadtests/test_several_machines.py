"""A master and two workers, each with its own copy of the plan's folder, as on three machines."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.state import OperatorError
from loadtests.commands import load
from loadtests.people import People
from loadtests.plan import PEOPLE_COPY, RECORDING_FILE, SCHEDULE_FILE, Plan
from loadtests.recording import Recording
from loadtests.schedule import Segment, draw
from loadtests.targets import Target
from tests.loadtests.conftest import LOCUSTFILE

RATE, SECONDS = 20.0, 4.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def play(folders: list[Path]) -> tuple[int, str]:
    """Locust's own commands: a master on the first folder, a worker on each other one. Exit code and output."""
    port = str(free_port())
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    master = [*command, "--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
    worker = [*command[:5], "--worker", "--master-host", "127.0.0.1", "--master-port", port]
    workers = [
        subprocess.Popen([*worker, "--plan", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for folder in folders[1:]
    ]
    try:
        done = subprocess.run(
            [*master, "--expect-workers", str(len(workers)), "--plan", str(folders[0])],
            capture_output=True, text=True, timeout=150, check=False,
        )  # fmt: skip
    finally:
        for process in workers:
            process.terminate()
            process.wait()
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folders(tmp_path: Path, stub: Callable[..., Target]) -> list[Path]:
    """Three folders with the same plan: the master's, and two copies."""
    schedule = draw([Segment(0, SECONDS, RATE, RATE)], {"page": 1}, 1)
    People("gru.test", "secret", 3).write(tmp_path / "personnes.json")
    plan = Plan("smoke", "Essai", stub(), 1, SECONDS, schedule.digest(), drain_seconds=10)
    made = [tmp_path / name for name in ("a", "b", "c")]
    replace(plan, people_file=str(tmp_path / "personnes.json")).write_to_copy(made[0], schedule)
    (tmp_path / "personnes.json").unlink()
    for copy in made[1:]:
        shutil.copytree(made[0], copy)
    return made


def test_each_arrival_is_played_once_and_the_master_judges(folders: list[Path]) -> None:
    """The folder holds all that a machine needs; its passwords are its owner's only."""
    assert (folders[1] / PEOPLE_COPY).stat().st_mode & 0o077 == 0
    plan = Plan.read(folders[1])
    assert People.read(Path(plan.people_file)).password == "secret"
    _, told = play(folders)
    recording = Recording.from_dict(json.loads((folders[0] / RECORDING_FILE).read_text(encoding="utf-8")))
    arrivals = [arrival.at for arrival in plan.schedule(folders[1]).arrivals]
    assert sorted(outcome.at for outcome in recording.outcomes) == pytest.approx(sorted(arrivals), abs=1e-6)
    assert recording.counts["processes"] == 2
    assert "Mesures :" in told, told[-2000:]


def test_a_machine_with_another_schedule_makes_the_run_invalid(folders: list[Path]) -> None:
    """One copy lost its last arrival: its share is not played, and the run says so."""
    lines = (folders[2] / SCHEDULE_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    (folders[2] / SCHEDULE_FILE).write_text("".join(lines[:-1]), encoding="utf-8")
    code, told = play(folders)
    assert code == 2, told[-2000:]
    assert "1 processus du générateur sans mesures rendues" in told


def test_a_profile_that_does_more_than_arrivals_is_not_planned(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="fait plus que des arrivées"):
        CliRunner().invoke(load, ["plan", "chaos", "--out", str(tmp_path / "p")], catch_exceptions=False)
    assert not (tmp_path / "p").exists()
