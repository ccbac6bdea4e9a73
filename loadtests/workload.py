"""From a town's volumes to arrivals per second: every number has its source or says it is an assumption.

`load_model` reads `model/*.yaml`; `compute` is pure arithmetic on it. Rates are per second unless a name says
otherwise. Names of quantities are French, as in the files operators read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from infra.state import OperatorError
from loadtests.strict import Strict

MODEL_DIRECTORY = Path(__file__).parent / "model"
HOURS_FILE = "heures.yaml"
SECONDS_PER_HOUR = 3600
MASSY_POPULATION = "massy_habitants"


class ModelError(OperatorError):
    """The model cannot be used; the message is French and names the file."""


class _Sourced(Strict):
    libelle: str = Field(min_length=1)
    source: str | None = None
    hypothese: str | None = None

    @model_validator(mode="after")
    def _says_where_it_comes_from(self) -> Self:
        if bool(self.source) == bool(self.hypothese):
            raise ValueError("il faut « source » ou « hypothese », et une seule des deux")
        return self

    @property
    def origin(self) -> str:
        """Where the number comes from, in words."""
        return self.source or f"hypothèse : {self.hypothese}"


class Quantity(_Sourced):
    """One number of the model. `varie` asks for the half-and-double table."""

    valeur: float
    unite: str = Field(min_length=1)
    varie: bool = False


class DayShape(_Sourced):
    """How a day's work spreads over its 24 hours."""

    parts: list[float] = Field(min_length=24, max_length=24)

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        if not math.isclose(sum(self.parts), 1, abs_tol=1e-6):
            raise ValueError(f"la somme des 24 parts est {sum(self.parts):.4f} au lieu de 1")
        return self


@dataclass(frozen=True)
class Model:
    """All quantities by name, and the shapes of a day."""

    quantities: dict[str, Quantity]
    hours: dict[str, DayShape]

    def values(self) -> dict[str, float]:
        """Numbers only."""
        return {name: quantity.valeur for name, quantity in self.quantities.items()}


def load_model(directory: Path = MODEL_DIRECTORY) -> Model:
    """Read every file of the model.

    Raises:
        ModelError: a file is missing, unreadable, or a number has no origin.
    """
    quantities: dict[str, Quantity] = {}
    hours: dict[str, DayShape] = {}
    for path in sorted(directory.glob("*.yaml")):
        for name, item in _read(path).items():
            try:
                if path.name == HOURS_FILE:
                    hours[name] = DayShape.model_validate(item)
                elif name in quantities:
                    raise ModelError(f"{path} : « {name} » est déjà défini dans un autre fichier.")
                else:
                    quantities[name] = Quantity.model_validate(item)
            except ValidationError as error:
                problem = error.errors()[0]
                place = ".".join(str(part) for part in (name, *problem["loc"]))
                raise ModelError(f"{path} : {place} : {problem['msg'].removeprefix('Value error, ')}.") from None
    model = Model(quantities, hours)
    if missing := {"habitants", "agents"} - set(hours):
        raise ModelError(f"{directory / HOURS_FILE} : il manque {', '.join(sorted(missing))}.")
    compute(model, 1)
    return model


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ModelError(f"{path} n'est pas lisible : {error}") from None
    if not isinstance(content, dict):
        raise ModelError(f"{path} doit contenir des lignes « nom: … ».")
    return content


class _Values(dict[str, float]):
    """Quantities by name; one that the arithmetic needs and no file gives is said in words."""

    def __missing__(self, name: str) -> float:
        raise ModelError(f"Le modèle ne donne pas « {name} ».")


@dataclass(frozen=True)
class Year:
    """Volumes of a year, all channels."""

    requests: float
    requests_low: float
    requests_middle: float
    online: float
    counter: float
    telephone: float
    letters: float


@dataclass(frozen=True)
class Day:
    """An ordinary working day."""

    requests: float
    online: float
    visits: float
    pages: float


@dataclass(frozen=True)
class Hour:
    """One hour of an ordinary day: what arrives in it."""

    hour: int
    submissions: float
    visits: float
    pages: float
    agent_pages: float

    @property
    def pages_per_second(self) -> float:
        """Pages that residents ask for, a second of this hour."""
        return self.pages / SECONDS_PER_HOUR


@dataclass(frozen=True)
class Opening:
    """The morning enrolment opens. Rates are arrivals (people) per second."""

    households: float
    first_minute: float
    ten_minutes: float
    first_hour: float
    requests_first_minute: float
    requests_ten_minutes: float
    requests_first_minute_reloads: float
    in_progress: float

    @property
    def worst_second(self) -> int:
        """Arrivals that one second of the first minute exceeds once in a thousand (Poisson)."""
        return poisson_quantile(self.first_minute, 0.999)


@dataclass(frozen=True)
class Agents:
    """Closed population: so many people, each with one screen."""

    count: float
    refreshes: float
    pages: float
    requests_per_day: float


@dataclass(frozen=True)
class Workload:
    """Everything derived from the model for a town of `population` people."""

    population: int
    year: Year
    day: Day
    hours: tuple[Hour, ...]
    opening: Opening
    agents: Agents

    @property
    def peak_hour(self) -> Hour:
        """The hour with the most submissions."""
        return max(self.hours, key=lambda hour: hour.submissions)

    @property
    def mean_submissions(self) -> float:
        """Online submissions per second, averaged over the year."""
        return self.year.online / 365 / 86400

    @property
    def peak_to_mean(self) -> float:
        """How many times the mean the first minute of the opening is."""
        return self.opening.first_minute / self.mean_submissions


def compute(model: Model, population: int, changed: dict[str, float] | None = None) -> Workload:
    """Derive the rates of a town. `changed` replaces quantities by name (sensitivity)."""
    q = _Values(model.values() | (changed or {}))
    town = population / q[MASSY_POPULATION]
    year = Year(
        requests=q["massy_demandes"] * town,
        requests_low=q["massy_guichet_unique_2014"] * town,
        requests_middle=q["demandes_par_habitant_secteur"] * population,
        online=q["massy_en_ligne"] * town,
        counter=q["massy_guichet"] * town,
        telephone=q["massy_telephone"] * town,
        letters=q["massy_lettres"] * town,
    )
    online = year.online / q["jours_ouvres"]
    visits = online * q["visites_par_demande"]
    day = Day(year.requests / q["jours_ouvres"], online, visits, visits * q["pages_par_visite"])
    agent_pages = day.requests * q["pages_agent_par_demande"]
    hours = tuple(
        Hour(hour, day.online * part, day.visits * part, day.pages * part, agent_pages * work)
        for hour, (part, work) in enumerate(
            zip(model.hours["habitants"].parts, model.hours["agents"].parts, strict=True)
        )
    )
    return Workload(population, year, day, hours, _opening(q, population), _agents(q, day, agent_pages))


def _opening(q: dict[str, float], population: int) -> Opening:
    households = population * q["part_enfants"] / q["enfants_par_foyer"] * q["part_premier_jour"]
    first_minute = households * q["part_premiere_minute"] / 60
    ten_minutes = households * q["part_dix_minutes"] / 600
    return Opening(
        households=households,
        first_minute=first_minute,
        ten_minutes=ten_minutes,
        first_hour=households * q["part_premiere_heure"] / SECONDS_PER_HOUR,
        requests_first_minute=first_minute * q["requetes_par_depot"],
        requests_ten_minutes=ten_minutes * q["requetes_par_depot"],
        requests_first_minute_reloads=first_minute * q["requetes_par_depot"] * q["rechargements"],
        # Little's law: people present = arrivals per second times seconds each stays.
        in_progress=ten_minutes * q["duree_parcours"],
    )


def _agents(q: dict[str, float], day: Day, agent_pages: float) -> Agents:
    return Agents(
        count=q["agents"],
        refreshes=q["agents"] / q["rafraichissement_liste"],
        pages=agent_pages / (q["journee_agent"] * SECONDS_PER_HOUR),
        requests_per_day=day.requests / q["agents"],
    )


@dataclass(frozen=True)
class Sensitivity:
    """What half and double of one assumption do to the rates that size the platform."""

    name: str
    label: str
    value: float
    rates: dict[str, tuple[float, float, float]]
    """By rate: with half, as is, with double."""


def sensitivity(model: Model, population: int) -> list[Sensitivity]:
    """Vary each assumption marked `varie`, one at a time."""
    base = sizing_rates(compute(model, population))
    table = []
    for name, quantity in model.quantities.items():
        if not quantity.varie:
            continue
        half = sizing_rates(compute(model, population, {name: quantity.valeur / 2}))
        # A share cannot exceed the whole.
        ceiling = 1.0 if quantity.unite == "part" else math.inf
        double = sizing_rates(compute(model, population, {name: min(quantity.valeur * 2, ceiling)}))
        rates = {rate: (half[rate], base[rate], double[rate]) for rate in base}
        table.append(Sensitivity(name, quantity.libelle, quantity.valeur, rates))
    return table


def sizing_rates(workload: Workload) -> dict[str, float]:
    """The rates that decide how large a platform must be, by the name operators read."""
    return {
        "pages du portail par seconde, heure de pointe ordinaire": workload.peak_hour.pages_per_second,
        "arrivées par seconde, première minute d'ouverture": workload.opening.first_minute,
        "arrivées par seconde, dix premières minutes": workload.opening.ten_minutes,
        "requêtes par seconde, première minute d'ouverture": workload.opening.requests_first_minute,
        "rafraîchissements de liste par seconde": workload.agents.refreshes,
    }


def poisson_quantile(mean: float, probability: float) -> int:
    """Smallest n such that a Poisson variable of this mean is at most n with this probability."""
    term = math.exp(-mean)
    total, n = term, 0
    while total < probability:
        n += 1
        term *= mean / n
        total += term
    return n
