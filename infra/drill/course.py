"""A drill from its beginning to its end: read the source, make the copy of its backups, compare, use it, destroy it.

The source is only read: its repository with a key that cannot write, its data by `gru-backup fingerprint`. The copy is
cut off from everything before the first resident's name is in it.
"""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra import backups, bring_up
from infra.configuration import run_runbook
from infra.drill.comparison import Comparison, compare_databases, compare_dated
from infra.drill.copied import HOST, Copy, begin, copy_of, removable, take
from infra.drill.proof import Proof, keep
from infra.drill.way import PORT, store_address, way_to_the_repository
from infra.interruption import told_to_end_by
from infra.inventory import read_inventory
from infra.remote import run_remote
from infra.secret_store import ensure_secrets
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from infra.targets import copies
from infra.verification import run_checks

Phase = Callable[[str, str], AbstractContextManager[None]]
Tell = Callable[[str], None]

USED = SOURCE_DIRECTORY / "tests" / "drill"
"""What is done on the copy as its users would."""
PHASES = 9
JOURNAL_SECONDS = 180
"""How long a journal may take to reach the repository: it leaves within the minute."""
RECOVERY = ("hosts", "opening", "installation", "restoration", "service")
"""Phases whose time is that of a recovery; the others look, compare and clean."""
_ROOM = 500
"""Connections that PostgreSQL must allow at least as many of as the source, to replay its journals."""


@dataclass(slots=True)
class Drill:
    """One drill of a source. `run` gives what it found."""

    source: Stack
    phase: Phase
    tell: Tell
    proof: Proof = field(default_factory=lambda: Proof(int(time.time())))
    notes: list[str] = field(default_factory=list)

    def run(self) -> Proof:
        """The whole of it. The copy is gone at the end, and what was found is kept, however it ends.

        Raises:
            OperatorError: it could not go to its end; the source is as it was.
        """
        inventory = read_inventory(self.source)
        sets = [name for names in backups.savers(inventory).values() for name in names]
        copy = copy_of(self.source)
        with told_to_end_by(signal.SIGTERM, signal.SIGHUP):  # a time limit, a closed terminal: the copy goes
            try:
                self._remove(copy)  # what a drill that was killed left
                with self.phase("source", "Ce que contient la plateforme, à une seconde où rien ne s'écrit"):
                    seen = self._look(inventory, sets)
                self._copy(copy, inventory, sets, seen)
                self.proof.ended = True
            finally:
                keep(self.source, self.proof)
                with self.phase("removal", "La copie est détruite"):
                    self._remove(copy)
        return self.proof

    def _look(self, inventory: dict[str, Any], sets: list[str]) -> dict[str, Any]:
        seen = {}
        for host, names in backups.savers(inventory).items():
            for name in names:
                quiet = ["--quiet"] if name == "database" else []
                seen[name] = _fingerprint(inventory, host, name, *quiet)
        self.proof.moment = int(seen["database"]["at"])
        self.tell(f"      Moment de la comparaison : le {backups.said(self.proof.moment)}.")
        return {name: seen[name] for name in sets}

    def _copy(self, copy: Copy, source: dict[str, Any], sets: list[str], seen: dict[str, Any]) -> None:
        to = self.proof.moment
        with self._recovery("hosts", "Un hôte neuf"):
            site = begin(copy, self.source)
            ensure_secrets(copy, site)
            image = bring_up.prepare(site, self.tell)
            bring_up.make_hosts(copy, site, image, self.tell)
            bring_up.wait_for_hosts(copy)
        inventory = read_inventory(copy)
        with way_to_the_repository(source, inventory):
            with self._recovery("opening", "Le dossier du site et les secrets, lus dans la sauvegarde"):
                self._play(copy, "drill", source, drill_step="open", drill_to=to, drill_folder=str(copy.directory))
                site = take(copy, copy.directory / "site.tar.gz", site)
                bring_up.make_hosts(copy, site, image, self.tell)
            with self._recovery("installation", "Installation"):
                self._play(copy, "deploy", source, database_max_connections=_ROOM)
                self._play(copy, "drill", source, drill_step="ready")
            with self.phase("journal", "Le journal de ce moment, au dépôt"):
                self._await_journal(source, seen["database"]["journal"])
            with self._recovery("restoration", "Restauration, la copie coupée du monde"):
                self._cut_off(copy, source, image)
                self._play(copy, "drill", source, drill_step="restore", drill_to=to)
        self._compare(copy, sets, seen)
        with self._recovery("service", "Mise en service, une connexion, une demande déposée"):
            self._play(copy, "drill", source, drill_step="start")
            self._play(copy, "deploy", source, database_max_connections=_ROOM)
            self._use(copy)

    def _await_journal(self, source: dict[str, Any], journal: str) -> None:
        """The recovery point: how long what was done at that moment would have been lost."""
        host = next(host for host, names in backups.savers(source).items() if "database" in names)
        deadline = time.monotonic() + JOURNAL_SECONDS
        while time.monotonic() < deadline:
            at = json.loads(run_remote(source, host, [backups.COMMAND, "arrived", journal], seconds=120))["at"]
            if at is not None:
                self.proof.recovery_point = max(0, at - self.proof.moment)
                return
            time.sleep(3)
        self.proof.differences.append(
            f"le journal {journal} n'est pas arrivé au dépôt en {JOURNAL_SECONDS} s : ce qui a été fait dans la minute"
            f" d'avant le {backups.said(self.proof.moment)} pourrait être perdu"
        )

    def _cut_off(self, copy: Copy, source: dict[str, Any], image: str) -> None:
        store = store_address(source)
        if store:
            name, address = store
            run_remote(read_inventory(copy), HOST, [f"echo '{address} {name}' >> /etc/hosts"])
        copies().cut_off(copy.name, HOST, image, keep=store[1] if store else "")

    def _compare(self, copy: Copy, sets: list[str], seen: dict[str, Any]) -> None:
        with self.phase("comparison", "La copie, comparée à la source"):
            inventory = read_inventory(copy)
            told = json.loads(run_remote(inventory, HOST, ["cat /var/lib/gru/drill.json"]))["sets"]
            taken = {one["set"]: float(one["from"]) for one in told}
            found = Comparison()
            for name in sets:
                if name == "database":
                    compare_databases(seen[name], _fingerprint(inventory, HOST, name), found)
                elif name in taken:
                    theirs = _fingerprint(inventory, HOST, name)["entries"]
                    compare_dated(backups.SETS[name][1], seen[name]["entries"], theirs, taken[name], found)
            self.proof.same = found.same
            self.proof.differences += found.differences
            self.notes += found.notes

    def _use(self, copy: Copy) -> None:
        verdict = run_checks(copy, (USED,))
        self.proof.filed = verdict.facts.get("filed", "")
        self.proof.differences += [f"{one.sentence.rstrip('.')} : non ({one.reason})" for one in verdict.failures]

    def _play(self, copy: Copy, name: str, source: dict[str, Any], **variables: object) -> None:
        log = self.source.log_directory / f"{datetime.now():%Y%m%d-%H%M%S}-exercice-{name}.log"
        if name == "drill":
            variables |= {"drill_backups": source["all"]["vars"]["gru_backups"], "drill_port": PORT}
        run_runbook(copy, name, log, variables=variables)

    @contextmanager
    def _recovery(self, name: str, sentence: str) -> Iterator[None]:
        began = time.monotonic()
        with self.phase(name, sentence):
            yield
        self.proof.recovery_time += round(time.monotonic() - began)

    def _remove(self, copy: Copy) -> None:
        """Take the copy away, and all that its state holds. Raises OperatorError where Docker does not."""
        if copy.directory.exists():
            bring_up.remove_hosts(copy, removable(copy), keep_data=False, tell=self.tell)
            shutil.rmtree(copy.directory)


def _fingerprint(inventory: dict[str, Any], host: str, name: str, *more: str) -> dict[str, Any]:
    words = [backups.COMMAND, "fingerprint", name, *more]
    try:
        found: dict[str, Any] = json.loads(run_remote(inventory, host, words, seconds=backups.WORK_SECONDS))
    except OperatorError as error:
        if "invalid choice" in str(error):
            raise OperatorError(
                "La plateforme installée ne sait pas encore dire ce qu'elle contient : lancez « gru up », puis"
                " « gru backup now »."
            ) from error
        raise
    return found
