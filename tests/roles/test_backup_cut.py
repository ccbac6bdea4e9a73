"""What a restoration put aside outlives a cut, a rerun and a second one beside it: role `backup`, on real folders."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from gru_backup import history, locks, memory, places, postgresql, system, words
from gru_backup.files import Files
from gru_backup.host import Host


class Cut(BaseException):
    """The power goes: nothing of what follows is done."""


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of a host, where systemd agrees with everything."""
    monkeypatch.setattr(places, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(places, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(places, "READING", tmp_path / "reading")
    monkeypatch.setattr(places, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(system, "systemctl", lambda *_words, **_options: True)
    monkeypatch.setattr(shutil, "chown", lambda *_words: None)
    return tmp_path


OLD = {"a": "vieux a", "b": "vieux b", "dossier/c": "vieux c"}
SAVED = {"a": "sauvé a", "d": "sauvé d"}


def write(folder: Path, content: dict[str, str]) -> None:
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def read(folder: Path) -> dict[str, str]:
    """All but what restorations put aside."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_text() for path in files if "restauration" not in str(path)}


def cut_at(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException | None = None) -> None:
    """The power goes, or `error` comes, at the rename of that rank, once."""
    done = [0]
    rename = Path.rename

    def counted(path: Path, target: Path) -> Path:
        done[0] += 1
        if done[0] == number + 1:
            raise error or Cut
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", counted)


class Documents(Files):
    """Files whose repository always has the same snapshot."""

    def snapshots(self) -> list[dict[str, Any]]:
        return [{"id": "abc", "time": 50, "size": 1, "host": "h"}]

    def _call(self, *words: str, stdin: bytes | None = None) -> Any:  # noqa: ARG002
        if words[0] == "restore":
            write(Path(words[-1]), SAVED)
        return subprocess.CompletedProcess(words, 0, b"", b"")


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    write(tmp_path / "documents", OLD)
    everything = {"restic": {"environment": {}, "repository": "", "options": []}, "keep_days": 1}
    return Documents("documents", {"kind": "files", "path": str(tmp_path / "documents")}, everything)


def test_files_come_back_and_the_restoration_is_undone(documents: Documents) -> None:
    documents.restore(100, run=7)
    assert read(documents.path) == SAVED
    assert not memory.is_marked("documents")
    documents.undo()
    assert read(documents.path) == OLD
    assert [path.name for path in documents.path.iterdir() if "restauration" in path.name] == []
    with pytest.raises(words.Refused, match="aucune restauration"):
        documents.undo()


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("again", range(5))
def test_files_of_a_restoration_that_was_cut_come_back_first(
    documents: Documents, number: int, again: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at each of its renames, and the run that mends it cut too: all that was there is there."""
    with monkeypatch.context() as power:
        power.setattr(Documents, "put_back", lambda *_: None)
        cut_at(power, number)
        with pytest.raises(Cut):
            documents.restore(100, run=7)
    assert memory.is_marked("documents")
    with pytest.raises(words.Refused, match="une restauration a été coupée"):
        memory.refuse_what_was_cut("documents")
    with monkeypatch.context() as power:
        cut_at(power, again)
        try:
            documents.undo()
        except Cut:
            assert memory.is_marked("documents")
    if memory.is_marked("documents"):
        documents.undo()
    assert read(documents.path) == OLD
    documents.restore(100, run=8)
    assert read(documents.path) == SAVED
    documents.undo()
    assert read(documents.path) == OLD


@pytest.mark.parametrize("number", range(6))
def test_files_that_cannot_all_be_put_in_place_are_as_before(
    documents: Documents, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full, in words; and the next restoration succeeds."""
    host = Host({"sets": {}, "restic": {}, "keep_days": 1})
    host.files = {"documents": documents}
    with monkeypatch.context() as disk:
        cut_at(disk, number, OSError(28, "No space left on device", "/var/lib/x"))
        with pytest.raises(words.Refused, match="« documents » : /var/lib/x : No space left on device"):
            host.restore("documents", 100, run=7)
    assert read(documents.path) == OLD
    assert not memory.is_marked("documents")
    host.restore("documents", 100, run=8)
    assert read(documents.path) == SAVED


class Cluster(postgresql.Database):
    """A database whose repository always has the same backup; `fails` says whether it replays."""

    fails: BaseException | None = None
    anew = False

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self.removed: list[str] = []

    def choose(self, to: int, now: int) -> history.Choice:  # noqa: ARG002
        return history.Choice(history.Backup("b", "full", 1, 2, "0" * 24, "0" * 24, 0, 1, 1), 0)

    def _ask(self, *words: str) -> str:  # noqa: ARG002
        write(self.data, SAVED)
        return ""

    def _sql(self, query: str) -> str:  # noqa: ARG002
        return "1"

    def _replay(self) -> None:
        if self.fails:
            raise self.fails

    def is_another(self) -> bool:
        return self.anew

    def segments(self) -> tuple[list[history.Segment], list[history.Line]]:
        return [], [history.Line(2, 10)]

    def _run(self, *words: str, stanza: bool = True) -> str:  # noqa: ARG002
        if words[0] == "repo-rm":
            self.removed.append(words[-1])
        return json.dumps({"17-1/00000002.history": {"type": "file"}})


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    write(tmp_path / "17" / "main", OLD)
    return Cluster({"stanza": "p", "unit": "postgresql", "data": str(tmp_path / "17" / "main"), "full_every_days": 7})


def test_a_database_that_does_not_replay_is_as_before(cluster: Cluster) -> None:
    cluster.fails = words.Refused("journaux")
    with pytest.raises(words.Refused, match="journaux"):
        cluster.restore(100, run=7)
    assert read(cluster.data) == OLD
    assert not memory.is_marked(postgresql.DATABASE)


@pytest.mark.parametrize("anew", [False, True])
def test_only_what_this_database_lived_is_taken_out_of_the_repository(cluster: Cluster, anew: bool) -> None:
    """An empty cluster, whose restoration fails, is at history 1: what the lost one lived must stay."""
    cluster.anew = anew
    cluster.fails = words.Refused("journaux")
    with pytest.raises(words.Refused):
        cluster.restore(100, run=7)
    assert cluster.removed == ([] if anew else ["archive/p/17-1/00000002.history"])


@pytest.mark.parametrize(("moves", "ends"), [(True, True), (False, False)])
def test_a_long_replay_goes_on_as_long_as_it_advances(
    cluster: Cluster, moves: bool, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three hours of journals, for a patience of one."""
    clock = [0.0]

    def asked(query: str) -> str:
        if "pg_is_in_recovery" in query:
            return "t" if clock[0] > 3 * postgresql.PATIENCE else "f"
        return f"0/{int(clock[0]) if moves else 1:X}"

    monkeypatch.setattr(cluster, "_sql", asked)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", lambda _: clock.__setitem__(0, clock[0] + 600))
    assert cluster._replayed() is ends


@pytest.mark.parametrize("place", ["aside", "replay"])
def test_a_database_whose_restoration_was_cut_comes_back_first(
    cluster: Cluster, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rerun restores too, and what it puts aside is what was there at first."""
    with monkeypatch.context() as power:
        power.setattr(Cluster, "put_back", lambda _: None)
        if place == "aside":
            cut_at(power, 0)
        cluster.fails = Cut()
        with pytest.raises(Cut):
            cluster.restore(100, run=7)
    assert memory.is_marked(postgresql.DATABASE)
    cluster.fails = None
    cluster.restore(100, run=8)
    assert read(cluster.data) == SAVED
    assert read(cluster.data.with_name("main" + places.BEFORE).rename(cluster.data.with_name("main.aside"))) == OLD


def test_a_restoration_that_did_not_begin_here_undoes_nothing(cluster: Cluster) -> None:
    """Asked to undo one that did not take place here, a host keeps what it has."""
    settings = {"sets": {}, "restic": {}, "keep_days": 1, postgresql.DATABASE: dict(cluster.settings)}
    host = Host(settings)
    host.database = cluster
    host.restore(postgresql.DATABASE, 100, run=7)
    host.undo(postgresql.DATABASE, run=8)
    assert read(cluster.data) == SAVED
    host.undo(postgresql.DATABASE, run=7)
    assert read(cluster.data) == OLD
    host.undo(postgresql.DATABASE, run=7)
    assert read(cluster.data) == OLD


def test_what_restores_is_alone_and_what_saves_is_not() -> None:
    with locks.locked(alone=False), locks.locked(alone=False):
        pass
    for first in (True, False):
        with (
            locks.locked(alone=first),
            pytest.raises(words.Refused, match="une autre opération est en cours"),
            locks.locked(alone=not first),
        ):
            pass


def test_an_examination_says_that_the_host_restores() -> None:
    """What saves does not count: the runbook stops it."""
    host = Host({"sets": {}, "restic": {}, "keep_days": 1})
    with locks.locked(alone=True):
        assert "une autre opération est en cours" in host.examine(100, [])["refusals"][0]
    with locks.locked(alone=False):
        assert host.examine(100, [])["refusals"] == []
