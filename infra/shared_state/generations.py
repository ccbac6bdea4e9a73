"""Generations of a state: numbered, never written over, the last ones kept.

The number is the guard of last resort: whoever worked from generation 12 may only write 13, once.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.shared_state.sealing import Label, read_label
from infra.shared_state.store import Store, StoreError

KEPT = 20
"""Generations kept: that many commands can be looked back at."""

_FOLDER = "generations/"


class Overtaken(StoreError):
    """Someone else wrote that generation: what we hold is not the continuation of it."""


def _key(number: int) -> str:
    return f"{_FOLDER}{number:08d}"


def numbers(store: Store) -> list[int]:
    """Numbers of the generations that are there, in order."""
    return sorted(int(key.removeprefix(_FOLDER)) for key in store.ages(_FOLDER))


def latest(store: Store) -> tuple[Label, bytes] | None:
    """The last generation, its label and its sealed content; nothing on a new store."""
    for number in reversed(numbers(store)):
        content = store.read(_key(number))
        if content is not None:
            return read_label(content), content
    return None


def read(store: Store, number: int) -> bytes:
    """One generation, sealed. Raises StoreError where there is none."""
    content = store.read(_key(number))
    if content is None:
        raise StoreError(f"Il n'y a pas de passage {number}. « gru state history » donne la liste.")
    return content


def publish(store: Store, number: int, sealed: bytes) -> None:
    """Write the next generation and read it back.

    Raises:
        Overtaken: another content has that number.
    """
    # Written already, where a first answer was lost on the way.
    store.create(_key(number), sealed)
    if store.read(_key(number)) != sealed:
        raise Overtaken(f"Un autre passage ({number}) a été écrit entre-temps dans l'état partagé ({store.words}).")


def forget(store: Store, number: int) -> None:
    """Remove one: a step of a command that wrote a later one."""
    store.remove(_key(number))


def prune(store: Store, kept: int = KEPT) -> None:
    """Remove the oldest beyond that many."""
    for number in numbers(store)[:-kept]:
        store.remove(_key(number))


def history(store: Store) -> Iterator[Label]:
    """Labels, the last first."""
    for number in reversed(numbers(store)):
        content = store.read(_key(number))
        if content is not None:
            yield read_label(content)
