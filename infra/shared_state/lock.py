"""One command at a time on a site's state, over all machines, with five operations that every store has.

Each command writes a claim of its own, then looks: if another's is there, it takes its own back. Two that arrive
together see each other, and both step back for a random moment; never do both pass. (A condition on a write would be
shorter, but stores that ignore it answer as if they had honoured it.)

A command at work writes its claim again every `HEARTBEAT_SECONDS`. One that fell silent is never pushed aside by
itself: its machine may only be asleep. Where it is sure that the process is dead (same machine, same boot), its claim
is removed; else a person decides (`gru state unlock`), which leaves a mark that the sleeper finds when it wakes.
"""

from __future__ import annotations

import getpass
import json
import os
import random
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.shared_state.store import Store
from infra.state import OperatorError

HEARTBEAT_SECONDS = 5.0
SILENT_SECONDS = 120.0
"""Without a sign for that long, a claim may be removed by a person. Some twenty signs were missed."""

_FOLDER = "lock/"
_BROKEN = ".broken"
_TRIES = 5
_SLEEPER_SECONDS = 30 * 86400


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works. `since` is ISO 8601, UTC; `process` identifies one process of one boot of one machine."""

    id: str
    who: str
    command: str
    since: str
    process: str

    @property
    def key(self) -> str:
        """Its name in the store."""
        return _FOLDER + self.id

    def content(self) -> bytes:
        """As it is written."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Held:
    """A claim that is in the store, and seconds since its last sign of life."""

    claim: Claim
    silent_for: float

    @property
    def is_silent(self) -> bool:
        """Whether a person may remove it."""
        return self.silent_for >= SILENT_SECONDS

    def words(self) -> str:
        """Who, what, since when, last sign."""
        since = datetime.fromisoformat(self.claim.since).astimezone()
        return (
            f"{self.claim.who} ({self.claim.command}, depuis le {since:%d/%m/%Y à %H:%M}, dernier signe il y a"
            f" {duration(self.silent_for)})"
        )


class LockHeld(OperatorError):
    """Another command is at work on that state."""


def me() -> str:
    """The person and machine, as others will read it; `GRU_OPERATOR` says it better (a pipeline's run)."""
    return os.environ.get("GRU_OPERATOR") or f"{getpass.getuser()}@{socket.gethostname()}"


def new_claim(command: str) -> Claim:
    """A claim for this process."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Claim(secrets.token_hex(8), me(), command, now, _identity(os.getpid()))


@contextmanager
def locked(store: Store, claim: Claim) -> Iterator[None]:
    """Hold the state. Raises LockHeld when another does, naming who."""
    acquire(store, claim)
    try:
        yield
    finally:
        release(store, claim)


def acquire(store: Store, claim: Claim) -> None:
    """Take the lock. Raises LockHeld, naming who has it and what to do."""
    for _ in range(_TRIES):
        if others := _others(store, claim):
            raise LockHeld(_refusal(others[0]))
        store.write(claim.key, claim.content())
        others = _others(store, claim)
        if not others:
            _clean(store)
            return
        store.remove(claim.key)
        # Not a secret: two that met must not meet again.
        time.sleep(random.uniform(0.1, 1.0))  # noqa: S311
    raise LockHeld(_refusal(others[0]))


def renew(store: Store, claim: Claim) -> bool:
    """Give a sign of life. False when the lock is lost: a person removed the claim while we were silent."""
    if store.read(claim.key) is None or store.read(claim.key + _BROKEN) is not None:
        return False
    store.write(claim.key, claim.content())
    return True


def release(store: Store, claim: Claim) -> None:
    """Give the lock back, with the mark that someone may have left."""
    store.remove(claim.key)
    store.remove(claim.key + _BROKEN)


def holders(store: Store) -> list[Held]:
    """Claims that count, the one that gave a sign last first."""
    ages = store.ages(_FOLDER)
    found = []
    for key, age in ages.items():
        if key.endswith(_BROKEN) or key + _BROKEN in ages:
            continue
        content = store.read(key)
        if content is not None:
            found.append(Held(Claim(**json.loads(content)), age))
    return sorted(found, key=lambda held: held.silent_for)


def break_claim(store: Store, claim: Claim) -> None:
    """Make a claim count no more. A holder that wakes finds the mark, stops, and cleans both."""
    store.write(claim.key + _BROKEN, claim.content())


def is_dead(claim: Claim) -> bool:
    """Whether it is certain that this process is gone: it was of this machine, of this boot, and is not here."""
    machine, _, process = claim.process.partition("/")
    if machine != _machine():
        return False
    return _identity(int(process.partition("/")[0])) != claim.process


def duration(seconds: float) -> str:
    """« 4 s », « 12 min », « 3 h »."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _others(store: Store, claim: Claim) -> list[Held]:
    others = [held for held in holders(store) if held.claim.id != claim.id]
    for held in others:
        if is_dead(held.claim):
            store.remove(held.claim.key)
    return [held for held in others if not is_dead(held.claim)]


def _clean(store: Store) -> None:
    """Remove claims that a person made count no more, once their holder has had days to wake and see it."""
    ages = store.ages(_FOLDER)
    for key, age in ages.items():
        if key.endswith(_BROKEN) and age > _SLEEPER_SECONDS:
            store.remove(key.removesuffix(_BROKEN))
            store.remove(key)


def _refusal(held: Held) -> str:
    sentence = f"L'état de ce site est pris par {held.words()}."
    if held.is_silent:
        return (
            f"{sentence} Cette commande ne donne plus signe de vie : demandez à cette personne (sa machine dort"
            " peut-être), puis, si rien ne travaille plus, lancez « gru state unlock »."
        )
    return f"{sentence} Attendez qu'elle finisse, puis recommencez."


def _machine() -> str:
    """This boot of this kernel, and the space in which its process numbers mean something."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    return f"{boot}:{os.readlink('/proc/self/ns/pid')}"


def _identity(process: int) -> str:
    """A process for good: numbers are reused, but not with the same moment of birth."""
    try:
        after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        born = after_name.split()[19]
    except OSError:
        born = "gone"
    return f"{_machine()}/{process}/{born}"
