"""Profiles: a shape of load, as data. `profiles/*.yaml` says it in French; `planning` draws arrivals from it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from infra.state import OperatorError
from loadtests.schedule import Segment
from loadtests.strict import Strict
from loadtests.workload import Model, Workload

PROFILES = Path(__file__).parent / "profiles"


class FromModel(Strict):
    """A rate of the workload model, times something."""

    de: Literal["pointe_ordinaire", "ouverture_premiere_minute", "ouverture_dix_minutes", "ouverture_premiere_heure"]
    fois: float = Field(default=1.0, gt=0)

    def rate(self, workload: Workload) -> float:
        """Arrivals per second."""
        rates = {
            "pointe_ordinaire": workload.peak_hour.visits / 3600,
            "ouverture_premiere_minute": workload.opening.first_minute,
            "ouverture_dix_minutes": workload.opening.ten_minutes,
            "ouverture_premiere_heure": workload.opening.first_hour,
        }
        return rates[self.de] * self.fois


class Point(Strict):
    """The rate at a moment; between two points it goes in a straight line."""

    a: float = Field(ge=0)
    vaut: float | FromModel

    def rate(self, workload: Workload) -> float:
        """Arrivals per second."""
        return self.vaut.rate(workload) if isinstance(self.vaut, FromModel) else self.vaut


class Agents(Strict):
    """The agents at work during the run."""

    nombre: int | Literal["modele"] = 0
    rafraichissement: float | None = None
    traite: float = Field(default=0.05, ge=0, le=1)
    guichet: float = Field(default=0.02, ge=0, le=1)


class Outage(Strict):
    """A component killed for a while."""

    a: float = Field(ge=0)
    pendant: float = Field(gt=0, le=300)
    fonction: str
    composant: str
    """A name of /etc/gru/components.d on the host that carries the function."""


class Abuse(Strict):
    """A source that sends without end."""

    debit: float = Field(gt=0, le=200)
    de: float
    a: float


class Capacity(Strict):
    """Bounds of the search for the highest rate that keeps the promises."""

    de: float = Field(gt=0)
    a: float = Field(gt=0)
    precision: float = Field(gt=0, lt=1)
    essais_max: int = Field(default=8, ge=2, le=20)


class Network(Strict):
    """The network between the persons and the platform."""

    delai_ms: float = Field(ge=0)
    debit_kbit: float = Field(gt=0)


class Profile(Strict):
    """One file of `profiles/`."""

    nom: str = ""
    """The file's own, without `.yaml`."""
    titre: str
    resume: str
    debit: list[Point] = Field(min_length=2)
    melange: Literal["ordinaire", "ouverture"] | dict[str, float]
    agents: Agents = Agents()
    reflexion: float = Field(default=1.0, ge=0)
    pannes: list[Outage] = Field(default_factory=list)
    abus: Abuse | None = None
    capacite: Capacity | None = None
    reseau: Network | None = None
    derriere: str = ""
    """Function of the host through which all residents come, under its one address (limits are by address)."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        moments = [point.a for point in self.debit]
        if moments != sorted(moments) or moments[0] != 0 or moments[-1] == 0:
            raise ValueError("les points du débit commencent à 0 et vont dans l'ordre")
        if self.reseau and self.derriere:
            raise ValueError("reseau et derriere sont deux chemins : un seul à la fois")
        return self

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.debit[-1].a

    def segments(self, workload: Workload, scale: float = 1.0, duration: float | None = None) -> list[Segment]:
        """Straight lines of the rate; two points at one moment make a step. `duration` squeezes or stretches time."""
        stretch = (duration or self.duration) / self.duration
        return [
            Segment(a.a * stretch, b.a * stretch, a.rate(workload) * scale, b.rate(workload) * scale)
            for a, b in zip(self.debit, self.debit[1:], strict=False)
            if b.a > a.a
        ]

    def weights(self, model: Model) -> dict[str, float]:
        """Weight of each journey."""
        if isinstance(self.melange, dict):
            return self.melange
        return ordinary_mix(model) if self.melange == "ordinaire" else opening_mix(model)


def ordinary_mix(model: Model) -> dict[str, float]:
    """What visits of an ordinary day are for, from the model's shares."""
    q = model.values()
    submitted = 1 / q["visites_par_demande"]
    with_account = submitted * (1 - q["part_sans_compte"])
    return {
        "signaler": submitted * q["part_sans_compte"],
        "inscrire": with_account,
        "ouvrir_compte": with_account * q["part_nouveau_compte"],
        "suivre": q["part_suivi"],
        "lire": 1 - submitted - q["part_suivi"] - with_account * q["part_nouveau_compte"],
    }


def opening_mix(model: Model) -> dict[str, float]:
    """On enrolment morning everybody enrols; reloads are visits that only read."""
    q = model.values()
    return {
        "inscrire": 1 - q["part_nouveau_compte"],
        "ouvrir_compte": q["part_nouveau_compte"],
        "lire": q["rechargements"] - 1,
    }


def known_profiles() -> list[str]:
    """Names of the profiles."""
    return sorted(path.stem for path in PROFILES.glob("*.yaml"))


def load_profile(name: str, directory: Path = PROFILES) -> Profile:
    """The profile of that name. Raises OperatorError, in French, when there is none or it cannot be read."""
    path = directory / f"{name}.yaml"
    if not path.is_file():
        raise OperatorError(f"Le profil « {name} » n'existe pas. Profils : {', '.join(known_profiles())}.")
    try:
        read = Profile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise OperatorError(f"{path} : {error}") from None
    return read.model_copy(update={"nom": name})
