"""Did the platform keep its promises, and was the run worth believing? Exit 0 kept, 1 missed, 2 invalid."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from loadtests.model_page import number
from loadtests.observed.front import FrontCount
from loadtests.recording import ALL, COMPOSITE, INTERRUPTED, LAG, NOT_OFFERED, RESPONSE, UNFINISHED, Recording, Sample
from loadtests.shapes import (
    WARM_UP,
    Point,
    Watched,
    days_until_full,
    growing_most,
    ratio_of_spans,
    refusals,
    relative,
    useful_rate,
)
from loadtests.stats import Interval, wilson

SLO_FILE = Path(__file__).parent / "slo.yaml"
KEPT, MISSED, INVALID = 0, 1, 2


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Validity(_Strict):
    """Beyond these, figures say more of the generator than of the platform."""

    attente_p99_ms: float
    processeur_generateur: float
    ecart_frontal: float


class Promise(_Strict):
    """One promise: a percentile of a group, a share of errors or of failed journeys, losses, the machine's load."""

    nom: str
    phrase: str
    en: str
    """The same in English, for reports."""
    groupe: str = ""
    centile: float = 0
    ms: float = 0
    depuis: float = Field(default=0, ge=0, lt=1)
    """Only what was due after this share of the run."""
    erreurs: float | None = None
    echecs: float | None = None
    pertes: int | None = None
    refus: float | None = None
    """Least share of an abusive source's requests that are refused (429) once it was stopped."""
    innocents: int | None = None
    """Most requests of our own, legitimate, persons that may be refused (429)."""
    processeur: float | None = None
    croissance: float | None = None
    """Most that the memory of a component may grow in an hour, as a share."""
    derive: float | None = None
    """Most that a percentile may be over an earlier one: from `depuis` to `jusque` over before, else the last quarter
    of an hour over the first."""
    courbe: str = ""
    par_heure: float | None = None
    """Most that a curve of the platform may grow in an hour, as a share."""
    disque_jours: float | None = None
    """Least days until the disk is full at this load."""
    debit_utile: float | None = None
    """Least share of the best rate of pages that is still served between `depuis` and `jusque`."""
    jusque: float = Field(default=1, gt=0, le=1)
    refus_polis: float | None = None
    """Least share of the requests not served that are told so within `ms`, with when to come back."""
    accuses: float | None = None
    """Seconds that the mails of acknowledged requests are given to leave, after the run."""
    redirections: float | None = None
    octets: float | None = None
    """Limits of what a group's percentile may hold: redirections, bytes carried."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.erreurs, self.echecs, self.pertes, self.refus, self.innocents, self.processeur, self.croissance]
        kinds += [self.par_heure, self.disque_jours, self.debit_utile, self.refus_polis, self.accuses]
        of_a_group = [None if self.refus_polis else self.ms or None, self.derive, self.redirections, self.octets]
        told = sum(kind is not None for kind in (*kinds, *of_a_group))
        grouped = any(kind is not None for kind in of_a_group)
        if told != 1 or grouped != bool(self.groupe and self.centile) or bool(self.par_heure) != bool(self.courbe):
            raise ValueError(f"{self.nom} : une promesse porte sur une seule chose")
        return self


class Slo(_Strict):
    """`slo.yaml`."""

    validite: Validity
    validite_de: dict[str, dict[str, float]] = {}
    """What differs for a profile."""
    promesses: dict[str, list[Promise]]

    def validity(self, profile: str) -> Validity:
        """The conditions for a run of this profile."""
        return self.validite.model_copy(update=self.validite_de.get(profile, {}))


def load_slo(path: Path = SLO_FILE) -> Slo:
    """Read the promises."""
    return Slo.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


class State(StrEnum):
    """What became of a promise or of a condition of validity."""

    KEPT = "tenue"
    MISSED = "manquée"
    UNSURE = "incertaine"
    NOT_MEASURED = "non mesurée"
    INVALID = "invalide"


@dataclass(frozen=True)
class Check:
    """One line of the verdict. `sentence` is French and stands alone."""

    name: str
    state: State
    sentence: str
    value: float | None = None
    limit: float | None = None
    english: str = ""


@dataclass(frozen=True)
class Losses:
    """Every reference that a resident was given, looked for where it must be."""

    acknowledged: int
    missing_in_database: tuple[str, ...] = ()
    missing_mails: tuple[str, ...] = ()
    missing_in_list: tuple[str, ...] = ()
    duplicated: tuple[str, ...] = ()
    mails_seen: bool = True
    """Whether the platform keeps its mails, so that they could be looked for."""
    looked_up: int = 0
    """How many were also asked for on the agents' own list page."""

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Losses:
        """The inverse of `asdict`, from JSON."""
        typed: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in content.items()}
        return cls(**typed)

    @property
    def count(self) -> int:
        """References lost or doubled (a mail not yet gone is told apart)."""
        return len({*self.missing_in_database, *self.missing_in_list, *self.duplicated})


@dataclass(frozen=True)
class AbuseSeen:
    """What the front answered to a source that sends without end."""

    statuses: dict[str, int]
    stopped_after: float | None
    """Seconds until its first refusal."""
    after_stop: int = 0
    refused_after_stop: int = 0


@dataclass(frozen=True)
class ServerSide:
    """What the platform itself said, where it could be asked."""

    front: FrontCount | None = None
    machine: float | None = None
    """Share of the machine's processors in use during the run, generator included."""
    losses: Losses | None = None
    abuse: AbuseSeen | None = None
    watched: tuple[Watched, ...] = ()
    """Looks at memory and disk during the run."""
    curves: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """Why a question asked after the run got no answer, in French."""


@dataclass(frozen=True)
class Verdict:
    """The answer, first in every report."""

    checks: tuple[Check, ...] = field(default=())

    @property
    def exit_code(self) -> int:
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
    """Every condition of validity, then every promise of the profile."""
    server = server or ServerSide()
    checks = [Check("plateforme", State.INVALID, f"La plateforme n'a pas tout dit : {why}") for why in server.unread]
    checks += _validity(recording, slo.validity(profile), server.front)
    for promise in slo.promesses.get(profile, []):
        checks.append(replace(_promise(promise, recording, duration, server), english=promise.en))
    return Verdict(tuple(checks))


# ---- Is the run worth believing?


def _validity(recording: Recording, limits: Validity, front: FrontCount | None) -> Iterator[Check]:
    counts = recording.counts
    yield _none("arrivees", counts["dropped"], "arrivées non jouées, le générateur étant plein")
    yield _none("processus", counts["lost_processes"], "processus du générateur sans mesures rendues")
    yield _none("generateur", counts["generator_errors"], "parcours manqués par la faute du générateur")
    lag = recording.percentile(LAG, ALL, 99)
    if lag is None:
        yield Check("retard", State.INVALID, "Rien n'a été mesuré.")
        return
    yield _at_most(
        "retard",
        lag * 1000,
        limits.attente_p99_ms,
        f"Au 99e centile, le générateur a {number(lag * 1000)} ms de retard ({number(limits.attente_p99_ms)} permis)",
    )
    busy = counts["generator_cpu_ms"] / max(counts["generator_wall_ms"], 1)
    yield _at_most(
        "processeur-generateur",
        busy,
        limits.processeur_generateur,
        f"Le générateur occupe {number(busy * 100)} % d'un cœur par processus",
    )
    if front is not None:
        yield _reconciled(counts["sent"], front, limits.ecart_frontal)


def _none(name: str, count: int, what: str) -> Check:
    return Check(name, State.INVALID if count else State.KEPT, f"{count} {what}.", count, 0)


def _at_most(name: str, value: float, limit: float, sentence: str) -> Check:
    return Check(name, State.KEPT if value <= limit else State.INVALID, f"{sentence}.", value, limit)


def _reconciled(sent: int, front: FrontCount, limit: float) -> Check:
    if not front.found or front.lost:
        why = "son journal a perdu des lignes" if front.lost else "ses marques de début et de fin n'y sont pas"
        return Check("frontal", State.INVALID, f"Le frontal n'a pas pu être compté : {why}.")
    gap = front.gap(sent) / max(sent, 1)
    unwritten = f" et {front.unwritten} que son journal n'a pu écrire" if front.unwritten else ""
    told = f"{sent} requêtes envoyées, {front.ours} comptées par le frontal{unwritten} (écart {number(gap * 100, 2)} %)"
    if gap <= limit:
        return Check("frontal", State.KEPT, f"{told}.", gap, limit)
    shared = "" if front.tagged else " ; quelqu'un d'autre se sert peut-être de la plateforme depuis cette machine"
    return Check("frontal", State.INVALID, f"{told}{shared}.", gap, limit)


# ---- Are the promises kept?


def _promise(promise: Promise, recording: Recording, duration: float, server: ServerSide) -> Check:
    if promise.centile:
        return _of_group_kind(promise, recording, duration)
    if promise.refus_polis is not None or promise.debit_utile is not None:
        return _polite(promise, recording) if promise.refus_polis else _useful(promise, recording, duration)
    if promise.erreurs is not None:
        requests = [s for s in recording.samples if s.status != COMPOSITE]
        failed = [s for s in requests if s.problem]
        return _share(
            promise, len(failed), len(requests), promise.erreurs, what="requêtes", example=_most_common(failed)
        )
    if promise.echecs is not None:
        return _journeys(promise, recording, promise.echecs)
    if promise.innocents is not None:
        refused = sum(sample.status == 429 for sample in recording.samples)
        done = len(recording.outcomes)
        enough = State.KEPT if done >= INNOCENTS_NEEDED else State.UNSURE
        state = enough if refused <= promise.innocents else State.MISSED
        seen = f"{refused} requêtes refusées, en {done} visites"
        return Check(promise.nom, state, _told(state, promise, seen), refused, promise.innocents)
    return _seen_by_platform(promise, server)


def _of_group_kind(promise: Promise, recording: Recording, duration: float) -> Check:
    """Promises about a percentile of a group of requests."""
    if promise.derive is not None:
        return _drift(promise, recording, duration)
    if promise.redirections is not None:
        return _quantity(promise, recording, promise.redirections, "redirections", lambda sample: sample.hops)
    if promise.octets is not None:
        return _quantity(promise, recording, promise.octets, "octets", lambda sample: sample.size)
    return _percentile(promise, recording, duration)


def _seen_by_platform(promise: Promise, server: ServerSide) -> Check:
    if promise.pertes is not None:
        return _losses(promise, server.losses)
    if promise.accuses is not None:
        return _mails(promise, server.losses)
    if promise.refus is not None:
        return _abuse(promise, server.abuse)
    return _growing(promise, server)


def _growing(promise: Promise, server: ServerSide) -> Check:
    if promise.croissance is not None:
        name, grown = growing_most(server.watched, promise.croissance) or ("", None)
        return _growth(promise, promise.croissance, name, grown)
    if promise.par_heure is not None:
        return _growth(promise, promise.par_heure, "", relative(server.curves.get(promise.courbe, ())))
    if promise.disque_jours is not None:
        return _disk(promise, promise.disque_jours, days_until_full(server.watched))
    return _machine(promise, server.machine)


def _journeys(promise: Promise, recording: Recording, limit: float) -> Check:
    outcomes = [o for o in recording.outcomes if not o.problem.startswith((NOT_OFFERED, INTERRUPTED))]
    problems = [o.problem for o in outcomes if o.problem]
    # What never ended, and has no outcome, is not a success that was forgotten.
    told = sum(o.problem.startswith((UNFINISHED, INTERRUPTED)) for o in recording.outcomes)
    unfinished = max(recording.counts["unfinished"] - told, 0)
    failed, total = len(problems) + unfinished, len(outcomes) + unfinished
    return _share(promise, failed, total, limit, what="parcours", example=_first_problem(problems))


def _percentile(promise: Promise, recording: Recording, duration: float) -> Check:
    limit = promise.ms / 1000
    chosen = _of_group(recording.samples, promise.groupe, promise.depuis * duration)
    if not chosen:
        return Check(promise.nom, State.NOT_MEASURED, f"Non mesuré : {promise.phrase}.", None, promise.ms)
    if promise.depuis:
        ordered = sorted(sample.response for sample in chosen)
        value = ordered[max(math.ceil(len(ordered) * promise.centile / 100) - 1, 0)]
    else:
        value = recording.percentile(RESPONSE, promise.groupe, promise.centile) or 0.0
    slow = sum(sample.response > limit for sample in chosen)
    allowed = 1 - promise.centile / 100
    seen = f"{number(promise.centile, 0)}e centile : {number(value * 1000)} ms sur {len(chosen)} mesures"
    if slow / len(chosen) <= allowed:
        return Check(promise.nom, State.KEPT, f"Tenue : {promise.phrase} ({seen}).", value * 1000, promise.ms)
    if wilson(slow, len(chosen)).low <= allowed:
        # Too few measures to tell bad luck from a slow platform.
        return Check(promise.nom, State.UNSURE, f"Incertaine : {promise.phrase} ({seen}).", value * 1000, promise.ms)
    return Check(promise.nom, State.MISSED, f"Manquée : {promise.phrase} ({seen}).", value * 1000, promise.ms)


def _of_group(samples: Sequence[Sample], group: str, since: float) -> list[Sample]:
    kind, _, name = group.partition(":")
    if kind == "categorie":
        return [s for s in samples if s.category == name and s.due >= since]
    return [s for s in samples if s.status != COMPOSITE and s.due >= since]


def _share(promise: Promise, failed: int, total: int, limit: float, *, what: str, example: str) -> Check:
    if total == 0:
        return Check(promise.nom, State.NOT_MEASURED, f"Non mesuré : {promise.phrase}.", None, limit)
    seen = f"{failed} sur {total} {what}{f', par exemple : {example}' if example else ''}"
    share = failed / total
    if share <= limit:
        return Check(promise.nom, State.KEPT, f"Tenue : {promise.phrase} ({seen}).", share, limit)
    state = State.UNSURE if wilson(failed, total).low <= limit and limit > 0 else State.MISSED
    return Check(promise.nom, state, f"{state.value.capitalize()} : {promise.phrase} ({seen}).", share, limit)


def _losses(promise: Promise, losses: Losses | None) -> Check:
    if losses is None:
        return Check(promise.nom, State.NOT_MEASURED, f"Non mesuré : {promise.phrase}.", None, promise.pertes)
    limit = promise.pertes or 0
    state = State.KEPT if losses.count <= limit else State.MISSED
    late = f", {len(losses.missing_mails)} accusés pas encore partis" if losses.missing_mails else ""
    seen = f"{losses.count} perdues ou doublées sur {losses.acknowledged} acquittées{late}"
    return Check(promise.nom, state, f"{state.value.capitalize()} : {promise.phrase} ({seen}).", losses.count, limit)


INNOCENTS_NEEDED = 1000
"""Visits without a refusal before it may be said that ordinary people are not refused."""


def _told(state: State, promise: Promise, seen: str) -> str:
    return f"{state.value.capitalize()} : {promise.phrase} ({seen})."


STOP_WITHIN_SECONDS = 10.0


def _abuse(promise: Promise, seen: AbuseSeen | None) -> Check:
    limit = promise.refus or 0.0
    if seen is None or not sum(seen.statuses.values()):
        return Check(promise.nom, State.NOT_MEASURED, f"Non mesuré : {promise.phrase}.", None, limit)
    if seen.stopped_after is None:
        told = _told(State.MISSED, promise, "elle n'a jamais été arrêtée")
        return Check(promise.nom, State.MISSED, told, 0, limit)
    share = seen.refused_after_stop / max(seen.after_stop, 1)
    kept = share >= limit and seen.stopped_after <= STOP_WITHIN_SECONDS
    state = State.KEPT if kept else State.MISSED
    words = f"arrêtée au bout de {number(seen.stopped_after)} s, {number(share * 100)} % refusées ensuite"
    return Check(promise.nom, state, _told(state, promise, words), share, limit)


def _growth(promise: Promise, limit: float, name: str, grown: Interval | None) -> Check:
    """Only what is certain to grow faster is missed: a short run's slope may be chance."""
    if grown is None:
        return _not_measured(promise, limit)
    state = _within(grown, limit)
    whose = f"{name} : " if name else ""
    seen = f"{whose}{number(grown.value * 100)} % par heure"
    if state is State.UNSURE:
        seen += f", entre {number(grown.low * 100)} et {number(grown.high * 100)}"
    return Check(promise.nom, state, _told(state, promise, seen), grown.value, limit)


def _within(found: Interval, limit: float) -> State:
    if found.value <= limit:
        return State.KEPT
    return State.UNSURE if found.low <= limit else State.MISSED


def _not_measured(promise: Promise, limit: float) -> Check:
    return Check(promise.nom, State.NOT_MEASURED, f"Non mesuré : {promise.phrase}.", None, limit)


def _disk(promise: Promise, limit: float, days: float | None) -> Check:
    if days is None:
        return _not_measured(promise, limit)
    state = State.KEPT if days >= limit else State.MISSED
    if math.isinf(days):
        return Check(promise.nom, state, _told(state, promise, "il ne grossit pas"), None, limit)
    return Check(promise.nom, state, _told(state, promise, f"{number(days)} jours"), days, limit)


def _mails(promise: Promise, losses: Losses | None) -> Check:
    if losses is None or not losses.mails_seen:
        return _not_measured(promise, 0)
    late = len(losses.missing_mails)
    state = State.MISSED if late else State.KEPT
    seen = f"{late} pas partis sur {losses.acknowledged}"
    return Check(promise.nom, state, _told(state, promise, seen), late, 0)


def _polite(promise: Promise, recording: Recording) -> Check:
    limit = promise.refus_polis or 0.0
    refused, polite = refusals(recording.samples, promise.ms / 1000)
    if not refused:
        return Check(promise.nom, State.KEPT, _told(State.KEPT, promise, "personne n'a été refusé"), 1, limit)
    share = polite / refused
    kept = State.KEPT if share >= limit else State.MISSED
    state = State.UNSURE if kept is State.MISSED and wilson(polite, refused).high >= limit else kept
    seen = f"{polite} refus sur {refused} ainsi faits"
    return Check(promise.nom, state, _told(state, promise, seen), share, limit)


def _useful(promise: Promise, recording: Recording, duration: float) -> Check:
    limit = promise.debit_utile or 0.0
    served, best = useful_rate(recording.samples, promise.depuis * duration, promise.jusque * duration)
    if not best:
        return _not_measured(promise, limit)
    share = served / best
    state = State.KEPT if share >= limit else State.MISSED
    seen = f"{number(served)} pages par seconde au plus fort, {number(best)} dans les 30 meilleures secondes"
    return Check(promise.nom, state, _told(state, promise, seen), share, limit)


QUARTER_OF_AN_HOUR = 900.0


def _drift(promise: Promise, recording: Recording, duration: float) -> Check:
    limit = promise.derive or 0.0
    chosen = _of_group(recording.samples, promise.groupe, 0)
    window = min(QUARTER_OF_AN_HOUR, duration / 2)
    before, after = (0.0, window), (duration - window, duration)
    if promise.depuis:
        # What disturbs begins at `depuis`: compared with the time before, once people are at every page.
        before = (WARM_UP * duration, promise.depuis * duration)
        after = (promise.depuis * duration, promise.jusque * duration)
    found = ratio_of_spans(chosen, promise.centile, before, after)
    if found is None:
        return _not_measured(promise, limit)
    state = _within(found, limit)
    seen = f"rapport de {number(found.value, 2)}, entre {number(found.low, 2)} et {number(found.high, 2)}"
    return Check(promise.nom, state, _told(state, promise, seen), found.value, limit)


def _quantity(
    promise: Promise, recording: Recording, limit: float, unit: str, quantity: Callable[[Sample], int]
) -> Check:
    values = sorted(quantity(sample) for sample in _of_group(recording.samples, promise.groupe, 0))
    if not values:
        return _not_measured(promise, limit)
    value = values[max(math.ceil(len(values) * promise.centile / 100) - 1, 0)]
    state = State.KEPT if value <= limit else State.MISSED
    seen = f"{number(promise.centile, 0)}e centile : {number(value, 0)} {unit} sur {len(values)} mesures"
    return Check(promise.nom, state, _told(state, promise, seen), value, limit)


def _machine(promise: Promise, machine: float | None) -> Check:
    limit = promise.processeur or 1.0
    if machine is None:
        return Check(promise.nom, State.NOT_MEASURED, f"Non mesuré : {promise.phrase}.", None, limit)
    state = State.KEPT if machine <= limit else State.MISSED
    seen = f"{number(machine * 100)} %, générateur et autres travaux de la machine compris"
    return Check(promise.nom, state, f"{state.value.capitalize()} : {promise.phrase} ({seen}).", machine, limit)


def _most_common(failed: Sequence[Sample]) -> str:
    return f"{failed[0].step} : {failed[0].problem}" if failed else ""


def _first_problem(problems: Sequence[str]) -> str:
    return max(set(problems), key=problems.count) if problems else ""
