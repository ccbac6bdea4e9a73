"""Which backup and which journals lead to a moment: the pure part of role `backup`, on histories made by hand."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pytest
from gru_backup import due, history, words

MIB16 = history.SEGMENT_BYTES
NOW = 100_000


def name(line: int, rank: int) -> str:
    return f"{line:08X}{rank // 256:08X}{rank % 256:08X}"


def saved(stop: int, rank: int, line: int = 1, kind: str = "diff") -> history.Backup:
    return history.Backup(
        f"b{stop}", kind, stop - 10, stop, name(line, rank), name(line, rank), rank * MIB16 + 99, 1, 1
    )


def journals(line: int, ranks: Iterable[int], pushed: Any) -> list[history.Segment]:
    return [history.Segment(name(line, rank), pushed(rank)) for rank in ranks]


STRAIGHT = journals(1, range(1, 300), lambda rank: rank * 100)
BACKUPS = [saved(500, 5, kind="full"), saved(1500, 15)]


def test_the_last_backup_before_the_moment_is_taken() -> None:
    assert history.choose(BACKUPS, STRAIGHT, [], 1400, NOW) == history.Choice(BACKUPS[0], 1)
    assert history.choose(BACKUPS, STRAIGHT, [], 1500, NOW) == history.Choice(BACKUPS[1], 1)
    # Ranks cross from one log of 256 journals to the next.
    assert history.choose(BACKUPS, STRAIGHT, [], 28_000, NOW).reached is None


def test_journals_that_end_before_the_moment_are_told() -> None:
    assert history.choose(BACKUPS, STRAIGHT, [], 50_000, NOW) == history.Choice(BACKUPS[1], 1, reached=29_900)


@pytest.mark.parametrize(
    ("backups", "to", "said"),
    [
        (BACKUPS, NOW + 1, "est à venir"),
        (BACKUPS, 499, "rien n'est sauvegardé avant le 01/01/1970 à 01:08:20"),
        ([], 1000, "ne contient aucune sauvegarde"),
    ],
)
def test_a_moment_without_a_way_is_refused(backups: list[history.Backup], to: int, said: str) -> None:
    with pytest.raises(words.Refused, match=said):
        history.choose(backups, STRAIGHT, [], to, NOW)


def test_a_missing_journal_is_named_with_what_can_still_be_reached() -> None:
    torn = [segment for segment in STRAIGHT if segment.name != name(1, 20)]
    with pytest.raises(words.Refused) as refusal:
        history.choose(BACKUPS, torn, [], 2500, NOW)
    assert f"le journal {name(1, 20)} manque" in str(refusal.value)
    assert words.said(1900) in str(refusal.value)
    # Before the hole, all is well; and a backup after it does not need it.
    assert history.choose(BACKUPS, torn, [], 1800, NOW).reached is None
    assert history.choose([*BACKUPS, saved(2600, 26)], torn, [], 2700, NOW).backup.label == "b2600"


def test_a_backup_without_its_own_journal_is_refused() -> None:
    torn = [segment for segment in STRAIGHT if segment.name != name(1, 15)]
    with pytest.raises(words.Refused, match="est incomplète"):
        history.choose(BACKUPS, torn, [], 1500, NOW)


# The database lived to 3000 (journal 30), was brought back to 2000 (journal 20), and lives on as history 2.
SECOND = history.Line(2, 3000, ((1, 20 * MIB16 + 5000),))
TWICE = [*journals(1, range(1, 31), lambda rank: rank * 100), *journals(2, range(20, 40), lambda rank: 3000 + rank)]


def test_a_moment_before_a_restoration_is_sought_in_what_was_lived_then() -> None:
    """At 2500, the database held what the restoration took away at 3000."""
    assert history.choose(BACKUPS, TWICE, [SECOND], 2500, NOW) == history.Choice(BACKUPS[1], 1)


def test_a_moment_after_a_restoration_starts_from_what_both_histories_share() -> None:
    """Not from the backup of 2800, of which nothing is left in the history that followed."""
    lost = saved(2800, 28)
    assert history.choose([*BACKUPS, lost], TWICE, [SECOND], 3030, NOW).backup == BACKUPS[1]
    assert history.choose([*BACKUPS, lost], TWICE, [SECOND], 2900, NOW).backup == lost
    fresh = saved(3025, 25, line=2)
    chosen = history.choose([*BACKUPS, lost, fresh], TWICE, [SECOND], 3030, NOW)
    assert chosen == history.Choice(fresh, 2)
    assert (chosen.target, history.Choice(lost, 2).target) == ("current", "2")


def test_a_history_that_is_no_ancestor_does_not_count() -> None:
    """Brought back a second time, from history 1 again: a backup of history 2 leads nowhere."""
    third = history.Line(3, 4000, ((1, 25 * MIB16),))
    segments = [*TWICE, *journals(3, range(25, 30), lambda rank: 4000 + rank)]
    strange = saved(3022, 22, line=2)
    assert history.choose([*BACKUPS, strange], segments, [SECOND, third], 4010, NOW).backup == BACKUPS[1]


def paris(text: str) -> float:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=words.PARIS).timestamp()


def test_the_day_s_backup_is_due_once_its_hour_has_come() -> None:
    assert due.is_due(None, 2, paris("2026-11-30T01:00"))
    assert not due.is_due(paris("2026-11-29T02:01"), 2, paris("2026-11-30T01:59"))
    assert due.is_due(paris("2026-11-29T02:01"), 2, paris("2026-11-30T02:00"))
    assert not due.is_due(paris("2026-11-30T02:00"), 2, paris("2026-11-30T23:00"))


def test_a_full_backup_comes_back_every_so_many_days() -> None:
    day = 86400
    assert due.kind_due([], 7, 50 * day) == "full"
    full = [saved(10 * day, 5, kind="full"), saved(16 * day, 8)]
    assert due.kind_due(full, 7, 16 * day) == "diff"
    assert due.kind_due(full, 7, 17 * day) == "full"


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("ERROR: [042]: unable to flush", "la clé n'ouvre pas le dépôt"),
        ("Fatal: wrong password or no key found", "la clé n'ouvre pas le dépôt"),
        ("ssh: connect to host: Connection refused", "le dépôt ne répond pas"),
        ("une première ligne\n  la dernière\n\n", "la dernière"),
        ("", "sans précision"),
    ],
)
def test_what_tools_complain_of_is_said_in_french(complaint: str, said: str) -> None:
    assert words.in_words(complaint).startswith(said)
