"""Marks that a move leaves in a store: « it comes », until it is all there, and « it went », for whoever is late."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from infra.shared_state import lock
from infra.shared_state.store import Store
from infra.state import OperatorError

ARRIVING, MOVED = "arriving", "moved"


@dataclass(frozen=True, slots=True)
class Mark:
    """The other place, in words; who moved it, when (ISO 8601, UTC)."""

    other: str
    who: str
    at: str

    def told(self) -> str:
        """« par marie@poste12 le 03/12/2026 à 10:12 »."""
        return f"par {self.who} le {datetime.fromisoformat(self.at).astimezone():%d/%m/%Y à %H:%M}"


def leave(store: Store, key: str, other: str) -> None:
    """Write a mark."""
    mark = Mark(other, lock.me(), datetime.now(UTC).isoformat(timespec="seconds"))
    store.write(key, json.dumps(asdict(mark), ensure_ascii=False).encode())


def find(store: Store, key: str) -> Mark | None:
    """The mark, if it is there."""
    content = store.read(key)
    return Mark(**json.loads(content)) if content is not None else None


def refuse_a_marked_store(store: Store) -> None:
    """Raise OperatorError where the state went elsewhere, or has not arrived whole."""
    if mark := find(store, ARRIVING):
        raise OperatorError(
            f"L'état de ce site n'est pas arrivé tout entier ici ({store.words}) : son déplacement depuis {mark.other},"
            f" commencé {mark.told()}, a été interrompu. Cette personne relance « gru state move », qui le finit."
        )
    if mark := find(store, MOVED):
        raise OperatorError(
            f"L'état de ce site n'est plus ici ({store.words}) : il a été déplacé vers {mark.other} {mark.told()}."
            " Votre site.yaml est en retard : reprenez celui de vos collègues (bloc « state »), puis recommencez."
        )
