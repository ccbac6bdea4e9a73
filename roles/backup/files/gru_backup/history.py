"""Which backup and which journals of PostgreSQL lead to a moment: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gru_backup.words import Refused, said

SEGMENTS_BY_LOG = 0x100
"""Segments of 16 MiB in the 4 GiB of a `log` (PostgreSQL, xlog_internal.h)."""
SEGMENT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Backup:
    """A backup of PostgreSQL: when it began and ended (seconds), its journals, where it ends."""

    label: str
    kind: str
    start: int
    stop: int
    first: str
    last: str
    end: int
    size: int
    stored: int


@dataclass(frozen=True)
class Segment:
    """An archived journal: its name (24 hexadecimal digits) and when it was archived (seconds)."""

    name: str
    pushed: int


@dataclass(frozen=True)
class Line:
    """A history of the database, born of a restoration at `born`; `parents` are (history, where it was left)."""

    number: int
    born: int
    parents: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Choice:
    """What a restoration starts from. `reached` is when journals end, if they end before the moment asked for."""

    backup: Backup
    line: int
    reached: int | None = None

    @property
    def target(self) -> str:
        """The history, as PostgreSQL is told: that of the backup itself needs no file of history, which a repository
        that was chosen since does not have.
        """
        return "current" if line_of(self.backup.last) == self.line else str(self.line)


def line_of(name: str) -> int:
    """History that a journal belongs to."""
    return int(name[:8], 16)


def rank_of(name: str) -> int:
    """Rank of a journal among those of all histories."""
    return int(name[8:16], 16) * SEGMENTS_BY_LOG + int(name[16:24], 16)


def position(lsn: str) -> int:
    """Bytes, from how PostgreSQL writes a place in its journals: ``1/3000028``."""
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def choose(backups: Sequence[Backup], segments: Sequence[Segment], lines: Sequence[Line], to: int, now: int) -> Choice:
    """Where to start from to come back to `to`.

    A restoration opens another history: each moment is looked for in the one that was lived then.

    Raises:
        Refused: the moment is to come, nothing is old enough, or a journal is missing on the way.
    """
    if to > now:
        raise Refused(f"le {said(to)} est à venir : on ne revient qu'à un moment passé")
    if not backups:
        raise Refused("le dépôt ne contient aucune sauvegarde de la base : il n'y a rien à restaurer")
    oldest = min(backup.stop for backup in backups)
    if to < oldest:
        raise Refused(f"rien n'est sauvegardé avant le {said(oldest)} : demandez un moment plus récent")
    lived = max((line for line in lines if line.born <= to), key=lambda line: line.number, default=None)
    number = lived.number if lived else min(line_of(backup.first) for backup in backups)
    left = dict(lived.parents) if lived else {}
    usable = [
        backup
        for backup in backups
        if backup.stop <= to and (line_of(backup.last) == number or backup.end <= left.get(line_of(backup.last), -1))
    ]
    if not usable:
        first = min((b.stop for b in backups if line_of(b.last) == number), default=None)
        more = f" ; la première qui suit est du {said(first)}" if first else ""
        raise Refused(f"aucune sauvegarde ne mène au {said(to)} dans ce que la base a vécu depuis{more}")
    backup = max(usable, key=lambda one: one.stop)
    return Choice(backup, number, _journals_end(backup, segments, number, left, to))


def _journals_end(
    backup: Backup, segments: Sequence[Segment], number: int, left: Mapping[int, int], to: int
) -> int | None:
    """When journals end, if before `to`. Raises Refused where one is missing before."""

    def lived(segment: Segment) -> bool:
        line, rank = line_of(segment.name), rank_of(segment.name)
        return line == number or (line in left and rank < left[line] // SEGMENT_BYTES)

    there = {rank_of(segment.name): segment for segment in segments if lived(segment)}
    reached = backup.stop
    for rank in range(rank_of(backup.first), max(there, default=0) + 1):
        segment = there.get(rank)
        if segment is None:
            if rank <= rank_of(backup.last):
                raise Refused(
                    f"la sauvegarde du {said(backup.stop)} est incomplète : le journal {_written(number, rank)} manque"
                )
            raise Refused(
                f"le journal {_written(number, rank)} manque dans le dépôt : on ne peut pas aller au-delà du"
                f" {said(reached)} à partir de la sauvegarde du {said(backup.stop)}"
            )
        reached = max(reached, segment.pushed)
        if segment.pushed >= to and rank >= rank_of(backup.last):
            return None
    return reached


def _written(number: int, rank: int) -> str:
    return f"{number:08X}{rank // SEGMENTS_BY_LOG:08X}{rank % SEGMENTS_BY_LOG:08X}"
