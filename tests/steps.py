"""What `tests/run.py` runs: named steps, one after the other or two at a time, each with its time."""

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
"""How many steps of a lane run at once: the processors that the suite's limit counts on."""

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


def function(call: Callable[[], bool]) -> Action:
    """Return an action that calls a function of ours, which speaks to the terminal."""
    return lambda _output: call()


def one_by_one(steps: Sequence[Step]) -> Iterator[Result]:
    """Run each step in its turn; what it says is read as it is said."""
    for step in steps:
        print(f"\n=== {step.name}", flush=True)
        yield _told(_run(step, None))


def side_by_side(steps: Sequence[Step]) -> Iterator[Result]:
    """Run steps two at a time, begun in their order; what each says is shown whole, when it ends."""
    print("\n=== deux à la fois : " + ", ".join(step.name for step in steps), flush=True)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for ended in as_completed([pool.submit(_run_apart, step) for step in steps]):
            result, said = ended.result()
            print(f"\n=== {result.name}", flush=True)
            sys.stdout.write(said)
            yield _told(result)


def _run(step: Step, output: Output) -> Result:
    start = time.monotonic()
    passed = step.action(output)
    return Result(step.name, passed, time.monotonic() - start)


def _run_apart(step: Step) -> tuple[Result, str]:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        result = _run(step, output)
        output.seek(0, io.SEEK_SET)
        return result, output.read()


def _told(result: Result) -> Result:
    print(f"=== {result.name} : {'réussi' if result.passed else 'ÉCHEC'} ({result.seconds:.0f} s)", flush=True)
    return result
