"""What is asked of a platform once a run has ended: processor time, the front's count, curves, lost requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.state import OperatorError
from loadtests.browser import JourneyFailed
from loadtests.finished import Finished
from loadtests.observed import agents_list, front, losses, series, usage
from loadtests.observed.usage import Snapshot
from loadtests.people import People
from loadtests.plan import Plan

_SETTLE_SECONDS = 20.0
"""What mails are given to leave, where no promise says so."""


@dataclass
class Questions:
    """Questions to a platform after a run: one without answer loses no measure, but the run is not believed."""

    tell: Callable[[str], None]
    unanswered: list[str] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        """One question."""
        try:
            yield
        except (OperatorError, ValueError) as error:
            self.unanswered.append(str(error))
            self.tell(f"  {error}")


def ask_platform(
    done: Finished, inventory: dict[str, Any], before: Snapshot, unwritten: int, questions: Questions
) -> None:
    """Put what the hosts saw of the run into `done`; `before` and `unwritten` were read before it."""
    ended = time.time()
    with questions.one():
        after = usage.snapshot(inventory)
        done.components = usage.between(before, after)
        done.machine = (after.busy - before.busy) / max(after.total - before.total, 1e-9)
    with questions.one():
        done.front = front.count(inventory, done.plan.target, done.plan.run, done.started, unwritten)
    with questions.one():
        done.curves = series.read(inventory, done.started, ended)
    references = [o.reference for o in done.recording.outcomes if o.reference]
    if not references:
        return
    given = [seconds for promise in done.promises if (seconds := promise.settle_seconds()) is not None]
    with questions.one():
        done.losses = losses.look_for(
            inventory,
            references,
            settle_seconds=max(given, default=_SETTLE_SECONDS),
            on_page=_on_agents_page(done.plan, done.notes),
        )


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
