"""The offers read as qualified SecNumCloud: `secnumcloud.yaml`, dated data that says how to bring it up to date."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.model.yaml_file import read_yaml

LIST = Path(__file__).with_name("secnumcloud.yaml")
VALID_YEARS = 3
"""A qualification lasts three years (ANSSI; sources in the list)."""
LIST_STALE_DAYS = 366


@dataclass(frozen=True)
class Offer:
    """An offer that a source says is qualified; `decided_on` where the source tells it."""

    operator: str
    offer: str
    source: str
    read_on: datetime.date
    decided_on: datetime.date | None


@cache
def offers(path: Path = LIST) -> tuple[Offer, ...]:
    """The list."""
    return tuple(
        Offer(
            operator=one["operator"],
            offer=one["offer"],
            source=one["source"],
            read_on=datetime.date.fromisoformat(one["read_on"]),
            decided_on=datetime.date.fromisoformat(one["decided_on"]) if one["decided_on"] else None,
        )
        for one in read_yaml(path).value["offers"]
    )


def expiry(decided: datetime.date) -> datetime.date:
    """The day from which a qualification decided then holds no more."""
    leap = (decided.month, decided.day) == (2, 29)
    return decided.replace(year=decided.year + VALID_YEARS, day=28 if leap else decided.day)
