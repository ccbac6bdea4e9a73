"""A backup in a real S3 store and the copy restored from it alone, on another host, compared as in a drill."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from gru_backup.quiet import Session
from gru_backup.words import Refused

from infra.drill.comparison import Comparison, compare_databases
from tests.roles.backup_world import World, world

SAMPLES = {"ville": "select id, md5(kept::text) from kept where id <= 3 order by id"}
PATIENCE = 60


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with world() as found:
        source = found.on("source")
        with Session("postgres") as session:
            session.ask("create database ville")
        with Session("ville") as session:
            session.ask("create table kept (id int primary key, body bytea not null)")
            session.ask("insert into kept select n, convert_to('avant ' || n, 'UTF8') from generate_series(1, 500) n")
        source.save(None)
        with Session("ville") as session:
            session.ask("update kept set body = 'depuis la sauvegarde' where id % 7 = 0")
        yield found


def test_a_copy_of_the_backup_alone_is_the_source_at_that_second(made: World) -> None:
    """What follows that second is not on the copy, what precedes is, and the repository is as it was."""
    source = made.on("source", SAMPLES)
    seen = source.fingerprint(quiet=True)
    with Session("ville") as session:
        session.ask("delete from kept where id % 2 = 0")
    source.archive_all()
    copy = made.on("copy", SAMPLES)
    before = copy.segments()
    deadline = time.monotonic() + PATIENCE
    while not any(one.name >= seen["journal"] for one in copy.segments()[0]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert copy.restore(seen["at"], run=1)["to"] == seen["at"]
    found = Comparison()
    compare_databases(seen, copy.fingerprint(quiet=False), found)
    assert found.differences == []
    assert found.same == {"tables": 1, "lignes": 500, "demandes": 3}
    assert copy.segments() == before
    with Session("ville") as session:
        session.ask("update kept set body = '' where id = 2")
        session.ask("insert into kept values (0, '')")
    wrong = Comparison()
    compare_databases(seen, copy.fingerprint(quiet=False), wrong)
    assert wrong.differences == [
        "table ville.public.kept : 500 lignes à la source, 501 sur la copie",
        "demandes prises en exemple : 0, 2 ne sont pas les mêmes",
    ]


def test_a_wrong_key_opens_nothing(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = made.on("copy")
    monkeypatch.setenv("PGBACKREST_REPO1_CIPHER_PASS", "une-autre-cle")
    with pytest.raises(Refused, match="la clé n'ouvre pas le dépôt"):
        copy.backups()


def test_a_store_that_refuses_is_told(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = made.on("copy")
    monkeypatch.setenv("PGBACKREST_REPO1_S3_KEY_SECRET", "une-autre")
    with pytest.raises(Refused, match="le dépôt refuse nos identifiants"):
        copy.backups()
    monkeypatch.delenv("PGBACKREST_REPO1_S3_KEY_SECRET")
    monkeypatch.setenv("PGBACKREST_REPO1_S3_BUCKET", "ailleurs")
    with pytest.raises(Refused, match="le conteneur n'existe pas"):
        copy.backups()
