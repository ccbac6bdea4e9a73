"""How far each change went, kept in the vault with the values themselves: both are written at once, or not at all.

An entry that changes has its other value beside it: ``NAME_other`` while both are good (hosts are given it),
``NAME_former`` once the former is to be refused (no host is given it; it serves to prove that).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from infra.rotation.catalogue import BY_NAME, EVERYWHERE, YEAR_DAYS, Kept
from infra.secret_store import days_made, made_today

RUNNING = "rotations"
"""Entry of the vault: JSON, by name."""
OTHER, FORMER = "_other", "_former"

BEGUN, SWITCHED, KEPT, ENDING = "begun", "switched", "kept", "ending"


@dataclass(frozen=True, slots=True)
class Progress:
    """`begun`: the new value is known beside the one in force. `switched`: it is in force, the former still good.
    `kept`: the same, until the day `until` (ISO 8601). `ending`: the former is to be refused.

    `leaked`: the former is not kept any longer than the change takes.
    """

    step: str
    leaked: bool = False
    until: str = ""


def running(content: Mapping[str, str]) -> dict[str, Progress]:
    """Changes that are not at their end, by name."""
    found = json.loads(content.get(RUNNING, "{}"))
    return {name: Progress(**progress) for name, progress in found.items() if name in BY_NAME}


def noted(content: Mapping[str, str], name: str, progress: Progress | None) -> dict[str, str]:
    """The content that says so of `name`; None: nothing is under way any more."""
    known = running(content)
    known.pop(name, None)
    if progress:
        known[name] = progress
    rest = {key: value for key, value in content.items() if key != RUNNING}
    return rest | ({RUNNING: json.dumps({one: asdict(known[one]) for one in sorted(known)})} if known else {})


def begin(content: Mapping[str, str], kept: Kept, values: tuple[str, ...], *, leaked: bool) -> dict[str, str]:
    """A new value beside the one in force."""
    beside = {field + OTHER: value for field, value in zip(kept.fields, values, strict=True)}
    return noted({**content, **beside}, kept.name, Progress(BEGUN, leaked))


def switch(content: Mapping[str, str], kept: Kept) -> dict[str, str]:
    """The new value in force, the former beside it."""
    swapped = dict(content)
    for field in kept.fields:
        swapped[field], swapped[field + OTHER] = content[field + OTHER], content[field]
    return noted(made_today(swapped, kept.fields), kept.name, Progress(SWITCHED, running(content)[kept.name].leaked))


def put_aside(content: Mapping[str, str], kept: Kept) -> dict[str, str]:
    """The former, no longer given to any host."""
    left = {key: value for key, value in content.items() if key not in {field + OTHER for field in kept.fields}}
    aside = {field + FORMER: content[field + OTHER] for field in kept.fields}
    return noted(left | aside, kept.name, Progress(ENDING))


def forget(content: Mapping[str, str], kept: Kept) -> dict[str, str]:
    """The former, forgotten."""
    gone = {field + FORMER for field in kept.fields}
    return noted({key: value for key, value in content.items() if key not in gone}, kept.name, None)


def age_days(content: Mapping[str, str], kept: Kept, today: date) -> int | None:
    """Days since it was made; None where nobody noted it."""
    day = days_made(dict(content)).get(kept.fields[0]) if kept.fields else None
    return (today - date.fromisoformat(day)).days if day else None


def serves(kept: Kept, functions: Iterable[str]) -> bool:
    """Whether it serves on a platform whose hosts carry these functions."""
    return not kept.holders or EVERYWHERE in kept.holders or bool(set(functions).intersection(kept.holders))


def due(content: Mapping[str, str], functions: Collection[str], today: date | None = None) -> list[str]:
    """Names of what `gru rotate --all-due` would change, on a platform whose hosts carry these functions.

    A year old or of unknown age, and what changes without an outage.
    """
    today = today or datetime.now(UTC).date()
    found = []
    for name, kept in BY_NAME.items():
        if not kept.change or kept.change.outage or name in running(content) or kept.fields[0] not in content:
            continue
        if not serves(kept, functions):
            continue
        age = age_days(content, kept, today)
        if age is None or age >= YEAR_DAYS:
            found.append(name)
    return found


def overdue(content: Mapping[str, str], today: date | None = None) -> list[str]:
    """Names of changes to finish: cut short, or whose former value has served its time."""
    day = (today or datetime.now(UTC).date()).isoformat()
    return [name for name, one in running(content).items() if one.step != KEPT or one.until <= day]
