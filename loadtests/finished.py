"""A run that ended, with everything that was seen of it, and the folder that keeps it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from infra.state import OperatorError
from loadtests.json_file import write_json
from loadtests.observed.front import FrontCount
from loadtests.observed.losses import Losses
from loadtests.observed.series import Curve
from loadtests.observed.usage import Spent
from loadtests.plan import RECORDING_FILE, Plan
from loadtests.profile import Profile, known_profiles, load_profile
from loadtests.promises import Promise
from loadtests.recording import Recording
from loadtests.shapes import Watched
from loadtests.slo import load_slo
from loadtests.verdict import Verdict
from loadtests.verdict_line import Check, State

SERVER_FILE, VERDICT_FILE, JUNIT_FILE = "plateforme.json", "verdict.json", "verdict.xml"


@dataclass
class Finished:
    """A run that ended, with everything that was seen of it."""

    directory: Path
    plan: Plan
    recording: Recording
    started: float
    """Seconds since the epoch."""
    verdict: Verdict
    front: FrontCount | None = None
    components: list[Spent] = field(default_factory=list)
    machine: float | None = None
    curves: list[Curve] = field(default_factory=list)
    losses: Losses | None = None
    notes: list[str] = field(default_factory=list)
    """What was done during the run, in words and with its moment."""
    conditions: dict[str, Any] = field(default_factory=dict)
    """The machine that ran the generator (and, on a local stack, the platform too)."""
    watched: list[Watched] = field(default_factory=list)
    profile: Profile | None = None
    """What was asked for; None for runs that follow no profile (`gru load fit`), or one that is no more."""
    promises: Sequence[Promise] = ()
    """What the run was to keep."""

    @classmethod
    def read(cls, directory: Path) -> Finished:
        """A run kept in a folder. Raises OperatorError where there is none."""
        try:
            plan = Plan.read(directory)
            recording = Recording.from_dict(json.loads((directory / RECORDING_FILE).read_text(encoding="utf-8")))
            seen = json.loads((directory / SERVER_FILE).read_text(encoding="utf-8"))
            told = json.loads((directory / VERDICT_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError) as error:
            raise OperatorError(f"{directory} ne contient pas un essai complet ({error}).") from None
        checks = tuple(Check(**{**check, "state": State(check["state"])}) for check in told["checks"])
        return cls(
            directory,
            plan,
            recording,
            seen["started"],
            Verdict(checks),
            FrontCount(**seen["front"]) if seen["front"] else None,
            [Spent.from_dict(item) for item in seen["components"]],
            seen["machine"],
            [Curve(item["name"], tuple((at, value) for at, value in item["points"])) for item in seen["curves"]],
            Losses.from_dict(seen["losses"]) if seen["losses"] else None,
            seen["notes"],
            seen["conditions"],
            [Watched(**look) for look in seen.get("watched", [])],
            load_profile(plan.profile) if plan.profile in known_profiles() else None,
            load_slo().promises(plan.profile),
        )

    def write(self) -> None:
        """Keep what the platform said and the verdict beside the recording."""
        content = {
            "started": self.started,
            "machine": self.machine,
            "front": asdict(self.front) if self.front else None,
            "components": [asdict(item) for item in self.components],
            "curves": [asdict(curve) for curve in self.curves],
            "losses": asdict(self.losses) if self.losses else None,
            "notes": self.notes,
            "watched": [asdict(look) for look in self.watched],
            "conditions": self.conditions,
        }
        write_json(self.directory / SERVER_FILE, content)
        write_json(self.directory / VERDICT_FILE, self.verdict.as_dict())
        self.verdict.write_junit(self.directory / JUNIT_FILE, f"charge.{self.plan.profile}")
