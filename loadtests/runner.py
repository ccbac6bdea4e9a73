"""A whole run, from the operator's side: mark the front's journal, run Locust apart, do what the profile asks
meanwhile (outages, abuse, another command), then ask the platform what it saw."""

from __future__ import annotations

import json
import os
import shlex
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from infra.state import SOURCE_DIRECTORY, OperatorError
from loadtests.browser import JourneyFailed
from loadtests.clock import Clock, Ended
from loadtests.observed import agents_list, front, losses, series, usage
from loadtests.observed.front import FrontCount
from loadtests.observed.series import Curve
from loadtests.observed.usage import Snapshot, Spent
from loadtests.people import People
from loadtests.plan import PROGRESS_MARK, RECORDING_FILE, START_MARK, STOP_FILE, Plan
from loadtests.recording import Recording
from loadtests.schedule import Schedule
from loadtests.shapes import Watched
from loadtests.targets import Target
from loadtests.verdict import AbuseSeen, Check, Losses, ServerSide, State, Verdict, judge, load_slo

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
SERVER_FILE, VERDICT_FILE, JUNIT_FILE, LOG_FILE = "plateforme.json", "verdict.json", "verdict.xml", "locust.log"
_LOSSES_SETTLE_SECONDS = 20.0
_WATCHED_SECONDS = 1800.0
"""Runs at least this long are looked at while they go on: memory and disk, a hundred times in all.

A look is felt: all hosts at once, every 15 s, took both processors of a small machine for a third of a second, and one
agents' list in forty with them. Shorter runs show no leak anyway.
"""

Tell = Callable[[str], None]
Action = Callable[[Clock], None]
"""Something done during the run; it is given the run's clock and returns when it is over."""


@dataclass
class Finished:
    """A run that ended, with everything that was seen of it."""

    directory: Path
    plan: Plan
    recording: Recording
    started: float
    """Seconds since the epoch."""
    verdict: Verdict
    front: FrontCount | None = None
    components: list[Spent] = field(default_factory=list)
    machine: float | None = None
    curves: list[Curve] = field(default_factory=list)
    losses: Losses | None = None
    notes: list[str] = field(default_factory=list)
    """What was done during the run, in words and with its moment."""
    conditions: dict[str, Any] = field(default_factory=dict)
    """The machine that ran the generator (and, on a local stack, the platform too)."""
    watched: list[Watched] = field(default_factory=list)

    @classmethod
    def read(cls, directory: Path) -> Finished:
        """A run kept in a folder. Raises OperatorError where there is none."""
        try:
            plan = Plan.read(directory)
            recording = Recording.from_dict(json.loads((directory / RECORDING_FILE).read_text(encoding="utf-8")))
            seen = json.loads((directory / SERVER_FILE).read_text(encoding="utf-8"))
            told = json.loads((directory / VERDICT_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError) as error:
            raise OperatorError(f"{directory} ne contient pas un essai complet ({error}).") from None
        checks = tuple(Check(**{**check, "state": State(check["state"])}) for check in told["checks"])
        return cls(
            directory,
            plan,
            recording,
            seen["started"],
            Verdict(checks),
            FrontCount(**seen["front"]) if seen["front"] else None,
            [Spent(**item) for item in seen["components"]],
            seen["machine"],
            [Curve(item["name"], tuple((at, value) for at, value in item["points"])) for item in seen["curves"]],
            Losses.from_dict(seen["losses"]) if seen["losses"] else None,
            seen["notes"],
            seen["conditions"],
            [Watched(**look) for look in seen.get("watched", [])],
        )

    def write(self) -> None:
        """Keep what the platform said and the verdict beside the recording."""
        content = {
            "started": self.started,
            "machine": self.machine,
            "front": asdict(self.front) if self.front else None,
            "components": [asdict(item) for item in self.components],
            "curves": [asdict(curve) for curve in self.curves],
            "losses": asdict(self.losses) if self.losses else None,
            "notes": self.notes,
            "watched": [asdict(look) for look in self.watched],
            "conditions": self.conditions,
        }
        dump(self.directory / SERVER_FILE, content)
        dump(self.directory / VERDICT_FILE, self.verdict.as_dict())
        self.verdict.write_junit(self.directory / JUNIT_FILE, f"charge.{self.plan.profile}")


def run(
    plan: Plan,
    schedule: Schedule,
    directory: Path,
    inventory: dict[str, Any] | None,
    *,
    processes: int = 1,
    actions: Sequence[tuple[str, Action]] = (),
    abuse: Sequence[AbuseSeen] = (),
    tell: Tell,
) -> Finished:
    """Run a plan to its end and judge it. `inventory` is None where the platform's hosts cannot be asked.

    An action that plays an abusive source puts what it saw into `abuse`.
    """
    plan.write(directory, schedule)
    started = time.time()
    before = usage.snapshot(inventory) if inventory else None
    unwritten = front.unwritten(inventory) if inventory else 0
    mark(plan.target, plan.run, front.START)
    watched: list[Watched] = []
    doing = list(actions)
    if inventory and plan.duration >= _WATCHED_SECONDS:
        doing.append(("mémoire et disque regardés", _watch(inventory, plan.duration, watched)))
    recording, notes = _run_locust(plan, directory, processes, doing, tell)
    done = Finished(
        directory, plan, recording, started, Verdict(), notes=notes, watched=watched, conditions=conditions()
    )
    asking = _Asking(tell)
    with asking.once():
        mark(plan.target, plan.run, front.END)
    if inventory and before:
        tell("Lecture de ce que la plateforme a vu…")
        _ask_platform(done, inventory, before, unwritten, asking)
    server = ServerSide(
        done.front,
        done.machine,
        done.losses,
        abuse[0] if abuse else None,
        tuple(done.watched),
        {curve.name: curve.points for curve in done.curves},
        tuple(asking.unanswered),
    )
    done.verdict = judge(recording, plan.profile, load_slo(), duration=plan.duration, server=server)
    done.write()
    return done


@dataclass
class _Asking:
    """Questions to a platform after a run: one without answer loses no measure, but the run is not believed."""

    tell: Tell
    unanswered: list[str] = field(default_factory=list)

    @contextmanager
    def once(self) -> Iterator[None]:
        """One question."""
        try:
            yield
        except (OperatorError, ValueError) as error:
            self.unanswered.append(str(error))
            self.tell(f"  {error}")


def _ask_platform(done: Finished, inventory: dict[str, Any], before: Snapshot, unwritten: int, asking: _Asking) -> None:
    """Put what the hosts saw of the run into `done`."""
    ended = time.time()
    with asking.once():
        after = usage.snapshot(inventory)
        done.components = usage.between(before, after)
        done.machine = (after.busy - before.busy) / max(after.total - before.total, 1e-9)
    with asking.once():
        done.front = front.count(inventory, done.plan.target, done.plan.run, done.started, unwritten)
    with asking.once():
        done.curves = series.read(inventory, done.started, ended)
    references = [o.reference for o in done.recording.outcomes if o.reference]
    if not references:
        return
    given = [p.accuses for p in load_slo().promesses.get(done.plan.profile, []) if p.accuses is not None]
    with asking.once():
        done.losses = losses.look_for(
            inventory,
            references,
            settle_seconds=max(given, default=_LOSSES_SETTLE_SECONDS),
            on_page=_on_agents_page(done.plan, done.notes),
        )


def _watch(inventory: dict[str, Any], duration: float, kept: list[Watched]) -> Action:
    """Look at memory and disk while the run goes on; a look that fails is one look less."""

    def act(clock: Clock) -> None:
        pause = duration / 100
        moment = 0.0
        while moment < duration:
            clock.until(moment)
            with suppress(OperatorError, ValueError):
                seen = usage.snapshot(inventory, gently=True)
                kept.append(Watched(clock.now, seen.memory(), seen.disk_used, seen.disk_free))
            moment += pause

    return act


def _on_agents_page(plan: Plan, notes: list[str]) -> losses.Listed | None:
    """The agents' list page as one of the run's agents sees it; None where the run has no agent."""
    if not plan.people_file or not (people := People.read(Path(plan.people_file))).agents:
        return None

    def ask(references: Sequence[str]) -> tuple[int, tuple[str, ...]]:
        try:
            return agents_list.not_listed(plan.target, people, references)
        except JourneyFailed as failure:
            notes.append(f"la liste des agents n'a pas pu être lue : {failure}")
            return 0, ()

    return ask


def mark(target: Target, run_id: str, moment: str) -> None:
    """Ask the front for a page that does not exist: its journal then shows where the run begins and ends."""
    path = front.MARK_PATH.format(run=run_id, moment=moment)
    request = urllib.request.Request(f"{target.urls['portal']}{path}", headers={"X-Gru-Charge": run_id})  # noqa: S310
    context = ssl.create_default_context(cafile=target.authority or None)
    try:
        urllib.request.urlopen(request, timeout=30, context=context).close()  # noqa: S310 - the target is checked
    except urllib.error.HTTPError:
        return
    except OSError as error:
        raise OperatorError(f"{target.urls['portal']} ne répond pas : {error}") from None


def _run_locust(
    plan: Plan, directory: Path, processes: int, actions: Sequence[tuple[str, Action]], tell: Tell
) -> tuple[Recording, list[str]]:
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


def _relay(engine: subprocess.Popen[str], log: Any, plan: Plan, clock: Clock, tell: Tell) -> None:
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


def _act(name: str, act: Action, clock: Clock, notes: list[str], tell: Tell) -> None:
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


def conditions() -> dict[str, Any]:
    """What one must know of the machine to read the figures."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) * 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {"processors": os.cpu_count(), "model": model, "memory": memory, "load": list(os.getloadavg())}


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()


def dump(path: Path, content: Any) -> None:
    """Write JSON for people and machines."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
