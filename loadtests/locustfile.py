"""The suite on Locust's own engine: local, several processes (`--processes`), or a master and workers elsewhere.

    locust -f loadtests/locustfile.py                       # web page, profile `smoke`, local stack
    locust -f loadtests/locustfile.py --profil day --stack local --headless
    locust -f loadtests/locustfile.py --plan DIR --headless --processes 2     # what `gru load run` does

A user here is a dispatcher: one per process, it starts a visit for each arrival of the schedule and waits for
none. The number of users asked for on the web page therefore does not matter; the plan decides.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from locust import LoadTestShape, User, events, task
from locust.env import Environment
from locust.runners import LocalRunner, MasterRunner, WorkerRunner

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from gevent.event import Event  # noqa: E402 - Locust has patched the standard library by now

from infra.state import OperatorError  # noqa: E402
from loadtests.engine import Share  # noqa: E402
from loadtests.plan import RECORDING_FILE, Plan  # noqa: E402
from loadtests.planning import quick_plan  # noqa: E402
from loadtests.recording import COMPOSITE, Recording, Sample  # noqa: E402
from loadtests.slo import load_slo  # noqa: E402
from loadtests.verdict import judge  # noqa: E402

START, RESULT = "gru-depart", "gru-mesures"
START_DELAY_SECONDS = 2.0
GRACE_SECONDS = 30.0


class Process:
    """What this process must know of the run; a worker learns its place from the master."""

    def __init__(self) -> None:
        self.told = Event()
        self.directory = Path()
        self.index, self.count = 0, 1

    def begin(self, directory: Path, index: int, count: int) -> None:
        """Process `index` out of `count` may play its share of the plan in `directory`."""
        self.directory, self.index, self.count = directory, index, count
        self.told.set()


class Collector:
    """Recordings as they come in; the run is over when every process has sent its own."""

    def __init__(self) -> None:
        self.recording = Recording()
        self.expected, self.received = 1, 0
        self.deadline = float("inf")
        self.directory = Path()

    def begin(self, directory: Path, expected: int) -> None:
        """Wait for so many recordings, until the plan's end and some grace."""
        plan = Plan.read(directory)
        self.directory, self.expected = directory, expected
        self.deadline = time.monotonic() + START_DELAY_SECONDS + plan.duration + plan.drain_seconds * 2 + GRACE_SECONDS

    def add(self, recording: Recording) -> None:
        """One process has ended; with the last one, everything is written."""
        self.recording.merge(recording)
        self.received += 1
        if self.received == self.expected:
            self.write()

    @property
    def over(self) -> bool:
        """Whether nothing more is waited for."""
        if self.received < self.expected and time.monotonic() > self.deadline:
            # A process that never answered: the run will be called invalid, not complete.
            self.recording.counts["lost_processes"] += self.expected - self.received
            self.received = self.expected
            self.write()
        return self.received >= self.expected

    def write(self) -> None:
        """Keep what was measured beside the plan."""
        content = json.dumps(self.recording.to_dict(), ensure_ascii=False)
        (self.directory / RECORDING_FILE).write_text(content, encoding="utf-8")


PROCESS = Process()
COLLECTOR = Collector()


class _FormerName(Action):
    """An option under its name of the release before: it works, and says the present one."""

    def __call__(
        self, parser: ArgumentParser, namespace: Namespace, values: Any, option_string: str | None = None
    ) -> None:
        del parser
        print(f"« {option_string} » s'appelle maintenant « --{self.dest} ».", file=sys.stderr)
        setattr(namespace, self.dest, values)


@events.init_command_line_parser.add_listener
def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--plan", env_var="GRU_LOAD_PLAN", default="", include_in_web_ui=False, help="Dossier du plan")
    parser.add_argument("--verdict-ailleurs", action="store_true", include_in_web_ui=False, help="« gru » juge l'essai")
    parser.add_argument("--profil", default="smoke", help="Profil, quand il n'y a pas de plan")
    parser.add_argument("--stack", default="local", help="Pile visée, quand il n'y a pas de plan")
    parser.add_argument("--pile", dest="stack", action=_FormerName, help=SUPPRESS, include_in_web_ui=False)


@events.test_start.add_listener
def _start(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, WorkerRunner):
        return
    directory = _plan_directory(environment)
    if isinstance(runner, MasterRunner):
        clients = sorted(runner.clients)
        COLLECTOR.begin(directory, len(clients))
        for index, client in enumerate(clients):
            place = {"directory": str(directory), "index": index, "count": len(clients)}
            runner.send_message(START, place, client)
    elif isinstance(runner, LocalRunner):
        COLLECTOR.begin(directory, 1)
        PROCESS.begin(directory, 0, 1)


@events.init.add_listener
def _listen(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, MasterRunner):
        runner.register_message(RESULT, lambda msg, **_: COLLECTOR.add(Recording.from_dict(msg.data)))
    elif isinstance(runner, WorkerRunner):
        own = getattr(environment.parsed_options, "plan", "")

        def told(msg: Any, **_: Any) -> None:
            PROCESS.begin(Path(own or msg.data["directory"]), msg.data["index"], msg.data["count"])

        runner.register_message(START, told)


@events.quitting.add_listener
def _judge(environment: Environment, **_: Any) -> None:
    """Without `gru`, only what this side saw can be judged: neither the front's count nor losses."""
    options = environment.parsed_options
    if isinstance(environment.runner, WorkerRunner) or (options and options.verdict_ailleurs) or not COLLECTOR.received:
        return
    plan = Plan.read(COLLECTOR.directory)
    verdict = judge(COLLECTOR.recording, plan.profile, load_slo(), duration=plan.duration)
    print("\n".join(check.sentence for check in verdict.checks))
    print(f"\n{verdict.sentence}\nMesures : {COLLECTOR.directory}")
    environment.process_exit_code = verdict.exit_code


def _plan_directory(environment: Environment) -> Path:
    options = environment.parsed_options
    if options is not None and options.plan:
        return Path(options.plan)
    try:
        return quick_plan(options.profil if options else "smoke", options.stack if options else "local")
    except OperatorError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        environment.process_exit_code = 2
        if options and options.headless:
            sys.exit(2)  # Locust would only log it, and wait for ever for a run that cannot begin
        raise


class WholeSchedule(LoadTestShape):
    """As many dispatchers as processes, until every recording is in."""

    def tick(self) -> tuple[int, float] | None:
        """Users wished for and how many may start a second; None ends the run."""
        if COLLECTOR.over:
            return None
        runner = self.runner
        return (len(runner.clients) if isinstance(runner, MasterRunner) else 1) or 1, 100


class Habitants(User):
    """The dispatcher of one process."""

    @task
    def share(self) -> None:
        """Run this process's share, then hand over what was measured."""
        PROCESS.told.wait()
        try:
            share = Share(PROCESS.directory, PROCESS.index, PROCESS.count, self._show)
            recording = share.play(START_DELAY_SECONDS)
        except Exception as error:  # Locust would log it and try again for ever
            logging.getLogger(__name__).exception("Ce processus ne peut pas jouer sa part : %s", error)
            recording = Recording()
            recording.counts["lost_processes"] += 1
        runner = self.environment.runner
        if isinstance(runner, WorkerRunner):
            runner.send_message(RESULT, recording.to_dict())
        else:
            COLLECTOR.add(recording)
        Event().wait()

    def _show(self, sample: Sample) -> None:
        """Locust's own page and tables show service times; the histograms hold the rest."""
        self.environment.events.request.fire(
            request_type="SOMME" if sample.status == COMPOSITE else sample.step.split(" ", 1)[0],
            name=sample.step if sample.status == COMPOSITE else sample.step.split(" ", 1)[-1],
            response_time=sample.service * 1000,
            response_length=sample.size,
            exception=RuntimeError(sample.problem) if sample.problem else None,
            context={},
        )
