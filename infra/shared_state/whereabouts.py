"""Is the state where site.yaml says? Asked before every command, so that no second state is ever begun by mistake."""

from __future__ import annotations

from pydantic import TypeAdapter

from infra.model.state_location import HereState, StateLocation
from infra.shared_state import generations
from infra.shared_state.marks import refuse_a_marked_store
from infra.shared_state.memory import Memory, holds_a_state, recall
from infra.shared_state.opening import Location, Shared
from infra.shared_state.store import Store
from infra.state import OperatorError, Stack

_ANY: TypeAdapter[Location] = TypeAdapter(StateLocation)


def place_of(memory: Memory | None) -> Location:
    """The location a memory speaks of; this machine, where there is none."""
    return _ANY.validate_python(memory.place) if memory else HereState()


def is_here(stack: Stack, location: Location) -> bool:
    """Whether the state lives on this machine, as site.yaml says. Raises OperatorError where it went to a store."""
    if not isinstance(location, HereState):
        return False
    if memory := recall(stack):
        raise OperatorError(
            f"L'état de ce site est partagé ({memory.words}), et site.yaml n'en dit rien. Remettez son bloc « state »"
            " ou, pour ramener l'état sur cette machine, lancez « gru state move »."
        )
    return True


def last_seen(stack: Stack, location: Shared, store: Store) -> Memory | None:
    """What this machine remembers of that very place.

    Raises:
        OperatorError: the state is elsewhere, went elsewhere, or has not arrived whole.
    """
    refuse_a_marked_store(store)
    memory = recall(stack)
    known = place_of(memory)
    if memory and known.identity() == location.identity():
        if generations.latest(store) is None and not memory.unsent and memory.generation:
            raise OperatorError(
                f"L'état partagé ({store.words}) est vide, alors que cette machine en a vu le passage"
                f" {memory.generation}. Restaurez-le de sa sauvegarde ; sinon, pour le remplir de la copie de cette"
                " machine, mettez partage.json de côté dans le dossier d'état, puis lancez « gru state move »."
            )
        return memory
    if memory and memory.unsent:
        raise OperatorError(
            f"Une commande interrompue n'a pas encore tout envoyé vers {memory.words}. Remettez l'ancien bloc"
            " « state » dans site.yaml, lancez « gru state show », puis recommencez."
        )
    if generations.latest(store) is None and holds_a_state(stack):
        raise OperatorError(
            f"site.yaml dit que l'état est partagé ({store.words}), mais il est encore dans"
            f" {memory.words if memory else known.words()}. Lancez « gru state move » pour l'y déplacer."
        )
    if memory is None and holds_a_state(stack):
        raise OperatorError(
            f"Ce site a un état sur cette machine ({stack.directory}) et un autre, partagé ({store.words}). Si celui"
            " d'ici ne sert plus, mettez ce dossier de côté (mv), puis recommencez."
        )
    return None
