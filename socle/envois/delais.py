"""When a message that did not leave is tried again."""

from __future__ import annotations

PREMIERE = 30  # seconds
PLAFOND = 3600  # seconds
ESSAIS = 55  # 30 s, 1 min, 2 min … then every hour: two days in all
PANNE = 60  # seconds between two tries of a channel that cannot be reached, however many messages wait for it


def delai(essais: int) -> int:
    """Seconds before the next try, after ``essais`` refusals before this one: soon at first, then every hour."""
    return int(min(PREMIERE * 2 ** min(essais, 20), PLAFOND))
