"""Did the platform keep its promises, and was the run worth believing? Exit 0 kept, 1 missed, 2 invalid."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from loadtests.observed.server_side import ServerSide
from loadtests.promises import Evidence
from loadtests.recording import Recording
from loadtests.slo import Slo
from loadtests.verdict_line import Check, State

KEPT, MISSED, INVALID = 0, 1, 2


@dataclass(frozen=True)
class Verdict:
    """The answer, first in every report."""

    checks: tuple[Check, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """What the command exits with: an invalid run says nothing, whatever it missed."""
        states = {check.state for check in self.checks}
        if State.INVALID in states:
            return INVALID
        return MISSED if State.MISSED in states else KEPT

    @property
    def sentence(self) -> str:
        """One French sentence."""
        by_state = {state: [c for c in self.checks if c.state is state] for state in State}
        if by_state[State.INVALID]:
            return f"Essai inutilisable. {by_state[State.INVALID][0].sentence}"
        missed = len(by_state[State.MISSED])
        if missed:
            plural = "s" if missed > 1 else ""
            return f"{missed} promesse{plural} manquée{plural}. {by_state[State.MISSED][0].sentence}"
        unsure = len(by_state[State.UNSURE])
        absent = len(by_state[State.NOT_MEASURED])
        if unsure:
            verb = "ne peuvent être jugées" if unsure > 1 else "ne peut être jugée"
            return f"Aucune promesse manquée ; {unsure} {verb} faute de mesures suffisantes."
        if absent:
            verb = "n'ont pas été mesurées" if absent > 1 else "n'a pas été mesurée"
            return f"Toutes les promesses mesurées sont tenues ; {absent} {verb}."
        return "Toutes les promesses sont tenues."

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "exit_code": self.exit_code,
            "sentence": self.sentence,
            "checks": [asdict(check) for check in self.checks],
        }

    def write_junit(self, path: Path, suite: str) -> None:
        """JUnit, for continuous integration: a promise is a test case, an invalid run an error."""
        root = ET.Element("testsuite", name=suite, tests=str(len(self.checks)))
        for check in self.checks:
            case = ET.SubElement(root, "testcase", classname=suite, name=check.name)
            if check.state is State.MISSED:
                ET.SubElement(case, "failure", message=check.sentence)
            elif check.state is State.INVALID:
                ET.SubElement(case, "error", message=check.sentence)
            elif check.state is not State.KEPT:
                ET.SubElement(case, "skipped", message=check.sentence)
        ET.ElementTree(root).write(path, encoding="unicode", xml_declaration=True)


def judge(
    recording: Recording, profile: str, slo: Slo, *, duration: float, server: ServerSide | None = None
) -> Verdict:
    """Every condition of validity, then every promise of the profile (`duration`: its seconds)."""
    server = server or ServerSide()
    seen = Evidence(recording, duration, server)
    return Verdict(
        (
            *(Check("plateforme", State.INVALID, f"La plateforme n'a pas tout dit : {why}") for why in server.unread),
            *slo.validity(profile).judge(recording, server.front),
            *(promise.judge(seen) for promise in slo.promises(profile)),
        )
    )
