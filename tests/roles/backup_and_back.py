"""On two hosts, a database and a repository: save, write, come back to a moment between, and be refused in words."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from infra import backups
from infra.configuration import run_runbook
from infra.inventory import read_inventory
from infra.remote import host_of, run_remote
from infra.state import Stack

ROWS = "select count(*), md5(string_agg(body, ',' order by id)) from kept"


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack(os.environ["GRU_STACK"])


@pytest.fixture(scope="module")
def inventory(stack: Stack) -> dict[str, Any]:
    return read_inventory(stack)


class Base:
    """The database's host."""

    def __init__(self, inventory: dict[str, Any]) -> None:
        self.inventory = inventory
        self.host = host_of(inventory, "database")

    def run(self, command: str, host: str | None = None) -> str:
        return run_remote(self.inventory, host or self.host, [command], seconds=120).strip()

    def ask(self, query: str) -> str:
        return self.run(f'psql -U postgres -XAt -d guichet -c "{query}"')

    def moment(self) -> int:
        """A whole second that is over: what was committed before it is before, what comes next is after."""
        now = int(self.ask("select ceil(extract(epoch from clock_timestamp()))::bigint"))
        while int(self.ask("select floor(extract(epoch from clock_timestamp()))::bigint")) <= now:
            time.sleep(0.1)
        return now

    def examine(self, to: int, before: str = "") -> list[str]:
        told = self.run(f"{before} {backups.COMMAND} examine --to {to} --sets database,site")
        refusals: list[str] = json.loads(told)["refusals"]
        return refusals


@pytest.fixture(scope="module")
def base(inventory: dict[str, Any]) -> Base:
    return Base(inventory)


@pytest.fixture(scope="module")
def lived(base: Base, inventory: dict[str, Any], stack: Stack) -> dict[str, Any]:
    """A backup, rows, a moment, then other rows and a loss."""
    # The timers begin two minutes after the installation: here, nobody else saves.
    base.run("systemctl stop gru-backup-database.timer gru-backup-files.timer gru-backup-database gru-backup-files")
    backups.save(inventory, stack)
    base.ask("drop table if exists kept")
    base.ask("create table kept (id int primary key, body text not null)")
    base.ask("insert into kept select n, 'avant ' || n from generate_series(1, 1000) n")
    lived: dict[str, Any] = {"rows": base.ask(ROWS), "to": base.moment()}
    base.ask("insert into kept select n, 'ensuite ' || n from generate_series(1001, 1100) n")
    base.ask("delete from kept where id % 2 = 0")
    lived["later"] = base.ask(ROWS)
    lived["then"] = base.moment()
    return lived


def restore(stack: Stack, to: int) -> None:
    variables: dict[str, object] = {"restore_to": to, "restore_sets": ["database"]}
    run_runbook(stack, "restore", Path(stack.log_directory) / "restore.log", variables=variables)
    wait_for_the_backup_that_follows(Base(read_inventory(stack)))


def wait_for_the_backup_that_follows(base: Base) -> None:
    deadline = time.monotonic() + 60
    ended = "! test -e /var/lib/gru/backup/database.stale && systemctl show -P ActiveState gru-backup-database"
    while base.run(f"{ended} || true") != "inactive":
        assert time.monotonic() < deadline, base.run("journalctl -u gru-backup-database -n 20 --no-pager")
        time.sleep(0.5)


@pytest.mark.usefixtures("lived")
def test_what_is_saved_is_listed_and_read_again(inventory: dict[str, Any]) -> None:
    found = backups.listed(inventory)
    assert {one.set for one in found} == {"database", "site"}
    assert [one.kind for one in found if one.set == "database"][-1] == "full"
    assert all(one.size > 0 and abs(one.time - time.time()) < 3600 for one in found)
    assert backups.problems(inventory) == []


@pytest.mark.usefixtures("lived")
def test_nothing_leaves_in_clear(base: Base, inventory: dict[str, Any]) -> None:
    """Neither a row nor a name of table is readable in the repository."""
    place = host_of(inventory, "backup_repository")
    assert base.run("find /var/lib/gru-backup/depot -type f | wc -l", place) != "0"
    assert base.run("grep -rlaE 'avant 1|guichet_owner|PGDMP' /var/lib/gru-backup/depot || true", place) == ""


def test_monitoring_knows_when(base: Base, lived: dict[str, Any]) -> None:
    figures = base.run("cat /var/lib/prometheus/node-exporter/gru-backup.prom")
    assert 'gru_backup_last_success_timestamp_seconds{set="database"} ' in figures
    assert 'gru_backup_size_bytes{set="site"} ' in figures


def test_a_moment_that_cannot_be_is_refused_in_words(base: Base, lived: dict[str, Any]) -> None:
    before = base.ask("select pg_postmaster_start_time()")
    assert "est à venir" in base.examine(int(time.time()) + 3600)[0]
    early = base.examine(lived["to"] - 86400)
    assert "rien n'est sauvegardé avant le" in early[0]
    assert "n'était pas encore sauvegardé" in early[1]
    wrong = base.examine(lived["to"], "PGBACKREST_REPO1_CIPHER_PASS=une-autre-cle")
    assert "ce n'est pas celle qui a chiffré les sauvegardes" in wrong[0]
    assert base.ask("select pg_postmaster_start_time()") == before
    assert base.ask(ROWS) == lived["later"]


def test_the_database_comes_back_to_the_moment(base: Base, lived: dict[str, Any], stack: Stack) -> None:
    """Rows of the moment, neither more nor less; and what follows is saved in turn."""
    restore(stack, lived["to"])
    assert base.ask(ROWS) == lived["rows"]
    base.ask("insert into kept values (5000, 'une nouvelle vie')")
    after = base.ask(ROWS)
    to = base.moment()
    base.ask("truncate kept")
    restore(stack, to)
    assert base.ask(ROWS) == after


def test_what_was_put_aside_comes_back(base: Base, lived: dict[str, Any]) -> None:
    """The last restoration is undone: the table is empty again."""
    base.run(f"{backups.COMMAND} undo database")
    assert base.ask("select count(*) from kept") == "0"
    assert base.run(f"{backups.COMMAND} undo database 2>&1 || true").startswith("aucune restauration de la base")


def test_a_restoration_that_was_killed_loses_nothing(base: Base, lived: dict[str, Any], stack: Stack) -> None:
    """Killed as it copies: nothing is saved of it, the next one restores, and is undone to what was there at first."""
    aside = "/var/lib/postgresql/17/main.avant-restauration"
    begun = f"setsid {backups.COMMAND} restore database --to {lived['to']} >/dev/null 2>&1 & p=$!"
    base.run(f"{begun}; until test -e {aside}; do kill -0 $p || exit 1; sleep 0.02; done; kill -9 -- -$p")
    assert "une restauration a été coupée" in base.run(f"{backups.COMMAND} save database 2>&1 || true")
    restore(stack, lived["to"])
    assert base.ask(ROWS) == lived["rows"]
    base.run(f"{backups.COMMAND} undo database")
    assert base.ask("select count(*) from kept") == "0"


def test_a_moment_between_the_first_choice_and_the_restoration_can_still_be_reached(
    base: Base, lived: dict[str, Any], stack: Stack
) -> None:
    """What was lived before the first restoration, and taken away by it."""
    restore(stack, lived["then"])
    assert base.ask(ROWS) == lived["later"]


def test_a_database_made_anew_takes_the_backups(base: Base, lived: dict[str, Any], stack: Stack) -> None:
    """As on a host that was lost: an empty cluster, known of nobody."""
    data = "/var/lib/postgresql/17/main"
    base.run("systemctl stop postgresql@17-main")
    base.run(f"rm -rf {data} && runuser -u postgres -- /usr/lib/postgresql/17/bin/initdb -D {data} >/dev/null")
    base.run("systemctl start postgresql@17-main")
    restore(stack, lived["to"])
    assert base.ask(ROWS) == lived["rows"]


def test_a_missing_journal_is_named_and_nothing_is_touched(
    base: Base, lived: dict[str, Any], inventory: dict[str, Any]
) -> None:
    place = host_of(inventory, "backup_repository")
    base.ask("select pg_current_xact_id()")
    base.ask("select pg_switch_wal()")
    backups.examine(inventory, int(time.time()) - 1, ["database"])
    to = base.moment()
    listed = base.run("find /var/lib/gru-backup/depot/postgresql/archive -name '*.zst' | sort", place).splitlines()
    gone = listed[-1]
    base.ask("select pg_current_xact_id()")
    base.ask("select pg_switch_wal()")
    base.run(f"rm {gone}", place)
    refusals = base.examine(to)
    assert gone.rpartition("/")[2][:24] in refusals[0]
    assert "manque dans le dépôt" in refusals[0]
    assert base.ask(ROWS) == lived["rows"]
