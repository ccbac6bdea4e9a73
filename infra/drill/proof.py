"""What each drill found, with its date: kept with the site's state, one line each, and told when the next is due."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field

from infra.backups import said
from infra.shared_state.lock import me
from infra.state import Stack

_FILE = "exercices.jsonl"

DUE_DAYS = 31
"""A month, from one drill that succeeded to the next."""


@dataclass(slots=True)
class Proof:
    """One drill. `began` and `moment` are in seconds since 1970, `moment` being that of what was compared.

    `recovery_point` is how long after that moment its journal was in the repository (seconds; None where it did not
    come), `recovery_time` from nothing to a copy on which a request was filed (seconds).
    """

    began: int
    who: str = field(default_factory=me)
    moment: int = 0
    recovery_point: int | None = None
    recovery_time: int = 0
    same: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    filed: str = ""
    ended: bool = False

    @property
    def holds(self) -> bool:
        """Whether it went to its end and nothing differed."""
        return self.ended and not self.differences

    @property
    def line(self) -> str:
        """For people, without its final stop."""
        if not self.ended:
            return f"exercice du {said(self.began)} : pas allé au bout"
        if self.differences:
            return f"exercice du {said(self.began)} : la copie diffère ({len(self.differences)} écarts)"
        point = "" if self.recovery_point is None else f", point de reprise à {self.recovery_point} s"
        return f"exercice du {said(self.began)} : réussi, en service en {_minutes(self.recovery_time)}{point}"


def keep(stack: Stack, proof: Proof) -> None:
    """Add it to those of the site."""
    path = stack.directory / _FILE
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(proof), ensure_ascii=False) + "\n")


def proofs(stack: Stack) -> list[Proof]:
    """All that was kept, the last first; a line that was cut is left out."""
    path = stack.directory / _FILE
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            found.append(Proof(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found[::-1]


def due(stack: Stack, now: float | None = None) -> str:
    """What to tell of drills: the last one, and whether another is due. A sentence."""
    last = next(iter(proofs(stack)), None)
    good = next((one for one in proofs(stack) if one.holds), None)
    again = "lancez « gru restore --drill »"
    if last is None:
        return f"Aucune restauration n'a été essayée : {again}."
    told = last.line[0].upper() + last.line[1:]
    if not last.holds:
        return f"{told} : lisez runbooks/sauvegarde.md, puis {again}."
    age = ((time.time() if now is None else now) - (good or last).began) / 86400
    return f"{told}." + (f" Il a plus d'un mois : {again}." if age > DUE_DAYS else "")


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60:02d} s"
