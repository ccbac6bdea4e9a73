"""Verdicts: what is kept, missed, unsure or worth nothing, and what the operator reads."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

import infra.cli
from infra.cli import load as load_cli
from infra.cli import load_run
from loadtests.observed.front import FrontCount
from loadtests.observed.usage import Snapshot, Spent, Usage, between, largest_growth
from loadtests.profile import known_profiles
from loadtests.recording import COMPOSITE, INTERRUPTED, UNFINISHED, Outcome, Recording, Sample
from loadtests.stats import wilson
from loadtests.verdict import INVALID, KEPT, MISSED, Check, Losses, ServerSide, Slo, State, Verdict, judge, load_slo

SLO = load_slo()


def recorded(
    count: int = 1000, *, slow: int = 0, failed: int = 0, lag: float = 0.001, slowness: float = 2.0
) -> Recording:
    """A run of `count` quick pages, `slow` of them at `slowness` seconds, `failed` journeys among them."""
    recording = Recording()
    for number in range(count):
        service = slowness if number < slow else 0.05
        recording.add(Sample(number * 0.6, "lire", "GET portail /", "page", lag, service, 200))
        recording.outcomes.append(Outcome(number * 0.6, "lire", service, "réponse 503" if number < failed else ""))
    recording.counts.update(generator_cpu_ms=100, generator_wall_ms=1000)
    return recording


def state(verdict: Verdict, name: str) -> State:
    return next(check.state for check in verdict.checks if check.name == name)


def test_a_quick_platform_keeps_its_promises() -> None:
    """Exit 0, and what was not measured is said, not passed over."""
    verdict = judge(recorded(), "day", SLO, duration=600, server=ServerSide(machine=0.4))
    assert verdict.exit_code == KEPT
    assert state(verdict, "pages-p95") is State.KEPT
    assert state(verdict, "liste-p95") is State.NOT_MEASURED
    assert verdict.sentence == "Toutes les promesses sont tenues."


def test_a_slow_platform_misses_them_in_words() -> None:
    """Exit 1, and the sentence holds the figure."""
    verdict = judge(recorded(slow=120), "day", SLO, duration=600)
    assert verdict.exit_code == MISSED
    assert "2" in verdict.sentence
    assert "300 ms" in verdict.sentence


def test_a_smoke_test_bears_a_busy_machine() -> None:
    """It looks for what is broken: a lag of 100 ms does not spoil it, one of 400 ms does."""
    assert judge(recorded(lag=0.1), "smoke", SLO, duration=60).exit_code == KEPT
    assert judge(recorded(lag=0.4), "smoke", SLO, duration=60).exit_code == INVALID
    assert judge(recorded(lag=0.1), "day", SLO, duration=60).exit_code == INVALID


def test_few_measures_do_not_condemn() -> None:
    """Two slow pages out of thirty may be bad luck: unsure, not missed; two hundred out of three thousand are not."""
    few = judge(recorded(30, slow=2, slowness=0.5), "day", SLO, duration=600)
    assert state(few, "pages-p95") is State.UNSURE
    assert few.exit_code == KEPT
    assert "ne peut être jugée" in few.sentence
    many = judge(recorded(3000, slow=200), "day", SLO, duration=600)
    assert state(many, "pages-p95") is State.MISSED


@pytest.mark.parametrize(
    ("count", "name"),
    [
        ({"dropped": 1}, "arrivees"),
        ({"lost_processes": 1}, "processus"),
        ({"generator_errors": 3}, "generateur"),
        ({"generator_cpu_ms": 900}, "processeur-generateur"),
    ],
)
def test_a_poor_generator_makes_the_run_invalid(count: dict[str, int], name: str) -> None:
    """Exit 2, even where every promise is missed too: figures of such a run prove nothing."""
    recording = recorded(slow=500)
    recording.counts.update(count)
    verdict = judge(recording, "day", SLO, duration=600)
    assert verdict.exit_code == INVALID
    assert state(verdict, name) is State.INVALID
    assert verdict.sentence.startswith("Essai inutilisable.")


def test_a_late_generator_makes_the_run_invalid() -> None:
    """Thirty milliseconds late at the 99th percentile are ours, not the platform's."""
    assert judge(recorded(lag=0.03), "day", SLO, duration=600).exit_code == INVALID
    assert judge(Recording(), "day", SLO, duration=600).exit_code == INVALID


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        (FrontCount(True, 1000, 50, {}, 0, 0, True), State.KEPT),
        (FrontCount(True, 1001, 50, {}, 0, 0, True), State.KEPT),
        (FrontCount(True, 1002, 0, {}, 0, 0, True), State.INVALID),
        (FrontCount(True, 990, 0, {}, 0, 0, False), State.INVALID),
        (FrontCount(True, 1000, 0, {}, 0, 1, True), State.INVALID),
        (FrontCount(False, 0, 0, {}, 0, 0, False), State.INVALID),
    ],
)
def test_the_front_s_count_is_believed(front: FrontCount, expected: State) -> None:
    """More than one request in a thousand apart, or a journal that lost lines: invalid."""
    verdict = judge(recorded(), "day", SLO, duration=600, server=ServerSide(front=front))
    assert state(verdict, "frontal") is expected


def test_failed_journeys_count_and_absent_ones_do_not() -> None:
    """Ten failures in a thousand are missed; pages that the site does not offer are not failures."""
    assert state(judge(recorded(failed=20), "day", SLO, duration=600), "parcours") is State.MISSED
    recording = recorded()
    recording.outcomes += [Outcome(1, "inscrire", 1, "pas proposé : le catalogue est vide")] * 50
    assert state(judge(recording, "day", SLO, duration=600), "parcours") is State.KEPT


def test_journeys_that_never_ended_are_failures() -> None:
    """The slowest are the ones that are not there."""
    recording = recorded()
    recording.counts["unfinished"] = 30
    assert state(judge(recording, "day", SLO, duration=600), "parcours") is State.MISSED


def test_a_person_who_was_still_reading_is_no_failure() -> None:
    """The end of the run cuts visits short: only those who waited for an answer blame the platform."""
    reading, waiting = recorded(), recorded()
    reading.outcomes += [Outcome(599, "lire", 3, f"{INTERRUPTED} : la personne lisait encore")] * 30
    waiting.outcomes += [Outcome(599, "lire", 3, UNFINISHED)] * 30
    for recording in (reading, waiting):
        recording.counts["unfinished"] = 30
    assert state(judge(reading, "day", SLO, duration=600), "parcours") is State.KEPT
    assert state(judge(waiting, "day", SLO, duration=600), "parcours") is State.MISSED


def test_composites_are_judged_and_not_counted_as_requests() -> None:
    """A whole sign-in has its promise; it is no request more."""
    recording = recorded()
    for number in range(100):
        recording.add(Sample(number, "suivre", "connexion complète", "connexion complète", 0, 1.9, COMPOSITE))
    assert recording.counts["sent"] == 1000
    assert state(judge(recording, "day", SLO, duration=600), "connexion-p95") is State.MISSED


def test_a_promise_can_look_at_the_end_only() -> None:
    """After a peak, only what came a minute later is judged."""
    recording = recorded(700)
    for number in range(100):
        recording.add(Sample(200 + number / 10, "lire", "GET portail /", "page", 0, 3.0, 200))
    assert state(judge(recording, "spike", SLO, duration=420), "retour") is State.KEPT
    for number in range(100):
        recording.add(Sample(400 + number / 10, "lire", "GET portail /", "page", 0, 3.0, 200))
    assert state(judge(recording, "spike", SLO, duration=420), "retour") is State.MISSED


def test_one_lost_request_is_one_too_many() -> None:
    """Acknowledged and not there: missed; a mail that is late is told apart."""
    lost = judge(recorded(), "chaos", SLO, duration=600, server=ServerSide(losses=Losses(40, ("2026-AAAA-BBBB",))))
    assert lost.exit_code == MISSED
    late = judge(recorded(), "chaos", SLO, duration=600, server=ServerSide(losses=Losses(40, (), ("2026-AAAA-BBBB",))))
    assert late.exit_code == KEPT
    assert "1 accusés pas encore partis" in late.checks[-1].sentence


def test_memory_that_grows_is_found() -> None:
    """The worst component decides; small ones and those that were not seen do not."""
    spent = [
        Spent("guichet-portail", "portal", 1, 210 * 2**20, 10 * 2**20),
        Spent("postgresql", "database", 1, 300 * 2**20, 0),
        Spent("nginx", "idp", 1, 9 * 2**20, 3 * 2**20),
    ]
    growth = largest_growth(spent)
    assert growth == ("guichet-portail", pytest.approx(0.05))
    assert state(judge(recorded(), "soak", SLO, duration=600, server=ServerSide(growth=growth)), "croissance") is (
        State.MISSED
    )
    steady = ServerSide(growth=("guichet-portail", 0.01))
    assert state(judge(recorded(), "soak", SLO, duration=600, server=steady), "croissance") is State.KEPT
    assert state(judge(recorded(), "soak", SLO, duration=600), "croissance") is State.NOT_MEASURED
    assert largest_growth([]) is None


def test_every_profile_has_promises() -> None:
    """A profile without a promise would always pass."""
    assert set(known_profiles()) <= SLO.promesses.keys()


def test_a_promise_about_two_things_is_refused() -> None:
    """Each line of the verdict answers one question."""
    promise = {"nom": "x", "phrase": "y", "en": "z", "erreurs": 0.1, "echecs": 0.1}
    with pytest.raises(ValueError, match="une seule chose"):
        Slo.model_validate({"validite": SLO.validite.model_dump(), "promesses": {"p": [promise]}})


def test_junit(tmp_path: Path) -> None:
    """Missed is a failure, invalid an error, unsure skipped."""
    checks = tuple(Check(state.name, state, f"phrase {state}") for state in State)
    Verdict(checks).write_junit(tmp_path / "v.xml", "charge.day")
    root = ET.parse(tmp_path / "v.xml").getroot()  # noqa: S314 - written just now
    cases = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert cases["KEPT"] == []
    assert cases["MISSED"] == ["failure"]
    assert cases["INVALID"] == ["error"]
    assert cases["UNSURE"] == cases["NOT_MEASURED"] == ["skipped"]


def test_wilson_against_known_values() -> None:
    """Textbook: 5 of 50 gives 4.3 % to 21.4 %."""
    interval = wilson(5, 50)
    assert (interval.low, interval.high) == pytest.approx((0.0435, 0.2136), abs=0.0005)
    assert wilson(0, 0).high == 1


def test_processor_time_of_components() -> None:
    """Differences; a component that restarted counts from zero, a child that ended costs nothing back."""

    def seen(*cpu: float) -> Snapshot:
        return Snapshot(tuple(Usage("h", f"c{i}", "", value, 0, 1) for i, value in enumerate(cpu)), 0, 1)

    assert {s.name: s.cpu for s in between(seen(10, 10, 10), seen(12.5, 2, 9.9))} == {"c0": 2.5, "c1": 2, "c2": 0}


@pytest.mark.parametrize("code", [KEPT, MISSED, INVALID])
def test_the_command_exits_with_the_verdict(monkeypatch: pytest.MonkeyPatch, code: int, capsys: object) -> None:
    """0, 1 and 2 reach the shell, through `gru` itself."""

    class Done:
        verdict = Verdict((Check("x", {0: State.KEPT, 1: State.MISSED, 2: State.INVALID}[code], "Une phrase."),))
        directory = Path("/nulle/part")

    monkeypatch.setattr(load_run, "run_profile", lambda *_, **__: Done())
    monkeypatch.setattr("loadtests.report.write_report", lambda run: run)
    monkeypatch.setattr("sys.argv", ["gru", "load", "run", "smoke", "--out", "/nulle/part"])
    with pytest.raises(SystemExit) as stop:
        infra.cli.main()
    assert stop.value.code == code


def test_unknown_profile_is_said_in_french() -> None:
    """With the list of those that exist."""
    done = CliRunner().invoke(load_cli.load, ["run", "matin"])
    assert "smoke" in str(done.exception)
