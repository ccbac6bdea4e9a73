"""What differs between a copy and its source: pure. Fingerprints are those of `gru-backup fingerprint`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SHOWN = 5
"""Names that are told of each kind of difference; the rest is counted."""


@dataclass(slots=True)
class Comparison:
    """Sentences without their final stop. `same` counts by what it counts."""

    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    same: dict[str, int] = field(default_factory=dict)


def compare_databases(source: Mapping[str, Any], copy: Mapping[str, Any], into: Comparison) -> None:
    """Every table by its rows and checksum, and requests by name; both are of one moment: nothing may differ."""
    rows = tables = 0
    for table in sorted({*source["tables"], *copy["tables"]}):
        ours, theirs = source["tables"].get(table), copy["tables"].get(table)
        if ours is None or theirs is None:
            where = "que sur la copie" if ours is None else "qu'à la source"
            into.differences.append(f"table {table} : n'existe {where}")
        elif ours[0] != theirs[0]:
            into.differences.append(f"table {table} : {ours[0]} lignes à la source, {theirs[0]} sur la copie")
        elif ours != theirs:
            into.differences.append(f"table {table} : autant de lignes ({ours[0]}), mais pas le même contenu")
        else:
            tables, rows = tables + 1, rows + int(ours[0])
    wrong = [name for name, digest in source["samples"].items() if copy["samples"].get(name) != digest]
    wrong += [name for name in copy["samples"] if name not in source["samples"]]
    if wrong:
        into.differences.append(f"demandes prises en exemple : {_some(wrong)} ne sont pas les mêmes")
    into.same |= {"tables": tables, "lignes": rows, "demandes": len(source["samples"]) - len(set(wrong))}


def compare_dated(
    what: str, source: Mapping[str, Sequence[Any]], copy: Mapping[str, Sequence[Any]], at: float, into: Comparison
) -> None:
    """Entries or files, by name: what has not changed since the backup (`at`, seconds) must be the same."""
    unchanged = {name: digest for name, (digest, changed) in source.items() if changed <= at}
    missing = [name for name in unchanged if name not in copy]
    other = [name for name, digest in unchanged.items() if name in copy and copy[name][0] != digest]
    if missing:
        into.differences.append(f"{what} : manquent sur la copie {_some(missing)}")
    if other:
        into.differences.append(f"{what} : ne sont pas les mêmes {_some(other)}")
    if newer := len(source) - len(unchanged):
        into.notes.append(f"{what} : {newer} de plus récents que la sauvegarde, non comparés")
    if gone := sum(name not in source for name in copy):
        into.notes.append(f"{what} : {gone} retirés de la source depuis la sauvegarde")
    into.same[what] = len(unchanged) - len(missing) - len(other)


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(sorted(names)[:SHOWN]) + (f" et {more} autres" if more > 0 else "")
