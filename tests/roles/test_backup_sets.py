"""One set that cannot be saved takes no other with it, and a lock left behind does not last: role `backup`, by hand."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from gru_backup import locks, places, words
from gru_backup.files import Files
from gru_backup.host import Host


class Restic:
    """Answers as restic: sets that refuse, with what they complain of; what was asked, by set."""

    def __init__(self, refuse: dict[str, str]) -> None:
        self.refuse = refuse
        self.asked: dict[str, list[list[str]]] = {}

    def __call__(self, files: Files, *words: str, **_options: Any) -> Any:
        self.asked.setdefault(files.name, []).append(list(words))
        complaint = self.refuse.get(files.name, "")
        if complaint and words[0] != "unlock":
            return subprocess.CompletedProcess(words, 1, b"", complaint.encode())
        snapshot = {"short_id": "abc", "time": "2026-11-30T10:00:00+00:00", "summary": {"total_bytes_processed": 9}}
        out = json.dumps([snapshot]) if words[0] == "snapshots" else ""
        return subprocess.CompletedProcess(words, 0, out.encode(), b"")

    def verbs(self, name: str) -> list[str]:
        return [words[0] for words in self.asked[name]]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(places, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(places, "READING", tmp_path / "reading")
    monkeypatch.setattr(places, "FIGURES", tmp_path / "figures")


def host(monkeypatch: pytest.MonkeyPatch, refuse: dict[str, str]) -> tuple[Host, Restic]:
    restic = Restic(refuse)
    monkeypatch.setattr(Files, "_call", lambda files, *words, **more: restic(files, *words, **more))  # noqa: PLW0108 - a function binds its object
    sets = {name: {"kind": "files", "path": f"/var/lib/{name}"} for name in ("un", "deux", "trois")}
    settings = {"sets": sets, "restic": {"repository": "", "environment": {}, "options": []}, "keep_days": 30}
    return Host(settings | {"hour": 2}), restic


def figures() -> str:
    return (places.FIGURES / "gru-backup.prom").read_text(encoding="utf-8")


def test_each_set_is_tried_and_all_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    it, _ = host(monkeypatch, {"un": "Fatal: AccessDenied", "deux": "Fatal: repository is already locked by PID 7"})
    with pytest.raises(words.Refused) as refusal:
        it.save("files", due=False, kind=None)
    said = str(refusal.value)
    assert "« un » : le dépôt refuse nos identifiants" in said
    assert "« deux » : une autre sauvegarde, une relecture ou une restauration est en cours" in said
    assert "« trois »" not in said
    assert 'gru_backup_last_success_timestamp_seconds{set="trois"} 1' in figures()
    # Never saved: an age that fires the alert.
    assert 'gru_backup_last_success_timestamp_seconds{set="un"} 0\n' in figures()


def test_what_another_host_saved_counts_only_before_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that went to another host may leave one behind that saves on, into the same repository."""
    it, _ = host(monkeypatch, {})
    snapshots = [(10, "ancien"), (20, "ancien"), (30, "nouveau"), (35, "ancien"), (40, "nouveau"), (45, "ancien")]
    found = [{"id": str(time), "time": time, "size": 1, "host": name} for time, name in snapshots]
    monkeypatch.setattr(Files, "snapshots", lambda _: found)
    monkeypatch.setattr(socket, "gethostname", lambda: "nouveau")
    assert [it.files["un"].choose(to)["time"] for to in (12, 25, 36, 50)] == [10, 20, 30, 40]


def test_locks_of_runs_that_were_cut_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    it, restic = host(monkeypatch, {})
    it.save("files", due=False, kind=None)
    assert restic.verbs("un")[:3] == ["unlock", "cat", "backup"]
    it.check()
    assert restic.verbs("un")[-3:] == ["unlock", "check", "check"]


def test_a_check_reads_all_and_nothing_is_removed_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    it, restic = host(monkeypatch, {})
    assert it.check() == []
    assert ["check", "--read-data", "--no-lock"] in restic.asked["un"]
    with locks.locked(alone=False, by=places.READING):
        it.save("files", due=False, kind=None)
    assert "forget" not in restic.verbs("un")
    it.save("files", due=False, kind=None)
    # Each hour, as long as the pages promise.
    assert ["forget", "--keep-within-hourly", "30d", "--prune"] in restic.asked["un"]
