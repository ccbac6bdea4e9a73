"""What a page or a sign-in asks of a telephone: redirections are round trips, bytes take their time."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from loadtests.model_page import number
from loadtests.promises.promise import Evidence, PercentilePromise, at_most, percentile
from loadtests.verdict_line import Check


class _Quantity(PercentilePromise):
    """A percentile of a whole number that each request of the group has."""

    au_plus: float = Field(ge=0)

    def compared(self, quantities: list[int], unit: str) -> Check:
        """The percentile of the quantities, against the limit."""
        if not quantities:
            return self.not_measured(self.au_plus)
        value = percentile(sorted(quantities), self.centile)
        told = f"{number(self.centile, 0)}e centile : {number(value, 0)} {unit} sur {len(quantities)} mesures"
        return self.told(at_most(value, self.au_plus), told, value, self.au_plus)


class Redirections(_Quantity):
    """Redirections that one page asks for."""

    type: Literal["redirections"] = "redirections"

    def judge(self, seen: Evidence) -> Check:
        """Hops of the group's requests."""
        return self.compared([sample.hops for sample in self.samples(seen.recording)], "redirections")


class Bytes(_Quantity):
    """Bytes that one page carries."""

    type: Literal["octets"] = "octets"

    def judge(self, seen: Evidence) -> Check:
        """Sizes of the group's requests."""
        return self.compared([sample.size for sample in self.samples(seen.recording)], "octets")
