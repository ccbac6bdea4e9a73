"""What a host saves, by name: all its sets, each tried."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

from gru_backup import places
from gru_backup.due import is_due
from gru_backup.figures import publish
from gru_backup.files import Files
from gru_backup.locks import is_read, locked
from gru_backup.memory import RESTORED, STALE, forget, is_marked, note, recall, refuse_what_was_cut
from gru_backup.postgresql import DATABASE, Database
from gru_backup.words import Refused, said, system_in_words, told


class Host:
    """What this host saves, by name."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.reads_only = bool(settings.get("read_only"))
        self.database = Database(settings[DATABASE], reads_only=self.reads_only) if settings.get(DATABASE) else None
        self.files = {name: Files(name, one, settings) for name, one in settings["sets"].items()}

    def save(self, what: str, *, due: bool, kind: str | None) -> None:
        """Save the database, or all the files: each set is tried; tell monitoring.

        Raises:
            Refused: all that could not be saved.
        """
        if self.reads_only:
            raise Refused("cet hôte lit les sauvegardes d'une plateforme, il n'y écrit rien")
        problems: list[str] = []
        if what == DATABASE:
            with told(problems), system_in_words(what):
                self._save_database(due=due, kind=kind)
        else:
            for name, files in self.files.items():
                with told(problems), system_in_words(name):
                    self._save_files(name, files)
        for name in self.files if what != DATABASE else [DATABASE] if self.database else []:
            if not recall(name, "success"):
                note(name, "success", 0)  # tried, and never saved: monitoring must see it
        publish()
        if problems:
            raise Refused(" ; ".join(problems))

    def _save_database(self, *, due: bool, kind: str | None) -> None:
        if self.database is None:
            return
        refuse_what_was_cut(DATABASE)
        now = time.time()
        last = max((backup.start for backup in self.database.backups()), default=None)
        if due and not recall(DATABASE, STALE) and not is_due(last, self.settings["hour"], now):
            if last and not recall(DATABASE, "success"):  # a system made anew around data that were kept
                note(DATABASE, "success", last)
            return
        self.database.save(kind)
        forget(DATABASE, STALE)
        backups = self.database.backups()
        note(DATABASE, "success", now)
        note(DATABASE, "size", sum(backup.stored for backup in backups))

    def _save_files(self, name: str, files: Files) -> None:
        refuse_what_was_cut(name)
        now = time.time()
        files.save()
        note(name, "success", now)
        note(name, "size", files.snapshots()[-1]["size"])
        if now - recall(name, "forgotten") > 86400 and not is_read():
            files.forget()
            note(name, "forgotten", now)

    def listed(self) -> list[dict[str, Any]]:
        """What may be restored: set, kind, moment, size."""
        found: list[dict[str, Any]] = []
        if self.database:
            found += [
                {"set": DATABASE, "kind": one.kind, "time": one.stop, "size": one.size}
                for one in self.database.backups()
            ]
        for name, files in self.files.items():
            with contextlib.suppress(Refused):  # nothing yet; `check` says what is wrong
                found += [
                    {"set": name, "kind": "copy"} | {k: one[k] for k in ("time", "size")} for one in files.snapshots()
                ]
        return found

    def check(self) -> list[str]:
        """Problems, in French; monitoring is told when there is none."""
        with locked(alone=False, by=places.READING):
            problems = self.database.check() if self.database else []
            for files in self.files.values():
                problems += files.check()
        if not problems:
            for name in [*([DATABASE] if self.database else []), *self.files]:
                note(name, "check", time.time())
            publish()
        return problems

    def examine(self, to: int, wanted: Sequence[str]) -> dict[str, Any]:
        """What a restoration would start from, and what forbids it."""
        refusals: list[str] = []
        notes: list[str] = []
        found: dict[str, float] = {}
        # What saves is stopped by the runbook.
        with told(refusals), locked(alone=False):
            pass
        now = int(time.time())
        if to > now:
            sentence = f"le {said(to)} est à venir : on ne revient qu'à un moment passé"
            return {"refusals": [sentence], "notes": [], "from": {}}
        if self.database and DATABASE in wanted:
            try:
                if self.database.run() and self.database.backups():
                    if self.database.is_another():
                        notes.append("la base en place a été refaite à neuf : celle des sauvegardes la remplacera")
                    else:
                        self.database.archive_all()
                choice = self.database.choose(to, now)
                found[DATABASE] = choice.backup.stop
                if choice.reached is not None:
                    notes.append(
                        f"les journaux du dépôt s'arrêtent le {said(choice.reached)} : rien de plus récent ne reviendra"
                    )
            except Refused as refusal:
                refusals.append(f"base : {refusal}")
        for name, files in self.files.items():
            if name in wanted:
                try:
                    found[name] = files.choose(to)["time"]
                except Refused as refusal:
                    refusals.append(str(refusal))
        return {"refusals": refusals, "notes": notes, "from": found}

    def fingerprint(self, what: str, *, quiet: bool) -> dict[str, Any]:
        """What a set holds, to be compared. `quiet` seeks a second at which nothing is written, and tells it (`at`)."""
        with system_in_words(what):
            if what != DATABASE:
                return {"entries": self.files[what].fingerprint()}
            if self.database is None:
                raise Refused("cet hôte n'a pas de base")
            return self.database.fingerprint(quiet=quiet)

    def arrived(self, journal: str) -> dict[str, Any]:
        """When a journal of the database reached the repository (seconds), null while it has not."""
        if self.database is None:
            raise Refused("cet hôte n'a pas de base")
        found = [one.pushed for one in self.database.segments()[0] if one.name >= journal]
        return {"at": min(found, default=None)}

    def restore(self, what: str, to: int, run: int) -> dict[str, Any]:
        """Restore one set. Raises Refused."""
        with system_in_words(what):
            if what == DATABASE and self.database:
                return self.database.restore(to, run)
            return self.files[what].restore(to, run)

    def undo(self, what: str, run: int | None) -> None:
        """Undo the last restoration of one set, or nothing where that is not `run`. Raises Refused."""
        if run is not None and not is_marked(what) and recall(what, RESTORED) != run:
            return
        with system_in_words(what):
            if what == DATABASE and self.database:
                self.database.undo()
            else:
                self.files[what].undo()
