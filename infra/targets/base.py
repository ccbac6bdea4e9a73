"""The interface of a target: small on purpose, three questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pulumi

    from infra.plan import StackPlan


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose resources these are.

    Two clones of the project on one machine may both run a stack called ``local``: `owner` (random, kept
    in the state directory) tells them apart, `state` (that directory) tells the operator where the other is.
    """

    stack: str
    owner: str
    state: str


class Target(Protocol):
    """Somewhere hosts can be had from."""

    def check(self, plan: StackPlan) -> None:
        """Raise `TargetError` when the target cannot work at all (no engine answering, image missing)."""

    def declare(self, plan: StackPlan, ownership: Ownership) -> Mapping[str, pulumi.Input[str]]:
        """Register the resources (inside a Pulumi program); give the *instance* of each host.

        The instance changes when a host is replaced by a new one of the same name: readers key what they
        remember of a host (its SSH key) by it.
        """

    def sweep(self, ownership: Ownership, *, keep_data: bool) -> list[str]:
        """After a destroy: remove what still carries our label (data kept on purpose, interrupted runs).

        Gives the names of what was removed. With `keep_data`, volumes stay and are adopted by the next `up`.
        """
