"""Runs of the real engine, in processes of their own (Locust patches the standard library of its process)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loadtests.plan import RECORDING_FILE, Plan
from loadtests.recording import Recording
from loadtests.schedule import Segment, draw
from loadtests.targets import Target

ROOT = Path(__file__).resolve().parents[2]
LOCUSTFILE = ROOT / "loadtests" / "locustfile.py"


@pytest.fixture
def stub() -> Iterator[Callable[..., Target]]:
    """Return a function that starts a stub server and gives it as a target."""
    started: list[subprocess.Popen[str]] = []

    def start(period: float = 1000, stall: float = 0) -> Target:
        command = [sys.executable, str(Path(__file__).with_name("stub.py")), str(period), str(stall)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(server)
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        return Target("bouchon", "local", dict.fromkeys(("portal", "idp", "processing"), url))

    yield start
    for server in started:
        server.terminate()
        server.wait()


@pytest.fixture
def run_engine(tmp_path: Path) -> Callable[..., Recording]:
    """Return a function that runs the `page` journey through Locust and reads what was measured."""

    def run(target: Target, rate: float, seconds: float, *options: str, seed: int = 1) -> Recording:
        schedule = draw([Segment(0, seconds, rate, rate)], {"page": 1}, seed)
        plan = Plan("essai", "Essai", target, seed, seconds, schedule.digest(), drain_seconds=10)
        plan.write(tmp_path, schedule)
        command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
        done = subprocess.run(
            [*command, "--plan", str(tmp_path), *options], capture_output=True, text=True, timeout=120, check=False
        )
        assert (tmp_path / RECORDING_FILE).exists(), done.stdout[-2000:] + done.stderr[-4000:]
        return Recording.from_dict(json.loads((tmp_path / RECORDING_FILE).read_text(encoding="utf-8")))

    return run
