"""All that a platform said of a run, in one piece, for those who judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadtests.observed.abuse import AbuseSeen
from loadtests.observed.front import FrontCount
from loadtests.observed.losses import Losses
from loadtests.shapes import Point, Watched


@dataclass(frozen=True)
class ServerSide:
    """What the platform itself said, where it could be asked."""

    front: FrontCount | None = None
    machine: float | None = None
    """Share of the machine's processors in use during the run, generator included."""
    losses: Losses | None = None
    abuse: AbuseSeen | None = None
    watched: tuple[Watched, ...] = ()
    """Looks at memory and disk during the run."""
    curves: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """Why a question asked after the run got no answer, in French."""
