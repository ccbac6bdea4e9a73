"""What an abusive source met: made by `disturb`, which plays that source, judged by `promises`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AbuseSeen:
    """What the front answered to a source that sends without end."""

    statuses: dict[str, int]
    stopped_after: float | None
    """Seconds until its first refusal."""
    after_stop: int = 0
    refused_after_stop: int = 0
