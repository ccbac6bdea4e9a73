"""Each journey once, as a functional check: what a load run does thousands of times must first work one time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from loadtests.browser import Browser, JourneyFailed, NotOffered, Pace, trust
from loadtests.journeys import RESIDENTS, Visit
from loadtests.journeys.agents import AgentAtWork
from loadtests.people import People, Resident
from loadtests.plan import AgentsPlan
from loadtests.recording import Sample
from loadtests.targets import Target, check_still_itself


@dataclass
class Checked:
    """One journey: what became of it and what each hop took."""

    name: str
    problem: str = ""
    absent: bool = False
    reference: str = ""
    samples: list[Sample] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the journey went to its end."""
        return not self.problem


@dataclass
class Checker:
    """Runs journeys one after the other, waiting for nothing between pages."""

    target: Target
    people: People
    mailbox: Callable[[str, str], str] | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        check_still_itself(self.target)
        self._context = trust(self.target)

    def resident(self, name: str) -> Checked:
        """One resident's journey."""
        done, rng = Checked(name), random.Random(f"{name}-{self.seed}")
        browser = self._browser(done, rng)
        # One sign-in in the check begins with a wrong password: that way back must work too.
        visit = Visit(browser, self.people.resident(self.seed), rng, float(name == "suivre"), self.mailbox)
        self._attempt(done, lambda: RESIDENTS[name](visit))
        done.reference = visit.reference
        browser.close()
        return done

    def agent(self) -> Checked:
        """An agent signs in, reads the list, deals with a request, looks for the counter's entry."""
        done, rng = Checked("agent"), random.Random(self.seed)
        if not self.people.agents:
            done.problem, done.absent = "aucun agent : lancez « gru load accounts »", True
            return done
        browser = self._browser(done, rng)
        person = Resident(0, self.people.domain, self.people.password)
        work = AgentAtWork(browser, self.people.agents[0], person, rng, AgentsPlan(1))

        def day() -> None:
            work.sign_in()
            work.deal_with_one(work.look_at_list())
            entered = work.counter_entry()
            done.reference = entered or ""
            if entered is None:
                raise NotOffered("pas encore de saisie au guichet sur le site des agents")

        self._attempt(done, day)
        browser.close()
        return done

    def _browser(self, done: Checked, rng: random.Random) -> Browser:
        now = time.monotonic()
        return Browser(self.target, self._context, done.samples.append, done.name, now, now, rng, Pace(0))

    @staticmethod
    def _attempt(done: Checked, act: Callable[[], None]) -> None:
        try:
            act()
        except NotOffered as absent:
            done.problem, done.absent = str(absent), True
        except JourneyFailed as failure:
            done.problem = str(failure)
