"""What is remembered of each set between two runs: figures, and the mark of a restoration that did not end."""

from __future__ import annotations

import contextlib
import os
import time

from gru_backup import places
from gru_backup.words import Refused

RESTORING = "restoring"
"""Mark of a set whose restoration, or its undoing, began and did not end: what was put aside is the truth."""
RESTORED = "restored"
"""Which restoration (`run`) what is in place comes from."""
PLATFORM = "platform"
"""Under which name what is of no set alone is remembered."""
STALE = "stale"
"""Mark of a database that was brought back: its next backup is due at once."""


def recall(name: str, what: str) -> float:
    """What `note` kept; 0 where it kept nothing."""
    with contextlib.suppress(OSError, ValueError):
        return float((places.KEPT / f"{name}.{what}").read_text(encoding="ascii"))
    return 0.0


def note(name: str, what: str, value: float) -> None:
    """Remember a figure of a set."""
    places.KEPT.mkdir(mode=0o700, parents=True, exist_ok=True)
    (places.KEPT / f"{name}.{what}").write_text(f"{value:.0f}", encoding="ascii")


def forget(name: str, what: str) -> None:
    """Forget what `note` kept."""
    (places.KEPT / f"{name}.{what}").unlink(missing_ok=True)


def mark(name: str) -> None:
    """Remember, on the disk before anything moves, that a restoration began."""
    note(name, RESTORING, time.time())
    for path in (places.KEPT / f"{name}.{RESTORING}", places.KEPT):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def unmark(name: str) -> None:
    """The restoration ended, well or not."""
    forget(name, RESTORING)


def is_marked(name: str) -> bool:
    """Whether a restoration began and did not end."""
    return (places.KEPT / f"{name}.{RESTORING}").exists()


def refuse_what_was_cut(name: str) -> None:
    """Raise Refused where what is in place is half a restoration: it must not be saved."""
    if is_marked(name):
        raise Refused(
            f"« {name} » : une restauration a été coupée. Relancez « gru restore », ou sur cet hôte"
            f" « gru-backup undo {name} »"
        )
