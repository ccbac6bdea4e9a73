"""Profiles: a shape of load, as data. `profiles/*.yaml` says it in French; here it becomes a plan."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from infra.state import OperatorError, Stack
from loadtests.plan import AgentsPlan, Plan
from loadtests.schedule import Schedule, Segment, draw
from loadtests.targets import Target, check_allowed, find_target
from loadtests.workload import Model, Workload, compute, load_model

PROFILES = Path(__file__).parent / "profiles"
PEOPLE_FILE = "charge-comptes.json"
DEFAULT_POPULATION = 60000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FromModel(_Strict):
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


class Point(_Strict):
    """The rate at a moment; between two points it goes in a straight line."""

    a: float = Field(ge=0)
    vaut: float | FromModel

    def rate(self, workload: Workload) -> float:
        """Arrivals per second."""
        return self.vaut.rate(workload) if isinstance(self.vaut, FromModel) else self.vaut


class Agents(_Strict):
    """The agents at work during the run."""

    nombre: int | Literal["modele"] = 0
    rafraichissement: float | None = None
    traite: float = Field(default=0.05, ge=0, le=1)
    guichet: float = Field(default=0.02, ge=0, le=1)


class Outage(_Strict):
    """A component killed for a while."""

    a: float = Field(ge=0)
    pendant: float = Field(gt=0, le=300)
    fonction: str
    composant: str
    """A name of /etc/gru/components.d on the host that carries the function."""


class Abuse(_Strict):
    """A source that sends without end."""

    debit: float = Field(gt=0, le=200)
    de: float
    a: float


class Capacity(_Strict):
    """Bounds of the search for the highest rate that keeps the promises."""

    de: float = Field(gt=0)
    a: float = Field(gt=0)
    precision: float = Field(gt=0, lt=1)
    essais_max: int = Field(default=8, ge=2, le=20)


class Network(_Strict):
    """The network between the persons and the platform."""

    delai_ms: float = Field(ge=0)
    debit_kbit: float = Field(gt=0)


class Profile(_Strict):
    """One file of `profiles/`."""

    titre: str
    resume: str
    debit: list[Point] = Field(min_length=2)
    melange: Literal["ordinaire", "ouverture"] | dict[str, float]
    agents: Agents = Agents()
    reflexion: float = Field(default=1.0, ge=0)
    pannes: list[Outage] = []
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
        return Profile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise OperatorError(f"{path} : {error}") from None


def build(
    name: str,
    target: Target,
    people_file: Path | None,
    *,
    seed: int = 1,
    population: int = DEFAULT_POPULATION,
    scale: float = 1.0,
    duration: float | None = None,
    allowed: bool = False,
    slow_address: str = "",
) -> tuple[Plan, Schedule]:
    """Draw the arrivals of a profile against a target. Refuses what safety refuses."""
    profile, model = load_profile(name), load_model()
    workload = compute(model, population)
    segments = profile.segments(workload, scale, duration)
    highest = max(max(segment.first, segment.last) for segment in segments)
    seconds = segments[-1].end
    check_allowed(target, allowed=allowed, highest_rate=highest, seconds=seconds)
    count = workload.agents.count if profile.agents.nombre == "modele" else profile.agents.nombre
    refresh = profile.agents.rafraichissement or model.values()["rafraichissement_liste"]
    # The mix of `ouverture` counts reloads besides the arrivals that the model announces.
    weights = profile.weights(model)
    extra = sum(weights.values()) if profile.melange == "ouverture" else 1.0
    segments = [Segment(s.start, s.end, s.first * extra, s.last * extra) for s in segments]
    # Telephones have a network of their own only where a relay makes it.
    schedule = draw(segments, weights, seed, mobile_share=1.0 if slow_address else 0.0)
    plan = Plan(
        profile=name,
        title=profile.titre,
        target=target,
        seed=seed,
        duration=seconds,
        digest=schedule.digest(),
        people_file=str(people_file) if people_file and people_file.exists() else "",
        agents=AgentsPlan(
            max(1, round(count * min(scale, 1))) if count else 0, refresh, profile.agents.traite, profile.agents.guichet
        ),
        think_scale=profile.reflexion,
        wrong_password_share=model.values()["part_mot_de_passe_faux"],
        allowed=allowed,
        slow_address=slow_address,
    )
    return plan, schedule


def runs_directory(stack: Stack) -> Path:
    """Where runs of a stack are kept, beside its state."""
    return stack.directory / "charge"


def new_directory(stack: Stack, name: str) -> Path:
    """A folder for one more run."""
    return runs_directory(stack) / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}"


def quick_plan(name: str, stack_name: str) -> Path:
    """The plan of a run started by plain `locust`, without `gru`."""
    stack = Stack(stack_name)
    plan, schedule = build(name, find_target(stack_name), stack.directory / PEOPLE_FILE)
    directory = new_directory(stack, name)
    plan.write(directory, schedule)
    return directory


def describe(name: str) -> dict[str, Any]:
    """Title, summary and length of a profile, for lists."""
    profile = load_profile(name)
    return {"name": name, "title": profile.titre, "summary": profile.resume, "seconds": profile.duration}
