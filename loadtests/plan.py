"""A run written down before it begins: what, where, which arrivals. Every process reads the same folder."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from infra.state import Stack
from loadtests import schedule as schedules
from loadtests.people import People
from loadtests.schedule import Schedule
from loadtests.targets import Target

PLAN_FILE, SCHEDULE_FILE = "plan.json", "horaire.jsonl"
PEOPLE_COPY, AUTHORITY_COPY = "comptes.json", "autorite.pem"
START_MARK, PROGRESS_MARK = "gru-depart ", "gru-progression "
"""Lines that the first process prints for `gru`: the moment 0, then how far it is."""
RECORDING_FILE, STOP_FILE = "mesures.json", "arret"


@dataclass(frozen=True)
class AgentsPlan:
    """The closed population: each agent waits for an answer before the next look at the list."""

    count: int = 0
    refresh_seconds: float = 60.0
    process_share: float = 0.1
    """Share of looks at the list after which the agent opens a request and deals with it."""
    counter_share: float = 0.0
    """Share of looks after which somebody comes to the counter."""


@dataclass(frozen=True)
class Plan:
    """Everything a process must know to run its share."""

    profile: str
    title: str
    target: Target
    seed: int
    duration: float
    digest: str
    """SHA-256 of the schedule."""
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    people_file: str = ""
    agents: AgentsPlan = AgentsPlan()
    closed_users: int = 0
    """Users that ask again as soon as they are answered: for the scalability law only, whose N is a population."""
    think_scale: float = 1.0
    wrong_password_share: float = 0.05
    slow_address: str = ""
    """Where arrivals of network `mobile` go instead: a relay that delays, on this machine."""
    max_in_flight: int = 3000
    drain_seconds: float = 60.0
    allowed: bool = False
    """Whether the operator said `--i-am-allowed`."""

    def write(self, directory: Path, schedule: Schedule) -> None:
        """Put the plan and its schedule in `directory`."""
        directory.mkdir(parents=True, exist_ok=True)
        schedule.write(directory / SCHEDULE_FILE)
        content = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (directory / PLAN_FILE).write_text(content + "\n", encoding="utf-8")

    def write_to_copy(self, directory: Path, schedule: Schedule) -> None:
        """Put the plan in `directory` with all that another machine must have: passwords too, so for its owner only."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        people, authority = "", ""
        if self.people_file:
            people = PEOPLE_COPY
            People.read(Path(self.people_file)).write(directory / people)
        if self.target.authority:
            authority = AUTHORITY_COPY
            shutil.copyfile(self.target.authority, directory / authority)
        replace(self, people_file=people, target=replace(self.target, authority=authority)).write(directory, schedule)

    @classmethod
    def read(cls, directory: Path) -> Plan:
        """The plan of a folder; files that it names are looked for there, unless their whole path is given."""
        content: dict[str, Any] = json.loads((directory / PLAN_FILE).read_text(encoding="utf-8"))
        for holder, name in ((content, "people_file"), (content["target"], "authority")):
            holder[name] = str(directory / holder[name]) if holder[name] else ""
        target = Target(**content.pop("target"))
        agents = AgentsPlan(**content.pop("agents"))
        return cls(target=target, agents=agents, **content)

    def schedule(self, directory: Path) -> Schedule:
        """The schedule that was announced, no other."""
        return schedules.read(directory / SCHEDULE_FILE, self.digest)


def runs_directory(stack: Stack) -> Path:
    """Where runs of a stack are kept, beside its state."""
    return stack.directory / "charge"


def new_directory(stack: Stack, name: str) -> Path:
    """A folder for one more run."""
    return runs_directory(stack) / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}"
