"""The cluster of this host and its backups, by pgBackRest."""

from __future__ import annotations

import contextlib
import datetime
import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gru_backup import fingerprint, system
from gru_backup.due import kind_due
from gru_backup.history import Backup, Choice, Line, Segment, choose, position
from gru_backup.memory import RESTORED, STALE, forget, is_marked, mark, note, unmark
from gru_backup.places import BEFORE, GONE
from gru_backup.quiet import Session, quiet_second
from gru_backup.words import ANOTHER, Refused, in_words, told

DATABASE = "database"
ROOM = 1.1
"""Free space asked for, by byte to restore."""
PATIENCE = 3600
"""Seconds that PostgreSQL may take to replay its journals, without any sign of progress."""


class Database:
    """The cluster of this host and its backups."""

    def __init__(self, settings: Mapping[str, Any], *, reads_only: bool = False) -> None:
        self.reads_only = reads_only
        self.stanza = settings["stanza"]
        self.unit = settings["unit"]
        self.data = Path(settings["data"])
        self.settings = settings

    def _info(self) -> list[dict[str, Any]]:
        """What the repository says of itself. Raises Refused when it cannot be read."""
        # A wrong key makes it speak nonsense, even in its complaint.
        found: list[dict[str, Any]] = json.loads(self._ask("info", "--output=json"), strict=False)
        for stanza in found:
            if stanza["status"]["code"] not in (0, 1, 2):  # 1 and 2: nothing there yet
                raise Refused(in_words(str(stanza["status"]) + str(stanza.get("repo", ""))))
        return found

    def backups(self) -> list[Backup]:
        """Those of the repository, the oldest first. Raises Refused when it cannot be read."""
        found = self._info()
        backups = [one for stanza in found for one in stanza.get("backup", []) if not one.get("error")]
        return [
            Backup(
                one["label"],
                one["type"],
                one["timestamp"]["start"],
                one["timestamp"]["stop"],
                one["archive"]["start"],
                one["archive"]["stop"],
                position(one["lsn"]["stop"]),
                one["info"]["size"],
                one["info"]["repository"].get("delta", 0),
            )
            for one in backups
            if one["archive"]["start"]
        ]

    def segments(self) -> tuple[list[Segment], list[Line]]:
        """Journals of the repository, and the histories that restorations opened."""
        listed = json.loads(self._run("repo-ls", "--recurse", "--output=json", f"archive/{self.stanza}", stanza=False))
        segments: list[Segment] = []
        lines: list[Line] = []
        for path, entry in listed.items():
            name = path.rpartition("/")[2]
            if name.endswith(".history"):
                parents = self._parents(f"archive/{self.stanza}/{path}")
                lines.append(Line(int(name[:8], 16), entry["time"], parents))
            elif len(name) > 24 and name[24] == "-" and "." not in name[:24]:
                segments.append(Segment(name[:24], entry["time"]))
        return segments, lines

    def _parents(self, path: str) -> tuple[tuple[int, int], ...]:
        """What a file of history says: of which one it was born, and where."""
        words = [line.split() for line in self._run("repo-get", path, stanza=False).splitlines()]
        return tuple((int(line[0]), position(line[1])) for line in words if len(line) > 1 and line[0].isdecimal())

    def is_another(self) -> bool:
        """Whether the backups are those of another cluster: this one was made anew."""
        own = self._sql("select system_identifier from pg_control_system()")
        found = self._info()
        return own not in {str(one["system-id"]) for stanza in found for one in stanza.get("db", [])}

    def save(self, kind: str | None) -> None:
        """Make a backup: `kind`, or what is due. Raises Refused."""
        found = self._info()
        if all(stanza["status"]["code"] == 1 for stanza in found):
            self._ask("stanza-create")
        elif self.is_another():
            raise Refused(ANOTHER)
        self._ask(f"--type={kind or kind_due(self.backups(), self.settings['full_every_days'], time.time())}", "backup")

    def run(self) -> bool:
        """Whether PostgreSQL answers, as the one that writes."""
        return self._sql("select not pg_is_in_recovery()") == "t"

    def archive_all(self) -> None:
        """Send to the repository all that is committed until now. Raises Refused when it does not arrive."""
        # Coming back to a moment stops at the first transaction after it: there is one.
        self._sql("select pg_current_xact_id()")
        self._ask("check")

    def choose(self, to: int, now: int) -> Choice:
        """See `choose`. Raises Refused, for want of room too."""
        choice = choose(self.backups(), *self.segments(), to, now)
        free = shutil.disk_usage(self.data.parent).free
        if free < choice.backup.size * ROOM:
            raise Refused(
                f"la base restaurée tient {choice.backup.size // 2**20} Mio à côté de l'actuelle, et il n'en reste que"
                f" {free // 2**20} : agrandissez le volume, ou retirez {self.data}{BEFORE}"
            )
        return choice

    @property
    def before(self) -> Path:
        """What the last restoration put aside."""
        return self.data.with_name(self.data.name + BEFORE)

    def restore(self, to: int, run: int) -> dict[str, Any]:
        """Come back to `to`; what was there stays beside. Raises Refused, all being as before."""
        began = time.time()
        if is_marked(DATABASE):
            self.put_back()
        choice = self.choose(to, int(began))
        system.discard(self.before, self.data.with_name(self.data.name + GONE))
        mark(DATABASE)
        try:
            system.systemctl("stop", self.unit)
            self.data.rename(self.before)
            self.data.mkdir(mode=0o700)
            shutil.chown(self.data, "postgres", "postgres")
            moment = datetime.datetime.fromtimestamp(to, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S+00")
            self._ask(
                *(f"--set={choice.backup.label}", "--type=time", f"--target={moment}", "--target-action=promote"),
                *(f"--target-timeline={choice.target}", "restore"),
            )
            self._replay()
        except BaseException as error:
            try:
                self.put_back()
            except Refused as second:
                raise Refused(f"{error} ; et ce qui était là n'a pas pu redémarrer : {second}") from error
            raise
        last = self._sql("select coalesce(extract(epoch from pg_last_xact_replay_timestamp()), 0)::bigint")
        for name in ("restore_command", "recovery_target_time", "recovery_target_timeline", "recovery_target_action"):
            self._sql(f"alter system reset {name}")
        note(DATABASE, STALE, 1)
        note(DATABASE, RESTORED, run)
        unmark(DATABASE)
        return {
            "set": DATABASE,
            "from": choice.backup.stop,
            "to": to,
            "last": int(last or 0),
            "seconds": round(time.time() - began),
        }

    def undo(self) -> None:
        """Put back what the last restoration put aside. Raises Refused where there is nothing."""
        if not is_marked(DATABASE):
            if not self.before.exists():
                raise Refused("aucune restauration de la base à défaire : rien n'est gardé de côté")
            mark(DATABASE)
        self.put_back()

    def put_back(self) -> None:
        """End what is marked: what was put aside comes back, wherever the restoration was cut. Raises Refused."""
        system.systemctl("stop", self.unit, check=False)
        if self.before.exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self.before.rename(self.data)
        system.systemctl("reset-failed", self.unit, check=False)
        system.systemctl("start", self.unit)
        forget(DATABASE, RESTORED)
        unmark(DATABASE)
        note(DATABASE, STALE, 1)
        with contextlib.suppress(Refused):  # the repository is away: a moment of those histories would be found
            self._forget_lines()

    def _forget_lines(self) -> None:
        """Take out of the repository the histories that are not lived any more: a moment must not be sought there.

        A cluster made anew knows of none: those of the repository are another's, and stay.
        """
        if self.reads_only or self.is_another():
            return
        current = int(self._sql("select timeline_id from pg_control_checkpoint()") or 0)
        _, lines = self.segments()
        gone = {f"{line.number:08X}" for line in lines if line.number > current > 0}
        root = f"archive/{self.stanza}"
        listed = json.loads(self._run("repo-ls", "--recurse", "--output=json", root, stanza=False))
        for path, entry in listed.items():
            name = path.rpartition("/")[2]
            if name[:8] in gone and path.count("/") == 1:
                recurse = ["--recurse"] if entry["type"] == "path" else []
                self._run("repo-rm", *recurse, f"{root}/{path}", stanza=False)

    def _replay(self) -> None:
        """Start PostgreSQL and wait until it writes again. Raises Refused when it cannot come to the moment."""
        if self._replayed():
            return
        # Archives that end before the moment hold all that was done until then: it is the state of that moment.
        short = "recovery ended before configured recovery target was reached" in self._words()
        if not short:
            raise Refused(f"PostgreSQL n'a pas pu rejouer ses journaux : {in_words(self._words())}")
        auto = self.data / "postgresql.auto.conf"
        lines = auto.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(("recovery_target_time ", "recovery_target_action "))]
        auto.write_text("".join(kept), encoding="utf-8")
        if not self._replayed():
            raise Refused(f"PostgreSQL n'a pas pu rejouer ses journaux : {in_words(self._words())}")

    def _replayed(self) -> bool:
        system.systemctl("reset-failed", self.unit, check=False)
        system.systemctl("start", self.unit, check=False)
        deadline, reached = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            if self.run():
                return True
            if not system.systemctl("is-active", self.unit, check=False):
                return False
            if (now := position(self._sql("select pg_last_wal_replay_lsn()") or "0/0")) > reached:
                deadline, reached = time.monotonic() + PATIENCE, now
            time.sleep(0.2)
        return False

    def _words(self) -> str:
        """The end of PostgreSQL's own log."""
        logs = sorted(Path("/var/log/postgresql").glob("*.log"), key=lambda path: path.stat().st_mtime)
        return "\n".join(logs[-1].read_text("utf-8", "replace").splitlines()[-20:]) if logs else ""

    def fingerprint(self, *, quiet: bool) -> dict[str, Any]:
        """Counts and checksums (`fingerprint`); with `quiet`, at a second that is told. Raises Refused."""
        samples = self.settings.get("samples", {})
        with Session("postgres") as session:
            names = fingerprint.databases(session)
        if quiet:
            with quiet_second(names) as (second, journal, sessions):
                return {"at": second, "journal": journal} | fingerprint.of_database(sessions, samples)
        with contextlib.ExitStack() as stack:
            return fingerprint.of_database({name: stack.enter_context(Session(name)) for name in names}, samples)

    def check(self) -> list[str]:
        """What is wrong with backups, in French."""
        problems: list[str] = []
        if self.run():
            with told(problems, "les journaux"):
                self._ask("check")
        with told(problems, "la base"):
            said_of = self._ask("verify", "--output=text", "--verbose")
            if "status: error" in said_of:
                wrong = [line.strip() for line in said_of.splitlines() if not line.rstrip().endswith(": 0")]
                problems.append("la base : le dépôt est abîmé : " + " ; ".join(wrong)[:600])
        return problems

    def _ask(self, *words: str) -> str:
        return self._run(*words)

    def _run(self, *words: str, stanza: bool = True) -> str:
        command = ["pgbackrest", *([f"--stanza={self.stanza}"] if stanza else []), *words]
        return system.call(["runuser", "-u", "postgres", "--", *command])

    def _sql(self, query: str) -> str:
        words = ["psql", "-U", "postgres", "-XAt", "-d", "postgres", "-c", query]
        run = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
        return run.stdout.strip()
