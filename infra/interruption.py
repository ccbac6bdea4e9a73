"""What ends a command from outside ends it as Ctrl-C does: what was begun is put away, then it stops."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def told_to_end_by(*signals: signal.Signals) -> Iterator[None]:
    """While it lasts, each of these signals interrupts the main thread (KeyboardInterrupt); elsewhere, nothing changes.

    SIGINT too, were it ignored: a shell gives that to what a script begins in the background (``gru up &``), which
    would then be deaf to its time limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (*signals, signal.SIGINT)}
    for number in signals:
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    if before[signal.SIGINT] is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
