"""What becomes of requests that residents were told were received: none is lost, each is acknowledged by mail."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from loadtests.promises.promise import Evidence, Promise, at_most
from loadtests.verdict_line import Check


class Lost(Promise):
    """Most requests that may be lost or doubled."""

    type: Literal["pertes"] = "pertes"
    au_plus: int = Field(ge=0)

    def judge(self, seen: Evidence) -> Check:
        """Looked for in the database and the agents' list; a mail that is late is told apart."""
        losses = seen.server.losses
        if losses is None:
            return self.not_measured(self.au_plus)
        late = f", {len(losses.missing_mails)} accusés pas encore partis" if losses.missing_mails else ""
        told = f"{losses.count} perdues ou doublées sur {losses.acknowledged} acquittées{late}"
        return self.told(at_most(losses.count, self.au_plus), told, losses.count, self.au_plus)


class Acknowledgements(Promise):
    """Seconds that the mails of acknowledged requests are given to leave, after the run."""

    type: Literal["accuses"] = "accuses"
    secondes: float = Field(ge=0)

    def judge(self, seen: Evidence) -> Check:
        """One mail that has not left is missed; a platform that sends its mails cannot be looked at."""
        losses = seen.server.losses
        if losses is None or not losses.mails_seen:
            return self.not_measured(0)
        late = len(losses.missing_mails)
        return self.told(at_most(late, 0), f"{late} pas partis sur {losses.acknowledged}", late, 0)

    def settle_seconds(self) -> float | None:
        """The time that the mails are given."""
        return self.secondes
