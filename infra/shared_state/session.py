"""What every command goes through to reach a site's state, wherever it lives.

`at_hand` is for commands that read: the copy is refreshed. `working` is for those that change: one command at a time,
a fresh copy, what changes sent while it works, all of it sent at the end. Where the state lives here, both only make
sure that it does.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

from infra.interruption import told_to_end_by
from infra.model.state_location import HereState
from infra.shared_state import generations, lock
from infra.shared_state.generations import Overtaken
from infra.shared_state.memory import Memory, holds_a_state, recall, remember
from infra.shared_state.opening import Location, Shared, open_store
from infra.shared_state.sealing import Label, pack, read_label, seal, unpack, unseal
from infra.shared_state.store import Store, StoreError, StoreSilent
from infra.shared_state.whereabouts import is_here, last_seen
from infra.state import OperatorError, Stack

Tell = Callable[[str], None]

SENDING_SECONDS = 30.0
"""How long the end of a command insists when the store does not answer."""
RETRY_SECONDS = 2.0


def at_hand(stack: Stack, location: Location, tell: Tell) -> None:
    """Make the last state readable on this machine.

    Where the store does not answer, the copy there is serves, and it is told: one looks most when things go wrong.

    Raises:
        OperatorError: no state is to be had.
    """
    if isinstance(location, HereState):
        is_here(stack, location)
        return
    stack.prepare()
    store = open_store(location, stack.name)
    with only_one_here(stack, or_pass=True) as alone:
        # Where a command of this machine is at work, or its work is not sent yet, nobody knows better.
        if alone:
            try:
                with _disk_in_words(stack):
                    _refresh(stack, store, location, last_seen(stack, location, store))
            except StoreSilent as error:
                if not (memory := recall(stack)):
                    raise
                tell(f"{error}\nVoici ce que cette machine en savait (passage {memory.generation}).")


@contextmanager
def working(stack: Stack, location: Location, command: str, tell: Tell) -> Iterator[Session | None]:
    """Change a state, alone. Gives the session where the state is shared.

    Raises:
        OperatorError: another command is at work (here or elsewhere), or the state cannot be had.
    """
    with only_one_here(stack):
        if isinstance(location, HereState):
            is_here(stack, location)
            yield None
            return
        store = open_store(location, stack.name)
        last_seen(stack, location, store)
        claim = lock.new_claim(command)
        lock.acquire(store, claim)
        session = Session(stack, store, location, claim, tell)
        try:
            with _disk_in_words(stack):
                session.begin(last_seen(stack, location, store))
        except BaseException:
            _try(lambda: lock.release(store, claim))
            raise
        session.start_beating()
        try:
            # A pipeline's time limit, or the loss of the lock: what was done is sent and the lock given back.
            with told_to_end_by(signal.SIGTERM):
                yield session
        except BaseException:
            # What stopped the work is told by itself.
            try:
                session.end()
            except OperatorError as error:
                tell(f"\n{error}")
            raise
        session.end()


class Session:
    """One command's hold of a shared state."""

    def __init__(self, stack: Stack, store: Store, location: Shared, claim: lock.Claim, tell: Tell) -> None:
        """`claim` is held already."""
        self._stack, self._store, self._location, self._claim, self._tell = stack, store, location, claim, tell
        self._id = secrets.token_hex(8)
        self._number = 0
        self._sent: bytes | None = None
        self._step: int | None = None
        self._first = self._over = False
        self._lost = False
        self._stop = Event()
        self._thread: Thread | None = None

    @property
    def number(self) -> int:
        """The last generation known."""
        return self._number

    def forget(self) -> None:
        """Everything is taken away, secrets too: leave no earlier generation behind."""
        self._over = True

    def begin(self, memory: Memory | None) -> None:
        """Take what an interrupted command left, or refresh the copy. Raises WrongPassphrase, StoreError."""
        head = generations.latest(self._store)
        archive = open_sealed(self._stack, head[1]) if head else None
        if memory and memory.unsent:
            ours = head is None or head[0].number == memory.generation or head[0].session == memory.unsent
            if ours:
                self._tell("L'état d'une commande interrompue n'avait pas été envoyé tout entier : il est repris.")
                self._number, self._sent = head[0].number if head else memory.generation, archive
            else:
                set_aside(self._stack, self._tell, head[0] if head else None)
                memory = None
        if self._sent is None and head and archive is not None and not (memory and memory.unsent):
            _refuse_to_go_back(memory, head[0], self._store)
            unpack(archive, self._stack)
            self._number, self._sent = head[0].number, archive
        self._first = self._number == 0
        self._remember(unsent=True)

    def start_beating(self) -> None:
        """Give signs of life and send what changes, from a thread."""
        self._thread = Thread(target=self._beat, name="etat-partage", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Send all that changed, give the lock back.

        Raises:
            OperatorError: the lock was taken away, or the store does not answer; the copy stays, and stays marked.
        """
        self._stop.set()
        if self._thread:
            self._thread.join()
        deadline = time.monotonic() + SENDING_SECONDS
        while True:
            try:
                self._lost = self._lost or not lock.renew(self._store, self._claim)
                if not self._lost:
                    with _disk_in_words(self._stack):
                        self._send_all()
                lock.release(self._store, self._claim)
            except Overtaken:
                self._lost = True
                continue
            except StoreSilent as error:
                if time.monotonic() < deadline:
                    time.sleep(RETRY_SECONDS)
                    continue
                raise OperatorError(
                    f"{error}\nCe qui a été fait est gardé sur cette machine, et n'est pas encore dans l'état partagé :"
                    " personne ne peut y travailler. Quand le service répond, lancez « gru state show » d'ici : il"
                    " l'envoie."
                ) from error
            if self._lost:
                raise OperatorError(
                    "La main sur l'état partagé a été retirée à cette commande (« gru state unlock »). Ce qu'elle a"
                    " fait depuis est gardé sur cette machine : « gru state show » le reprend, ou le met de côté si"
                    " quelqu'un a continué entre-temps."
                )
            return

    def _send_all(self) -> None:
        archive = pack(self._stack)
        if archive != self._sent or self._step is not None:
            if not holds_a_state(self._stack) and self._number == 0:
                self._remember(unsent=False)
                return
            self._send(archive, partial=False)
        generations.prune(self._store, kept=1 if self._over else generations.KEPT)
        self._remember(unsent=False)
        if self._first and self._number:
            self._tell(f"L'état de ce site est maintenant partagé : {self._store.words}.")

    def _send(self, archive: bytes, *, partial: bool) -> None:
        """Write the next generation; a step of this command that it goes beyond is removed."""
        passphrase = self._stack.passphrase_file.read_bytes().strip()
        number = self._number + 1
        while True:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            label = Label(self._stack.name, number, self._id, lock.me(), self._claim.command, now, partial)
            try:
                generations.publish(self._store, number, seal(archive, label, passphrase))
            except Overtaken:
                # Ours, where the answer to a first try was lost on the way.
                if read_label(generations.read(self._store, number)).session != self._id:
                    raise
                self._number = self._step = number
                number += 1
                continue
            break
        before, self._step = self._step, number if partial else None
        self._number, self._sent = number, archive
        if before is not None:
            generations.forget(self._store, before)

    def _remember(self, *, unsent: bool) -> None:
        place = self._location.model_dump(mode="json")
        remember(self._stack, Memory(place, self._store.words, self._number, self._id if unsent else None))

    def _beat(self) -> None:
        told = False
        while not self._stop.wait(lock.HEARTBEAT_SECONDS):
            try:
                if not lock.renew(self._store, self._claim):
                    self._lose()
                    return
                self._send_step()
                told = False
            except Overtaken:
                self._lose()
                return
            except (StoreError, OSError) as error:
                if not told:
                    self._tell(f"      {error}\n      Le travail continue ; son état sera envoyé dès que possible.")
                told = True

    def _send_step(self) -> None:
        """What changed since: a machine that dies now loses some seconds, not its work."""
        if not holds_a_state(self._stack) or not self._stack.passphrase_file.exists():
            return
        archive = pack(self._stack)
        if archive != self._sent:
            self._send(archive, partial=True)
            self._remember(unsent=True)

    def _lose(self) -> None:
        self._lost = True
        self._tell(
            "\nQuelqu'un a retiré à cette commande la main sur l'état partagé (« gru state unlock ») : elle s'arrête."
        )
        os.kill(os.getpid(), signal.SIGINT)


def open_sealed(stack: Stack, sealed: bytes) -> bytes:
    """The archive of a generation. Raises OperatorError where no passphrase is known, WrongPassphrase."""
    path = stack.passphrase_file
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        raise OperatorError(
            "Ce site a un état partagé, et sa phrase secrète n'est pas sur cette machine. Demandez-la à la personne qui"
            " l'a créé, puis donnez-la par GRU_PASSPHRASE_FILE, GRU_PASSPHRASE_COMMAND ou GRU_PASSPHRASE (voir"
            f" runbooks/etat-partage.md), ou écrivez-la dans {path}."
        ) from error
    return unseal(sealed, passphrase)


def set_aside(stack: Stack, tell: Tell, by: Label | None) -> None:
    """Keep this machine's copy in a file of its own: someone went on without it."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    path = stack.directory / f"ecarte-{stamp}.gru"
    label = Label(stack.name, 0, "", lock.me(), "mis de côté", datetime.now(UTC).isoformat(timespec="seconds"))
    sealed = seal(pack(stack), label, stack.passphrase_file.read_bytes().strip())
    path.touch(mode=0o600)
    path.write_bytes(sealed)
    who = f"{by.who} ({by.command}, {by.at[:16].replace('T', ' ')} UTC)" if by else "quelqu'un"
    tell(
        f"Une commande de cette machine avait été interrompue sans pouvoir tout envoyer, et {who} a continué depuis."
        f" L'état partagé est repris ; votre copie est gardée dans {path} (« gru state extract » l'ouvre)."
    )


def _refresh(stack: Stack, store: Store, location: Shared, memory: Memory | None) -> None:
    if memory and memory.unsent:
        return
    head = generations.latest(store)
    if head is None:
        return
    label, sealed = head
    if memory and memory.generation == label.number:
        return
    archive = open_sealed(stack, sealed)
    _refuse_to_go_back(memory, label, store)
    unpack(archive, stack)
    remember(stack, Memory(location.model_dump(mode="json"), store.words, label.number))


def _refuse_to_go_back(memory: Memory | None, head: Label, store: Store) -> None:
    """A store that lost its last generations must not take this machine's copy along."""
    if memory and head.number < memory.generation:
        raise OperatorError(
            f"L'état partagé ({store.words}) a reculé : il en est au passage {head.number}, cette machine avait vu le"
            f" {memory.generation}. Quelqu'un l'a-t-il restauré d'une sauvegarde ? La copie de cette machine n'a pas"
            " été touchée. Pour accepter ce retour en arrière, mettez partage.json de côté dans le dossier d'état, puis"
            " relancez."
        )


@contextmanager
def only_one_here(stack: Stack, *, or_pass: bool = False) -> Iterator[bool]:
    """Refuse a second `gru` that would change the same stack of this machine at the same time.

    Gives whether we are alone; where another is at work, raises OperatorError unless `or_pass`.
    """
    with (stack.directory / "lock").open("w") as handle:
        alone = True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            alone = False
            if not or_pass:
                raise OperatorError(
                    f"Une autre commande gru modifie déjà « {stack.name} ». Attendez qu'elle finisse."
                ) from None
        yield alone


@contextmanager
def _disk_in_words(stack: Stack) -> Iterator[None]:
    """A disk that is full, or a folder that is not ours, said in words."""
    try:
        yield
    except OSError as error:
        raise OperatorError(
            f"Impossible de lire ou d'écrire dans {stack.directory} ({error.strerror}). Libérez de la place ou changez"
            " les droits, puis relancez la même commande : rien n'est perdu, l'état partagé est intact."
        ) from error


def _try(action: Callable[[], None]) -> None:
    """Do it if the store answers: something else is being told already."""
    try:
        action()
    except StoreError:
        return
