"""Named, timed steps of a long command, told as they happen."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Phases:
    """Collects `{name, seconds}` and prints each phase on standard error, keeping standard output for JSON."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._start = time.monotonic()
        self.done: list[dict[str, str | float]] = []

    @contextmanager
    def phase(self, name: str, sentence: str) -> Iterator[None]:
        """Run one phase. `name` is the stable key of the JSON, `sentence` what the operator reads."""
        say(f"[{len(self.done) + 1}/{self._total}] {sentence}")
        start = time.monotonic()
        try:
            yield
        finally:
            seconds = round(time.monotonic() - start, 1)
            self.done.append({"name": name, "seconds": seconds})
        say(f"      fait en {seconds:.0f} s")

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return round(time.monotonic() - self._start, 1)


def say(text: str) -> None:
    """Print for the person at the terminal."""
    print(text, file=sys.stderr, flush=True)
