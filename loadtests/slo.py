"""`slo.yaml` read: what makes a run worth nothing, and what each profile promises."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from infra.state import OperatorError
from loadtests.promises import AnyPromise, Promise
from loadtests.strict import Strict
from loadtests.validity import Validity

SLO_FILE = Path(__file__).with_name("slo.yaml")


class Slo(Strict):
    """The whole file."""

    validite: Validity
    validite_de: dict[str, dict[str, float]] = Field(default_factory=dict)
    """What differs for a profile."""
    promesses: dict[str, list[AnyPromise]]

    def validity(self, profile: str) -> Validity:
        """The conditions for a run of this profile."""
        return self.validite.model_copy(update=self.validite_de.get(profile, {}))

    def promises(self, profile: str) -> list[Promise]:
        """What a run of this profile is judged by; nothing for one that promises nothing."""
        return self.promesses.get(profile, [])


def load_slo(path: Path = SLO_FILE) -> Slo:
    """Read the promises. Raises OperatorError, in French, where one cannot be read."""
    try:
        return Slo.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise OperatorError(f"{path} : {error}") from None
