"""A baseline kept in a file: what a platform cost before an upgrade in place, when it can no longer be run beside.

Interleaved pairs cancel what changes on a machine from one minute to the next; a stored baseline cannot be
interleaved. So only processor time per journey is judged, both days' noise counts, and the machine's own speed is
measured on both days: where it differs, nothing is concluded.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from infra.state import OperatorError
from loadtests.compare import Comparison, Conclusion, Figures, compare
from loadtests.json_file import write_json
from loadtests.machine import conditions

BASELINE_FILE = "reference.json"
SAME_SPEED = 0.05
"""Machines whose speed differs by more than this share are two machines."""
_CALIBRATION_LOOPS = 300_000
_CALIBRATION_TIMES = 15


@dataclass(frozen=True)
class Baseline:
    """What one platform cost, twice for each seed: enough to know it and the noise of that day."""

    profile: str
    duration: float | None
    pairs: tuple[tuple[Figures, Figures], ...]
    processors: int
    model: str
    speed: float
    """Processor seconds that a fixed piece of work took on the machine of the generator."""

    def write(self, directory: Path) -> Path:
        """Keep it in a folder."""
        path = directory / BASELINE_FILE
        write_json(path, asdict(self))
        return path

    @classmethod
    def read(cls, directory: Path) -> Baseline:
        """The baseline of a former comparison. Raises OperatorError, in French, where there is none."""
        path = directory / BASELINE_FILE
        try:
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            content["pairs"] = tuple((dict(one), dict(other)) for one, other in content["pairs"])
            return cls(**content)
        except (OSError, ValueError, TypeError, KeyError):
            raise OperatorError(
                f"{directory} ne contient pas de référence ({BASELINE_FILE})."
                " Faites-en une avant la mise à jour : « gru load compare --candidate NOM --out DOSSIER »."
            ) from None


def measured(profile: str, duration: float | None, pairs: Sequence[tuple[Figures, Figures]], speed: float) -> Baseline:
    """The baseline that a comparison just measured; `speed` is `machine_speed()` before its runs."""
    machine = conditions()
    return Baseline(profile, duration, tuple(pairs), machine["processors"] or 0, machine["model"], speed)


def compare_stored(stored: Baseline, today: Sequence[tuple[Figures, Figures]], speed: float) -> Comparison:
    """Compare runs of today, twice each seed, with a stored baseline of the same seeds.

    Raises:
        ValueError: too few pairs on either side.
    """
    machine = conditions()
    same = (stored.processors, stored.model) == (machine["processors"], machine["model"])
    known = same and abs(speed / stored.speed - 1) <= SAME_SPEED
    pairs = [(before[0], now[0]) for before, now in zip(stored.pairs, today, strict=False)]
    found = compare([*stored.pairs, *today], pairs)
    conclusion = found.primary.conclusion if known else Conclusion.UNSURE
    return Comparison([replace(found.primary, conclusion=conclusion)])


def machine_speed() -> float:
    """Processor seconds of a fixed piece of work: the least of several, which neighbours disturb least."""

    def once() -> float:
        begun, total = time.process_time(), 0
        for number in range(_CALIBRATION_LOOPS):
            total += number * number % 7
        return time.process_time() - begun

    return min(once() for _ in range(_CALIBRATION_TIMES))
