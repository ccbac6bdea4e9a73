"""One set of files, or the directory, and its snapshots by restic."""

from __future__ import annotations

import datetime
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gru_backup import directory, fingerprint, system
from gru_backup.memory import RESTORED, forget, is_marked, mark, note, unmark
from gru_backup.places import APART, BEFORE, GONE, MOVED, NEW
from gru_backup.words import Refused, in_words, said


class Files:
    """One set of files (or the directory, written as LDIF) and its snapshots, in a repository of its own."""

    def __init__(self, name: str, settings: Mapping[str, Any], everything: Mapping[str, Any]) -> None:
        self.name = name
        self.kind = settings["kind"]
        self.path = Path(settings["path"])
        self.units: list[str] = settings.get("units", [])
        self.owner = settings.get("owner", "")
        self.restic = everything["restic"]
        self.days = everything["keep_days"]
        self.reads_only = bool(everything.get("read_only"))

    def snapshots(self) -> list[dict[str, Any]]:
        """Those of the repository, the oldest first: id, moment, size, host. Raises Refused when it cannot be read."""
        found = json.loads(self._ask("snapshots", "--json"))
        return [
            {
                "id": one["short_id"],
                "time": datetime.datetime.fromisoformat(one["time"]).timestamp(),
                "size": one.get("summary", {}).get("total_bytes_processed", 0),
                "host": one.get("hostname", ""),
            }
            for one in found or []
        ]

    def save(self) -> None:
        """Take a snapshot. Raises Refused."""
        self._open()
        if self.kind == "directory":
            self._ask("backup", "--stdin", "--stdin-filename", directory.LDIF, stdin=directory.written())
        else:
            apart = [word for name in APART for word in ("--exclude", f"{self.path}/{name}")]
            self._ask("backup", str(self.path), *apart)

    def forget(self) -> None:
        """Forget what is too old: each hour is kept as long as the database's moments."""
        self._ask("forget", "--keep-within-hourly", f"{self.days}d", "--prune")

    def choose(self, to: int) -> dict[str, Any]:
        """The last snapshot before `to`. Raises Refused where there is none.

        Another host may have carried the set before this one, and saved on what it was left with: its snapshots count
        only before the first of this host.
        """
        found = self.snapshots()
        before = [one for one in found if one["time"] <= to]
        if not before:
            first = f" : la première copie est du {said(found[0]['time'])}" if found else ""
            raise Refused(f"« {self.name} » n'était pas encore sauvegardé le {said(to)}{first}")
        own = [one for one in before if one["host"] == socket.gethostname()]
        return (own or before)[-1]

    def fingerprint(self) -> fingerprint.Dated:
        """Each entry, or each file, with when it last changed. Raises Refused."""
        if self.kind == "directory":
            return fingerprint.of_directory(directory.written())
        return fingerprint.of_files(self.path)

    def restore(self, to: int, run: int) -> dict[str, Any]:
        """Come back to the last snapshot before `to`; what was there stays beside. Raises Refused, all as before."""
        began = time.time()
        if is_marked(self.name):
            self.put_back(self.units)
        chosen = self.choose(to)
        new = self.path / NEW
        shutil.rmtree(new, ignore_errors=True)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # a host made anew may not have it yet
        new.mkdir(mode=0o700)
        running = self._running()
        self._unlock()
        try:
            inside = "/" if self.kind == "directory" else str(self.path)
            self._ask("restore", f"{chosen['id']}:{inside}", "--target", str(new))
            for unit in self.units:
                system.systemctl("stop", unit)
            if self.kind == "directory":
                directory.load(new / directory.LDIF, new, self.path)
            system.discard(self.path / BEFORE, self.path / GONE)
            mark(self.name)
            try:
                self._swap(new)
            except BaseException:
                self.put_back(())
                raise
            note(self.name, RESTORED, run)
            unmark(self.name)
        finally:
            shutil.rmtree(new, ignore_errors=True)
            for unit in running:
                system.systemctl("start", unit, check=False)
        return {"set": self.name, "from": chosen["time"], "to": to, "seconds": round(time.time() - began)}

    def undo(self) -> None:
        """Put back what the last restoration put aside. Raises Refused where there is nothing."""
        if is_marked(self.name):
            self.put_back(self.units)
            return
        if not (self.path / BEFORE).exists():
            raise Refused(f"aucune restauration de « {self.name} » à défaire : rien n'est gardé de côté")
        mark(self.name)
        self.put_back(self._running())

    def put_back(self, units: Sequence[str]) -> None:
        """End what is marked: what was put aside comes back, wherever the restoration was cut; `units` start then."""
        for unit in self.units:
            system.systemctl("stop", unit, check=False)
        before, moved = self.path / BEFORE, self.path / MOVED
        if before.exists():  # all was aside: what is in place is what came since
            for path in self._content():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            before.rename(moved)
        if moved.exists():
            for path in list(moved.iterdir()):
                path.rename(self.path / path.name)
            moved.rmdir()
        shutil.rmtree(self.path / NEW, ignore_errors=True)
        for unit in units:
            system.systemctl("start", unit, check=False)
        forget(self.name, RESTORED)
        unmark(self.name)

    def _running(self) -> list[str]:
        return [unit for unit in self.units if system.systemctl("is-active", unit, check=False)]

    def _content(self) -> list[Path]:
        """What is in the folder, but for what restorations leave there and what belongs to a volume."""
        return [path for path in self.path.iterdir() if path.name not in {*APART, "lost+found"}]

    def _swap(self, new: Path) -> None:
        """Put `new`'s content in the folder, which may be a volume's own: what was there goes aside.

        It goes to MOVED, that becomes BEFORE once all is there: a run that was cut is understood by `put_back`.
        """
        moved = self.path / MOVED
        moved.mkdir(mode=0o700)
        for path in self._content():
            path.rename(moved / path.name)
        moved.rename(self.path / BEFORE)
        for path in list(new.iterdir()):
            path.rename(self.path / path.name)
        if self.owner:
            number = pwd.getpwnam(self.owner)
            for folder, _, names in os.walk(self.path):
                for path in (Path(folder), *(Path(folder) / name for name in names)):
                    os.chown(path, number.pw_uid, number.pw_gid, follow_symlinks=False)

    def check(self) -> list[str]:
        """What is wrong with snapshots, in French."""
        self._unlock()
        try:
            self._ask("check")
            # All that snapshots hold, which takes a while: without a lock, that a restoration would wait for.
            self._ask("check", "--read-data", "--no-lock")
        except Refused as refusal:
            return [str(refusal)]
        return []

    def _open(self) -> None:
        """Make the repository where there is none. Raises Refused: it is there and does not open."""
        self._unlock()
        run = self._call("cat", "config")
        if run.returncode == 10:  # restic: the repository does not exist
            self._ask("init")
        elif run.returncode:
            raise Refused(f"« {self.name} » : {in_words(run.stderr.decode(errors='replace'))}")

    def _unlock(self) -> None:
        """Remove the locks of runs that were cut, and of no other (restic knows which); else they last for ever."""
        if not self.reads_only:
            self._call("unlock")

    def _ask(self, *words: str, stdin: bytes | None = None) -> str:
        run = self._call(*words, stdin=stdin)
        complaint = run.stderr.decode(errors="replace")
        if run.returncode == 10:
            raise Refused(f"le dépôt ne contient aucune sauvegarde de « {self.name} »")
        if run.returncode:
            raise Refused(f"« {self.name} » : {in_words(complaint)}")
        return run.stdout.decode()

    def _call(self, *words: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        environment = os.environ | self.restic["environment"]
        environment["RESTIC_REPOSITORY"] = f"{self.restic['repository']}/{self.name}"
        lock = ["--no-lock"] if self.reads_only else ["--retry-lock", "5m"]
        command = ["restic", "--quiet", *lock, *self.restic["options"], *words]
        return subprocess.run(command, env=environment, input=stdin, capture_output=True, check=False)
