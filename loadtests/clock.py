"""The moment 0 of a run, for what happens beside it; a run that ends early ends every wait at once.

An operator who interrupts a run of two hours gets the machine back now, with what was killed started again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Self


class Ended(Exception):
    """The run ended before the moment that was waited for."""


class Clock:
    """Seconds since the run's moment 0."""

    def __init__(self) -> None:
        self._known, self._ended = threading.Event(), threading.Event()
        self._zero = 0.0

    @classmethod
    def begun(cls) -> Self:
        """A run that begins now."""
        clock = cls()
        clock.begin(time.monotonic())
        return clock

    def begin(self, zero: float) -> None:
        """Moment 0, on the machine's monotonic clock."""
        self._zero = zero
        self._known.set()

    def end(self) -> None:
        """Nothing is waited for any more."""
        self._ended.set()
        self._known.set()

    @property
    def now(self) -> float:
        """Seconds since moment 0."""
        return time.monotonic() - self._zero

    def until_begun(self) -> None:
        """Wait for moment 0. Raises Ended where the run ended without one."""
        self._known.wait()
        if not self._zero:
            raise Ended

    def until(self, seconds: float) -> None:
        """Wait for a moment. Raises Ended where the run ends, or has ended, first."""
        if self._ended.wait(max(seconds - self.now, 0)):
            raise Ended


Action = Callable[[Clock], None]
"""Something done during the run; it is given the run's clock and returns when it is over."""
