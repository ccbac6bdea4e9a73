"""A condition of a running stack is awaited, never a moment."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.5


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until it holds. Raises AssertionError, naming `what`, when it does not in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} : toujours pas après {seconds:.0f} s"
        time.sleep(PAUSE_SECONDS)
