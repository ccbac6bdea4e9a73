"""Whether a backup is due, and of which kind."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from gru_backup.history import Backup
from gru_backup.words import PARIS


def is_due(last: float | None, hour: int, now: float) -> bool:
    """Whether a day's backup is to be made: none since the last time that clocks showed `hour` in Paris."""
    here = datetime.datetime.fromtimestamp(now, PARIS)
    wanted = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    if wanted > here:
        wanted -= datetime.timedelta(days=1)
    return last is None or last < wanted.timestamp()


def kind_due(backups: Sequence[Backup], full_every_days: int, now: float) -> str:
    """Full where the last one is as old as that (an hour early rather than a day late), else what changed since it."""
    last = max((backup.start for backup in backups if backup.kind == "full"), default=0)
    return "full" if now - last > full_every_days * 86400 - 3600 else "diff"
