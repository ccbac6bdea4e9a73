"""Looks at memory and disk while a run goes on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from infra.state import OperatorError
from loadtests.clock import Action, Clock
from loadtests.observed import usage
from loadtests.shapes import Watched

LOOKS = 100
WATCHED_SECONDS = 1800.0
"""Runs at least this long are looked at while they go on: memory and disk, `LOOKS` times in all.

A look is felt: all hosts at once, every 15 s, took both processors of a small machine for a third of a second, and one
agents' list in forty with them. Shorter runs show no leak anyway.
"""


def watch(inventory: dict[str, Any], duration: float, kept: list[Watched]) -> Action:
    """Look at memory and disk while the run goes on (`duration` seconds); a look that fails is one look less."""

    def act(clock: Clock) -> None:
        pause = duration / LOOKS
        moment = 0.0
        while moment < duration:
            clock.until(moment)
            with suppress(OperatorError, ValueError):
                seen = usage.snapshot(inventory, gently=True)
                kept.append(Watched(clock.now, seen.memory(), seen.disk_used, seen.disk_free))
            moment += pause

    return act
