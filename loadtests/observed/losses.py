"""Every reference that a resident was shown, looked for in the database, the agents' list and the mails."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from infra.remote import host_of, run_remote
from loadtests import mailbox

_REFERENCE = re.compile(r"^\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$")
_IN_SUBJECT = re.compile(r"\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")

# Read by the database's own administrator on its host; an open request is in the agents' list when it has a
# service, which is what the list filters on.
_QUERY = (
    "select json_build_object('reference', reference, 'listed', service_id is not null)"
    " from demandes_demande where reference = any(string_to_array(:'asked', ','))"
)
_BATCH = 2000


@dataclass(frozen=True)
class Losses:
    """Every reference that a resident was given, looked for where it must be."""

    acknowledged: int
    missing_in_database: tuple[str, ...] = ()
    missing_mails: tuple[str, ...] = ()
    missing_in_list: tuple[str, ...] = ()
    duplicated: tuple[str, ...] = ()
    mails_seen: bool = True
    """Whether the platform keeps its mails, so that they could be looked for."""
    looked_up: int = 0
    """How many were also asked for on the agents' own list page."""

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Losses:
        """The inverse of `asdict`, from JSON."""
        typed: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in content.items()}
        return cls(**typed)

    @property
    def count(self) -> int:
        """References lost or doubled (a mail not yet gone is told apart)."""
        return len({*self.missing_in_database, *self.missing_in_list, *self.duplicated})


Listed = Callable[[Sequence[str]], tuple[int, tuple[str, ...]]]
"""Asks the agents' list page for references: how many were asked for, which are not shown."""


def look_for(
    inventory: dict[str, Any],
    references: Sequence[str],
    *,
    settle_seconds: float = 0,
    on_page: Listed | None = None,
) -> Losses:
    """Look for each reference; mails are given `settle_seconds` to leave."""
    asked = [reference for reference in references if _REFERENCE.match(reference)]
    found: Counter[str] = Counter()
    listed: set[str] = set()
    for start in range(0, len(asked), _BATCH):
        for row in _rows(inventory, asked[start : start + _BATCH]):
            found[row["reference"]] += 1
            if row["listed"]:
                listed.add(row["reference"])
    doubled = [reference for reference, times in Counter(asked).items() if times > 1 or found[reference] > 1]
    looked_up, not_shown = on_page([reference for reference in asked if reference in found]) if on_page else (0, ())
    return Losses(
        acknowledged=len(asked),
        missing_in_database=tuple(reference for reference in asked if reference not in found),
        missing_in_list=tuple(
            reference
            for reference in asked
            if reference in found and (reference not in listed or reference in not_shown)
        ),
        missing_mails=_missing_mails(inventory, asked, settle_seconds),
        duplicated=tuple(doubled),
        mails_seen=bool(inventory["all"]["vars"]["gru_mail"]["sink"]),
        looked_up=looked_up,
    )


def _rows(inventory: dict[str, Any], references: Sequence[str]) -> list[dict[str, Any]]:
    command = ["runuser", "-u", "postgres", "--", "psql", "-XAt", "-d", "guichet", "-f", "-"]
    script = f"\\set asked {','.join(references)}\n{_QUERY};\n"
    output = run_remote(inventory, host_of(inventory, "database"), command, script)
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def _missing_mails(inventory: dict[str, Any], references: Sequence[str], settle_seconds: float) -> tuple[str, ...]:
    if not inventory["all"]["vars"]["gru_mail"]["sink"]:
        return ()
    deadline = time.monotonic() + settle_seconds
    while True:
        told = {found for mail in mailbox.listed(inventory) for found in _IN_SUBJECT.findall(mail["subject"])}
        missing = tuple(reference for reference in references if reference not in told)
        if not missing or time.monotonic() >= deadline:
            return missing
        time.sleep(5)
