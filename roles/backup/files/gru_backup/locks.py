"""Who may work beside whom on a host."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from gru_backup import places
from gru_backup.words import Refused


@contextlib.contextmanager
def locked(*, alone: bool, by: Path | None = None) -> Iterator[None]:
    """Hold this host's lock: alone to restore, with others to save. Raises Refused where it cannot be had at once."""
    with (by or places.LOCK).open("a", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "une autre opération est en cours sur cet hôte (sauvegarde ou restauration) : attendez qu'elle finisse"
            ) from None
        yield


def is_read() -> bool:
    """Whether a check reads snapshots: none may be removed under it."""
    try:
        with locked(alone=True, by=places.READING):
            return False
    except Refused:
        return True
