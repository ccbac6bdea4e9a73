"""What `tests/run.py` runs: named steps, one after the other or two chains at a time, each with its time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
SIDE_BY_SIDE = 2
"""How many chains run at once: the processors that the suite's limit counts on."""

Output = IO[str] | None
"""Where a step writes: the terminal at once, or a file shown when the step ends."""

Action = Callable[[Output], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One named command or function; it passed when it returned without complaint."""

    name: str
    action: Action


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step, and how long it took."""

    name: str
    passed: bool
    seconds: float


def command(*arguments: str, env: dict[str, str] | None = None) -> Action:
    """Return an action that runs `arguments` from the root."""

    def run(output: Output) -> bool:
        done = subprocess.run(
            arguments,
            cwd=ROOT,
            env=os.environ | (env or {}),
            check=False,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
        )
        return done.returncode == 0

    return run


def tool(name: str, *arguments: str, env: dict[str, str] | None = None) -> Action:
    """Return an action that runs a tool of the project's environment."""
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return command(str(BIN / name), *arguments, env=path | (env or {}))


Chain = Sequence[Step]
"""Steps of which each stands on the one before: those that follow a failure are not run, and count as failed."""


def one_by_one(chains: Sequence[Chain]) -> Iterator[Result]:
    """Run each chain in its turn; what a step says is read as it is said."""
    for chain in chains:
        sound = True
        for step in chain:
            print(f"\n=== {step.name}", flush=True)
            result = _run(step if sound else Step(step.name, _not_run), None)
            sound = result.passed
            yield _told(result)


def side_by_side(chains: Sequence[Chain]) -> Iterator[Result]:
    """Run chains two at a time, begun in their order.

    A step's end is told at once; what it said is shown whole, when its chain ends.
    """
    print("\n=== deux à la fois : " + ", ".join(step.name for chain in chains for step in chain), flush=True)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for ended in as_completed([pool.submit(_run_apart, chain) for chain in chains]):
            for result, said in ended.result():
                print(f"\n=== {result.name}", flush=True)
                sys.stdout.write(said)
                yield _told(result)


def _run(step: Step, output: Output) -> Result:
    start = time.monotonic()
    passed = step.action(output)
    return Result(step.name, passed, time.monotonic() - start)


def _not_run(output: Output) -> bool:
    print("non lancé : l'étape dont il dépend a échoué", file=output or sys.stdout, flush=True)
    return False


def _run_apart(chain: Chain) -> list[tuple[Result, str]]:
    ended: list[tuple[Result, str]] = []
    for step in chain:
        sound = all(result.passed for result, _ in ended)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            result = _run(step if sound else Step(step.name, _not_run), output)
            output.seek(0, io.SEEK_SET)
            ended.append((result, output.read()))
        # A run that is cut must have said how far it went.
        print(f"… {result.name} : {_outcome(result)}", flush=True)
    return ended


def _told(result: Result) -> Result:
    print(f"=== {result.name} : {_outcome(result)}", flush=True)
    return result


def _outcome(result: Result) -> str:
    return f"{'réussi' if result.passed else 'ÉCHEC'} ({result.seconds:.0f} s)"
