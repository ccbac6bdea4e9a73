"""Verdicts: what is kept, missed, unsure or worth nothing, and what the operator reads."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import infra.cli
from loadtests import campaign
from loadtests.commands import load
from loadtests.observed.front import FrontCount
from loadtests.observed.losses import Losses
from loadtests.observed.server_side import ServerSide
from loadtests.observed.usage import Snapshot, Usage, between
from loadtests.profile import known_profiles
from loadtests.recording import COME_BACK, COMPOSITE, INTERRUPTED, UNFINISHED, Outcome, Recording, Sample
from loadtests.shapes import Watched
from loadtests.slo import Slo, load_slo
from loadtests.stats import wilson
from loadtests.verdict import INVALID, KEPT, MISSED, Verdict, judge
from loadtests.verdict_line import Check, State

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
    assert verdict.sentence == "Toutes les promesses mesurées sont tenues ; 4 n'ont pas été mesurées."


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
        (FrontCount(True, 960, 0, {}, 0, 0, True, unwritten=40), State.KEPT),
        (FrontCount(True, 960, 0, {}, 0, 0, True, unwritten=30), State.INVALID),
        (FrontCount(True, 1002, 0, {}, 0, 0, True, unwritten=40), State.INVALID),
    ],
)
def test_the_front_s_count_is_believed(front: FrontCount, expected: State) -> None:
    """More than one request in a thousand apart, or a journal that lost lines: invalid. A line the front could not
    write explains a request that is missing, never one too many.
    """
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
    assert state(late, "demandes") is State.KEPT
    assert state(late, "accuses") is State.MISSED
    unseen = ServerSide(losses=Losses(40, mails_seen=False))
    assert state(judge(recorded(), "chaos", SLO, duration=600, server=unseen), "accuses") is State.NOT_MEASURED


def watched(growth: float, hours: float = 2, disk: float = 0) -> tuple[Watched, ...]:
    """Looks at a component that gains `growth` of its memory an hour, beside a steady one and a small one."""
    looks = []
    for number in range(60):
        at = number / 60 * hours
        jitter = 1 + 0.002 * (-1) ** number
        memory = {"guichet-portail": int(2e8 * (1 + growth * at) * jitter), "postgresql": 3 * 10**8, "nginx": 10**7}
        memory["nginx"] += number * 10**5
        looks.append(Watched(at * 3600, memory, int(1e10 + disk * at), 10**11))
    return tuple(looks)


@pytest.mark.parametrize(("growth", "expected"), [(0.03, State.MISSED), (0.005, State.KEPT), (-0.02, State.KEPT)])
def test_memory_that_grows_is_found(growth: float, expected: State) -> None:
    """One per cent an hour; the worst component decides, small ones do not count."""
    verdict = judge(recorded(), "soak", SLO, duration=7200, server=ServerSide(watched=watched(growth)))
    assert state(verdict, "croissance") is expected
    assert "nginx" not in next(check.sentence for check in verdict.checks if check.name == "croissance")
    assert state(judge(recorded(), "soak", SLO, duration=7200), "croissance") is State.NOT_MEASURED


def wandering(growth: float, seed: int) -> tuple[Watched, ...]:
    """Looks of an hour at a memory that wanders, each look like the one before (0.8), as connections are renewed."""
    steps = np.random.default_rng(seed).normal(0, 0.03, 100)
    waves = [0.0]
    for step in steps[1:]:
        waves.append(0.8 * waves[-1] + float(step))
    return tuple(
        Watched(at, {"postgresql": int(2e8 * (1 + growth * at / 3600 + wave))}, 10**10, 10**11)
        for at, wave in zip(np.linspace(0, 3600, 100), waves, strict=True)
    )


def growth_of(looks: tuple[Watched, ...]) -> Check:
    verdict = judge(recorded(), "soak", SLO, duration=3600, server=ServerSide(watched=looks))
    return next(check for check in verdict.checks if check.name == "croissance")


def test_memory_that_goes_up_and_down_is_not_said_to_grow() -> None:
    """In forty hours without a leak, at most two false alarms (5 %); a leak is found under the same waves."""
    assert sum(growth_of(wandering(0.0, seed)).state is State.MISSED for seed in range(40)) <= 2
    assert all(growth_of(wandering(0.5, seed)).state is State.MISSED for seed in range(40))


def test_a_leak_is_not_hidden_by_waves() -> None:
    """A component that surely grows by 3 % an hour, beside one that may grow by more."""
    unsure = [looks for looks in (wandering(0.0, seed) for seed in range(40)) if growth_of(looks).state is State.UNSURE]
    waves = max(unsure, key=lambda looks: growth_of(looks).value or 0)
    assert (growth_of(waves).value or 0) > 0.03
    assert ", entre -" in growth_of(waves).sentence
    looks = tuple(
        replace(look, memory={**look.memory, "slapd": int(1e8 * (1 + 0.03 * look.at / 3600))}) for look in waves
    )
    assert "slapd" in growth_of(looks).sentence
    assert growth_of(looks).state is State.MISSED


def test_a_disk_that_fills_is_found() -> None:
    """A hundred gigabytes left: one gigabyte an hour fills them in four days, a tenth of that in forty."""
    for an_hour, expected in ((1e9, State.MISSED), (1e8, State.KEPT), (0, State.KEPT)):
        server = ServerSide(watched=watched(0, disk=an_hour))
        assert state(judge(recorded(), "soak", SLO, duration=7200, server=server), "disque") is expected


def test_connections_that_pile_up_are_found() -> None:
    """A curve of the platform, judged by its slope once warm."""
    for an_hour, expected in ((4.0, State.MISSED), (0.1, State.KEPT)):
        points = [(number * 60.0, 20 + an_hour * number / 60 + (number % 2) * 0.1) for number in range(120)]
        server = ServerSide(curves={"connexions_base": points})
        assert state(judge(recorded(), "soak", SLO, duration=7200, server=server), "connexions") is expected


def test_a_site_that_slows_down_over_the_hours_is_found() -> None:
    """The last quarter of an hour against the first."""
    for slower, expected in ((1.3, State.MISSED), (1.0, State.KEPT)):
        recording = Recording()
        for number in range(7200):
            service = (0.05 + number % 7 / 100) * (slower if number > 3600 else 1)
            recording.add(Sample(float(number), "lire", "GET portail /", "page", 0.001, service, 200))
        assert state(judge(recording, "soak", SLO, duration=7200), "derive") is expected


def test_a_collapse_is_told_from_a_refusal() -> None:
    """Three times too many people: refusing two thirds keeps the promise, serving fewer than before does not."""

    def peak(served: int, problem: str) -> Recording:
        recording = Recording()
        for second in range(420):
            busy = 120 <= second < 240
            for number in range(30 if busy else 10):
                good = number < (served if busy else 10)
                sample = Sample(
                    second + number / 30, "lire", "GET portail /", "page", 0, 0.1, 200 if good else 503, 0, ""
                )
                recording.add(sample if good else replace(sample, problem=problem))
        return recording

    polite = judge(peak(10, COME_BACK), "spike", SLO, duration=420)
    assert state(polite, "debit-utile") is State.KEPT
    assert state(polite, "refus-polis") is State.KEPT
    collapsed = judge(peak(5, "réponse 503"), "spike", SLO, duration=420)
    assert state(collapsed, "debit-utile") is State.MISSED
    assert state(collapsed, "refus-polis") is State.MISSED
    assert state(judge(recorded(), "spike", SLO, duration=420), "refus-polis") is State.KEPT


def test_redirections_and_weight_are_judged() -> None:
    """What a telephone pays for: each redirection is a round trip, each byte takes its time."""
    for hops, size, expected in ((6, 150_000, State.KEPT), (7, 250_000, State.MISSED)):
        recording = recorded()
        for number in range(20):
            whole = Sample(number, "suivre", "connexion complète", "connexion complète", 0, 1, COMPOSITE, 0, "", hops)
            recording.add(whole)
            recording.add(Sample(number, "lire", "première visite", "première visite", 0, 1, COMPOSITE, size))
        verdict = judge(recording, "mobile", SLO, duration=300)
        assert state(verdict, "redirections") is expected
        assert state(verdict, "poids") is expected


def test_every_profile_has_promises() -> None:
    """A profile without a promise would always pass."""
    assert set(known_profiles()) <= SLO.promesses.keys()


def test_a_promise_about_two_things_is_refused() -> None:
    """Each line of the verdict answers one question."""
    promise = {"nom": "x", "type": "erreurs", "phrase": "y", "en": "z", "part": 0.1, "au_plus": 0.1}
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

    monkeypatch.setattr(campaign, "play_profile", lambda *_, **__: Done())
    monkeypatch.setattr("loadtests.commands.run.write_report", lambda run: run)
    monkeypatch.setattr("sys.argv", ["gru", "load", "run", "smoke", "--out", "/nulle/part"])
    with pytest.raises(SystemExit) as stop:
        infra.cli.main()
    assert stop.value.code == code


def test_unknown_profile_is_said_in_french() -> None:
    """With the list of those that exist."""
    done = CliRunner().invoke(load, ["run", "matin"])
    assert "smoke" in str(done.exception)


def test_memory_is_looked_at_host_by_host() -> None:
    """A small exporter on every host is not one large component that grows."""
    everywhere = [Usage(host, "node-exporter", "base", 0, size, 1) for host, size in (("db", 8), ("web", 9))]
    seen = Snapshot((Usage("db", "postgresql", "database", 0, 170, 12), *everywhere), 0, 1)
    assert seen.memory() == {"postgresql": 170, "node-exporter (db)": 8, "node-exporter (web)": 9}
