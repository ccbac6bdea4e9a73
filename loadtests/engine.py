"""One process's share of a run: residents arrive by the schedule, agents work in a closed loop."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import gevent
from gevent.pool import Group

from loadtests.browser import Browser, JourneyFailed, NotOffered, Pace, trust
from loadtests.dispatcher import Dispatcher, sleep_until
from loadtests.journeys import RESIDENTS, Visit
from loadtests.journeys.agents import AgentAtWork
from loadtests.people import AgentAccount, People, Resident
from loadtests.plan import PROGRESS_MARK, START_MARK, STOP_FILE, Plan
from loadtests.recording import ALL, INTERRUPTED, NOT_OFFERED, RESPONSE, UNFINISHED, Outcome, Recording, Sample
from loadtests.schedule import Arrival
from loadtests.targets import Target, check_allowed, check_relay, check_still_itself

PROGRESS_SECONDS = 10.0
_FIRST = -10
"""Niceness of the generator where it shares the platform's machine; needs root, done without otherwise."""


class Share:
    """What process `index` out of `count` does."""

    def __init__(self, directory: Path, index: int, count: int, tell: Callable[[Sample], None] | None = None) -> None:
        self.plan = Plan.read(directory)
        schedule = self.plan.schedule(directory)
        check_still_itself(self.plan.target)
        self._mobile = self.plan.target
        if self.plan.slow_address:
            check_relay(self.plan.slow_address)
            slow = dict.fromkeys(self.plan.target.hosts(), self.plan.slow_address)
            self._mobile = replace(self.plan.target, addresses=slow)
        rate = len(schedule.arrivals) / max(schedule.duration, 1)
        check_allowed(self.plan.target, allowed=self.plan.allowed, highest_rate=rate, seconds=schedule.duration)
        self._arrivals = schedule.share(index, count)
        # One after the other: drawn at random, two visits of one minute would often be the same resident's, who
        # would then be given one number for what looks like two requests.
        self._places = {arrival: place for place, arrival in enumerate(schedule.arrivals, self.plan.seed)}
        self._index, self._count = index, count
        self._stop_file = directory / STOP_FILE
        self._context = trust(self.plan.target)
        self._people = People.read(Path(self.plan.people_file)) if self.plan.people_file else People("x.invalid", "", 0)
        self._tell = tell
        self.recording = Recording()
        self.epoch = 0.0

    def play(self, delay: float) -> Recording:
        """Play the whole share, beginning in `delay` seconds; what was measured."""
        self.epoch = time.monotonic() + delay
        if self.plan.target.kind == "local":
            # People's own machines would not wait for the platform's processors: on one machine neither may ours.
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, 0, _FIRST)
        if self._index == 0:
            # The monotonic clock is the machine's: what `gru` does during the run counts from the same moment 0.
            print(f"{START_MARK}{self.epoch}", flush=True)
        cpu = time.process_time()
        agents = Group()
        for number, account in enumerate(self._people.agents[: self.plan.agents.count]):
            if number % self._count == self._index:
                agents.start(gevent.Greenlet(self._agent, account, number))
        for number in range(self._index, self.plan.closed_users, self._count):
            agents.start(gevent.Greenlet(self._closed, number))
        told = gevent.spawn(self._tell_progress) if self._index == 0 else None
        Dispatcher(
            self._arrivals,
            self.journey,
            self.recording,
            max_in_flight=self.plan.max_in_flight,
            drain_seconds=self.plan.drain_seconds,
            stop_file=self._stop_file,
        ).start_arrivals(self.epoch)
        # Agents finish what they are at, as residents may; one who reads a long request is not waited for.
        # The residents' drain was theirs too: a run does not last two.
        left = self.epoch + self.plan.duration + self.plan.drain_seconds - time.monotonic()
        agents.join(timeout=max(left, 0))
        agents.kill(block=True, timeout=5)
        if told:
            told.kill()
        counts = self.recording.counts
        counts["generator_cpu_ms"] += round((time.process_time() - cpu) * 1000)
        counts["generator_wall_ms"] += round((time.monotonic() - self.epoch) * 1000)
        counts["processes"] += 1
        return self.recording

    def journey(self, arrival: Arrival, due: float) -> None:
        """Run one arrival to its end, whatever that is, and keep what became of it."""
        rng = random.Random(arrival.seed)
        target = self._mobile if arrival.network == "mobile" else self.plan.target
        browser = self._browser(arrival.journey, due, rng, target)
        visit = Visit(browser, self._people.resident(self._places[arrival]), rng, self.plan.wrong_password_share)
        self.attempt(arrival.journey, due, lambda: RESIDENTS[arrival.journey](visit), browser, visit)
        browser.close()

    def attempt(
        self, name: str, due: float, act: Callable[[], None], browser: Browser, visit: Visit | None = None
    ) -> None:
        """Run `act` and record its outcome."""
        problem = ""
        try:
            act()
        except NotOffered as absent:
            self.recording.counts["not_offered"] += 1
            problem = f"{NOT_OFFERED} : {absent}"
        except JourneyFailed as failure:
            problem = str(failure)
        except gevent.GreenletExit:
            problem = UNFINISHED if browser.waiting else f"{INTERRUPTED} : la personne lisait encore"
        except Exception as error:  # a bug in a journey must be counted, not end the run
            problem = f"erreur du générateur : {type(error).__name__} : {error}"
            self.recording.counts["generator_errors"] += 1
        seconds = time.monotonic() - due
        reference = visit.reference if visit else ""
        acknowledged = visit.acknowledged_at if visit else 0.0
        self.recording.outcomes.append(
            Outcome(round(due - self.epoch, 6), name, seconds, problem, reference, acknowledged)
        )

    def _agent(self, account: AgentAccount, number: int) -> None:
        rng = random.Random(self.plan.seed * 1000 + number)
        # Agents arrive at work over the first refresh period, not all in one second.
        due = self.epoch + rng.uniform(0, min(self.plan.agents.refresh_seconds, self.plan.duration / 3))
        sleep_until(due)
        browser = self._browser("agent", due, rng)
        end = self.epoch + self.plan.duration
        person = Resident(number, self._people.domain, self._people.password)
        work = AgentAtWork(browser, account, person, rng, self.plan.agents)

        def over() -> bool:
            return time.monotonic() >= end or self._stop_file.exists()

        self.attempt("agent", due, lambda: work.run(over), browser)
        browser.close()

    @staticmethod
    def _look(browser: Browser) -> None:
        browser.open("portal", "/demarches/", "page")

    def _tell_progress(self) -> None:
        """One line every few seconds for the operator, about this process's share."""
        while True:
            gevent.sleep(PROGRESS_SECONDS)
            counts, problems = self.recording.counts, sum(o.failed for o in self.recording.outcomes)
            progress = {
                "at": round(time.monotonic() - self.epoch),
                "arrivals": counts["offered"],
                "journeys": len(self.recording.outcomes),
                "problems": problems,
                "requests": counts["sent"],
                "p95_ms": round((self.recording.percentile(RESPONSE, ALL, 95) or 0) * 1000),
            }
            print(PROGRESS_MARK + json.dumps(progress), flush=True)

    def _closed(self, number: int) -> None:
        """One page after the other, without a pause, from the run's start to its end."""
        sleep_until(self.epoch)
        rng = random.Random(self.plan.seed * 1000 + number)
        browser = self._browser("page", self.epoch, rng)
        end = self.epoch + self.plan.duration
        while time.monotonic() < end and not self._stop_file.exists():
            due = browser.due = time.monotonic()
            self.attempt("page", due, lambda: self._look(browser), browser)
        browser.close()

    def _browser(self, journey: str, due: float, rng: random.Random, target: Target | None = None) -> Browser:
        return Browser(
            target or self.plan.target,
            self._context,
            self._report,
            journey,
            due,
            self.epoch,
            rng,
            Pace(self.plan.think_scale),
            self.plan.run,
        )

    def _report(self, sample: Sample) -> None:
        self.recording.add(sample)
        if self._tell:
            self._tell(sample)
