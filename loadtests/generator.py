"""The generator, in processes apart (Locust patches the standard library of its own), and what is done meanwhile."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.state import SOURCE_DIRECTORY, OperatorError
from loadtests.clock import Action, Clock, Ended
from loadtests.plan import PROGRESS_MARK, RECORDING_FILE, START_MARK, STOP_FILE, Plan
from loadtests.recording import Recording

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
LOG_FILE = "locust.log"


def generate(
    plan: Plan, directory: Path, processes: int, actions: Sequence[tuple[str, Action]], tell: Callable[[str], None]
) -> tuple[Recording, list[str]]:
    """Play the plan kept in `directory`, with `actions` (words and what to do) meanwhile; what was measured, and notes.

    Raises:
        OperatorError: the generator left no measures.
    """
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    command += ["--plan", str(directory), "--verdict-ailleurs"]
    if processes > 1:
        command += ["--processes", str(processes)]
    environment = os.environ | {"PYTHONPATH": str(SOURCE_DIRECTORY)}
    notes: list[str] = []
    with (directory / LOG_FILE).open("w", encoding="utf-8") as log:
        engine = subprocess.Popen(
            command, cwd=SOURCE_DIRECTORY, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        clock = Clock()
        threads = [threading.Thread(target=_act, args=(name, act, clock, notes, tell)) for name, act in actions]
        for thread in threads:
            thread.start()
        try:
            _relay(engine, log, plan, clock, tell)
        except BaseException:
            engine.terminate()
            raise
        finally:
            engine.wait()
            clock.end()
            for thread in threads:
                thread.join()
    path = directory / RECORDING_FILE
    if not path.exists():
        raise OperatorError(f"Le générateur s'est arrêté sans mesures. Journal : {directory / LOG_FILE}")
    return Recording.from_dict(json.loads(path.read_text(encoding="utf-8"))), notes


def _relay(engine: subprocess.Popen[str], log: Any, plan: Plan, clock: Clock, tell: Callable[[str], None]) -> None:
    assert engine.stdout is not None  # noqa: S101 - asked for above
    for line in engine.stdout:
        if line.startswith(START_MARK):
            clock.begin(float(line.removeprefix(START_MARK)))
            continue
        if not line.startswith(PROGRESS_MARK):
            log.write(line)
            continue
        seen = json.loads(line.removeprefix(PROGRESS_MARK))
        tell(
            f"  {seen['at']:>5} s sur {plan.duration:.0f}   {seen['arrivals']} arrivées   {seen['requests']} requêtes"
            f"   {seen['problems']} parcours en échec   95e centile {seen['p95_ms']} ms"
        )


def _act(name: str, act: Action, clock: Clock, notes: list[str], tell: Callable[[str], None]) -> None:
    with suppress(Ended):
        clock.until_begun()
        tell(f"  {name}")
        try:
            act(clock)
        except Ended:
            notes.append(f"{name} : l'essai a fini avant")
        except Exception as error:  # the run goes on; its note says what did not happen
            notes.append(f"{name} : n'a pas pu se faire ({error})")
            tell(f"  {notes[-1]}")
        else:
            notes.append(name)


def during(command: str, directory: Path, warm_up: float = 10.0) -> Action:
    """Run another command around which the load goes on; when it ends, no further arrival is started."""

    def act(clock: Clock) -> None:
        clock.until(warm_up)
        try:
            with (directory / "commande.log").open("w", encoding="utf-8") as log:
                done = subprocess.run(shlex.split(command), stdout=log, stderr=subprocess.STDOUT, check=False)
            with suppress(Ended):  # a command longer than the profile
                clock.until(clock.now + warm_up)
        finally:
            (directory / STOP_FILE).touch()
        if done.returncode:
            raise OperatorError(f"la commande a échoué (code {done.returncode}), voir {directory / 'commande.log'}")

    return act
