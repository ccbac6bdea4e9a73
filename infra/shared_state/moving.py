"""Move a site's state to where site.yaml says, from where this machine knows it to be.

Copied, read back and compared before the former place is marked; every step may be cut, and the same command goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from infra.model.state_location import HereState
from infra.shared_state import generations, lock, marks
from infra.shared_state.memory import Memory, forget, holds_a_state, recall, remember
from infra.shared_state.opening import Location, Shared, open_store
from infra.shared_state.sealing import Label, pack, seal, unpack
from infra.shared_state.session import Tell, only_one_here, open_sealed
from infra.shared_state.store import Store
from infra.shared_state.whereabouts import place_of
from infra.state import OperatorError, Stack

COMMAND = "gru state move"


def move(stack: Stack, destination: Location, tell: Tell) -> None:
    """Do it, or go on with what was interrupted.

    Raises:
        OperatorError: nothing to move, someone at work on either side, another state there, a passphrase that does
            not open the state.
    """
    with only_one_here(stack), ExitStack() as held:
        memory = recall(stack)
        origin = place_of(memory)
        if origin.identity() == destination.identity():
            if isinstance(destination, HereState) or not _end_an_interrupted_one(stack, destination):
                raise OperatorError(f"L'état de ce site est déjà là où site.yaml le dit : {destination.words()}.")
            tell("Un déplacement interrompu avait déjà tout copié : il est fini maintenant.")
            return
        if memory and memory.unsent:
            raise OperatorError(
                f"Une commande interrompue n'a pas encore tout envoyé vers {memory.words}. Remettez l'ancien bloc"
                " « state » dans site.yaml, lancez « gru state show », puis recommencez."
            )
        source = None if isinstance(origin, HereState) else held.enter_context(_held(stack, origin))
        target = None if isinstance(destination, HereState) else held.enter_context(_held(stack, destination))
        if source:
            _fetch(stack, source, destination)
        if not holds_a_state(stack):
            raise OperatorError("Il n'y a pas encore d'état à déplacer : « gru up » le créera là où site.yaml le dit.")
        if target and not isinstance(destination, HereState):
            number = _copy(stack, target, origin, tell)
            if source:
                marks.leave(source, marks.MOVED, _told(destination))
            remember(stack, Memory(destination.model_dump(mode="json"), target.words, number))
            target.remove(marks.ARRIVING)
            target.remove(marks.MOVED)
        elif source:
            marks.leave(source, marks.MOVED, _told(destination))
            forget(stack)
        tell(f"L'état de « {stack.name} » est maintenant là : {destination.words()}. Il a été relu et comparé.")
        if isinstance(destination, HereState):
            tell("Les autres personnes ne peuvent plus travailler sur ce site que depuis cette machine.")
        else:
            tell(
                f"La phrase secrète n'y est pas : donnez-la vous-même à vos collègues ({stack.passphrase_file}), avec"
                " ce site.yaml."
            )


def _end_an_interrupted_one(stack: Stack, destination: Shared) -> bool:
    """Remove the last marks of a move that was cut after this machine had noted it. False where there is none."""
    with _held(stack, destination) as target:
        if marks.find(target, marks.ARRIVING) is None:
            return False
        target.remove(marks.ARRIVING)
        target.remove(marks.MOVED)
        return True


def _told(destination: Location) -> str:
    """A place as whoever is late will read it: « here » is somebody's machine."""
    return f"la machine de {lock.me()}" if isinstance(destination, HereState) else destination.words()


@contextmanager
def _held(stack: Stack, location: Shared) -> Iterator[Store]:
    store = open_store(location, stack.name)
    with lock.locked(store, lock.new_claim(COMMAND)):
        yield store


def _fetch(stack: Stack, source: Store, destination: Location) -> None:
    """The last generation of the former place, unless it has gone elsewhere than where we are going."""
    mark = marks.find(source, marks.MOVED)
    if mark and mark.other != _told(destination):
        raise OperatorError(
            f"L'état de ce site n'est plus là ({source.words}) : il a été déplacé vers {mark.other} {mark.told()}."
            " Reprenez le site.yaml de vos collègues, puis recommencez."
        )
    head = generations.latest(source)
    if head is not None and not mark:
        unpack(open_sealed(stack, head[1]), stack)


def _copy(stack: Stack, target: Store, origin: Location, tell: Tell) -> int:
    """Write this machine's files as the next generation there, read it back, compare. Gives its number."""
    archive = pack(stack)
    head = generations.latest(target)
    arriving, gone = marks.find(target, marks.ARRIVING), marks.find(target, marks.MOVED)
    if head and not arriving and not gone:
        raise OperatorError(
            f"Il y a déjà un état de « {stack.name} » là ({target.words}), passage {head[0].number} de {head[0].who}."
            " Choisissez un autre endroit (state.prefix), ou retirez-le vous-même s'il ne sert plus."
        )
    if arriving and arriving.other != origin.words():
        raise OperatorError(
            f"Un autre déplacement vers cet endroit n'est pas fini (depuis {arriving.other}, {arriving.told()})."
        )
    marks.leave(target, marks.ARRIVING, origin.words())
    if head and arriving and open_sealed(stack, head[1]) == archive:
        tell("Un déplacement interrompu avait déjà tout copié : il est fini maintenant.")
        return head[0].number
    number = head[0].number + 1 if head else 1
    now = datetime.now(UTC).isoformat(timespec="seconds")
    label = Label(stack.name, number, "", lock.me(), COMMAND, now)
    generations.publish(target, number, seal(archive, label, stack.passphrase_file.read_bytes().strip()))
    if open_sealed(stack, generations.read(target, number)) != archive:
        raise OperatorError(f"Ce qui a été relu de {target.words} n'est pas ce qui y a été écrit. Rien n'a changé ici.")
    return number
