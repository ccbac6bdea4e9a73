"""What two hosts are compared by: a whole second of a real PostgreSQL at which nothing is written, an LDIF, files."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from gru_backup import fingerprint
from gru_backup.quiet import Session, quiet_second
from gru_backup.words import Refused

from tests.postgresql import grappe

SAMPLES = {"postgres": "select name, md5(kept::text) from kept order by 1"}


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[Path]:
    """PostgreSQL where `psql` finds it, as on a host."""
    with pytest.MonkeyPatch.context() as patch, grappe() as socket:
        patch.setenv("PGHOST", str(socket))
        with Session("postgres") as session:
            session.ask("create table kept (name text, body bytea)")
            session.ask("insert into kept select n::text, convert_to(n::text, 'UTF8') from generate_series(1, 100) n")
            session.ask("create unlogged table passing (name text)")
        yield socket


def test_rows_and_contents_are_told_apart() -> None:
    """A changed row keeps the count and changes the checksum; the order of rows is nothing."""
    with Session("postgres") as session:
        before = fingerprint.of_database({"postgres": session}, SAMPLES)
        assert set(before["tables"]) == {"postgres.public.kept"}
        assert before["tables"]["postgres.public.kept"][0] == "100"
        session.ask("begin")
        session.ask("delete from kept where name = '1'")
        session.ask("insert into kept values ('1', convert_to('1', 'UTF8'))")
        assert fingerprint.of_database({"postgres": session}, SAMPLES) == before
        session.ask("update kept set body = '' where name = '7'")
        after = fingerprint.of_database({"postgres": session}, SAMPLES)
        session.ask("rollback")
    assert after["tables"]["postgres.public.kept"][0] == "100"
    assert after["tables"] != before["tables"]
    assert {name for name in before["samples"] if before["samples"][name] != after["samples"][name]} == {"7"}


def test_what_is_read_is_of_the_second_that_is_told() -> None:
    """What comes after it is not seen, whenever it is read."""
    with quiet_second(["postgres"]) as (second, journal, sessions), Session("postgres") as other:
        other.ask("insert into kept values ('plus tard', '')")
        assert sessions["postgres"].ask("select count(*) from kept") == ["100"]
        assert int(other.ask("select floor(extract(epoch from clock_timestamp()))::bigint")[0]) >= second
        assert len(journal) == 24
        other.ask("delete from kept where name = 'plus tard'")


def test_a_second_in_which_somebody_writes_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that has not ended forbids it: whether it ends before that second, nobody can tell."""
    monkeypatch.setattr("gru_backup.quiet.TRIES", 2)
    with Session("postgres") as writer:
        writer.ask("begin")
        writer.ask("insert into kept values ('en cours', '')")
        with pytest.raises(Refused, match="a écrit sans relâche"), quiet_second(["postgres"]):
            pass


def test_what_psql_refuses_is_told() -> None:
    with Session("postgres") as session, pytest.raises(Refused, match="does not exist"):
        session.ask("select * from nowhere")


def entry(name: str, stamp: str, *more: str) -> str:
    return "\n".join([f"dn: {name}", "objectClass: inetOrgPerson", f"modifyTimestamp: {stamp}", *more, "", ""])


def test_an_entry_is_what_people_wrote_of_it() -> None:
    """Neither the directory's own marks nor failures to sign in; a folded line and one in base 64 are the same."""
    plain = entry("uid=zoe,ou=usagers", "20261130120000Z", "cn: Zoé", "userPassword: x", "entryCSN: 1")
    folded = entry(
        "uid=zoe,ou=\n usagers",
        "20261130120000Z",
        f"cn:: {base64.b64encode('Zoé'.encode()).decode()}",
        "userPassword: x",
        "pwdFailureTime: 20261130115959Z",
    )
    other = entry("uid=zoe,ou=usagers", "20261130120000Z", "cn: Zoé", "userPassword: y")
    found = fingerprint.of_directory(plain.encode())
    assert found == fingerprint.of_directory(folded.encode())
    assert found != fingerprint.of_directory(other.encode())
    assert found["uid=zoe,ou=usagers"][1] == 1796040000


def test_files_are_told_by_content_and_by_when_they_came(tmp_path: Path) -> None:
    """One that was moved in with an old date came today; what restorations leave is not content."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("un")
    (tmp_path / ".avant-restauration").mkdir()
    (tmp_path / ".avant-restauration" / "y").write_text("deux")
    os.utime(tmp_path / "a" / "x", (1, 1))
    found = fingerprint.of_files(tmp_path)
    assert set(found) == {"a/x"}
    assert found["a/x"][1] > 1_700_000_000
    (tmp_path / "a" / "x").write_text("deux")
    assert fingerprint.of_files(tmp_path)["a/x"][0] != found["a/x"][0]


def test_the_program_is_installed_whole() -> None:
    """Each module of the package has its line in the role, and the launcher finds them by their folder."""
    role = Path(__file__).resolve().parents[2] / "roles" / "backup"
    text = (role / "vars" / "main.yml").read_text(encoding="utf-8")
    for path in (role / "files" / "gru_backup").glob("*.py"):
        assert f"/usr/local/lib/gru-backup/gru_backup/{path.name}: {{file: gru_backup/{path.name}}}" in text
    assert "/usr/local/lib/gru-backup" in (role / "files" / "gru-backup").read_text(encoding="utf-8")
    asked = "import gru_backup.command"
    done = subprocess.run(
        ["/usr/bin/python3", "-I", "-c", f"import sys; sys.path.insert(0, {str(role / 'files')!r}); {asked}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
