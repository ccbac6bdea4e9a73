"""Profiles are data: each one can be read, drawn and bounded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from infra.state import OperatorError
from loadtests.journeys import RESIDENTS
from loadtests.plan import Plan
from loadtests.planning import draw_plan
from loadtests.profile import known_profiles, load_profile
from loadtests.targets import Target, check_allowed, check_still_itself, find_target, listed_target
from loadtests.workload import compute, load_model

LOCAL = Target("local", "local", {"portal": "https://portail.gru.test"}, addresses={"portail.gru.test": "127.0.10.1"})
ELSEWHERE = Target("ville", "stack", {"portal": "https://portail.ville.example"})


@pytest.mark.parametrize("name", known_profiles())
def test_every_profile_can_be_drawn(name: str) -> None:
    """Its journeys exist, its rate is what the model says, and ten per cent of it fits in ten seconds."""
    profile, model = load_profile(name), load_model()
    assert set(profile.weights(model)) <= RESIDENTS.keys()
    plan, schedule = draw_plan(profile, LOCAL, None, scale=0.1, duration=10)
    assert plan.duration == pytest.approx(10)
    assert all(0 <= arrival.at <= 10 for arrival in schedule.arrivals)


def test_the_nine_profiles_are_there() -> None:
    """Those that issue and promises name."""
    expected = {"smoke", "day", "opening", "step", "spike", "soak", "abuse", "chaos", "mobile"}
    assert set(known_profiles()) == expected


def test_opening_follows_the_model() -> None:
    """The first minute sends what the arithmetic says, reloads besides."""
    model = load_model()
    opening = compute(model, 60_000).opening
    numbers = []
    for seed in range(20):
        _, schedule = draw_plan(load_profile("opening"), LOCAL, None, seed=seed)
        numbers.append(sum(a.at < 60 and a.journey != "lire" for a in schedule.arrivals))
    assert sum(numbers) / 20 == pytest.approx(opening.first_minute * 60, rel=0.05)


def test_ordinary_mix_is_the_model_s() -> None:
    """One submission in fifteen visits, six out of ten of them without account."""
    weights = load_profile("day").weights(load_model())
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["signaler"] + weights["inscrire"] == pytest.approx(1 / 15)
    assert weights["signaler"] / (weights["signaler"] + weights["inscrire"]) == pytest.approx(0.6)


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    """Every process reads the same plan, and the announced schedule only."""
    plan, schedule = draw_plan(load_profile("smoke"), LOCAL, None)
    plan.write(tmp_path, schedule)
    assert Plan.read(tmp_path) == plan
    assert plan.schedule(tmp_path) == schedule


def test_unknown_profile_is_told_with_the_known_ones() -> None:
    """A slip is answered with the list."""
    with pytest.raises(OperatorError, match="smoke"):
        load_profile("matin")


def test_beyond_this_machine_consent_is_asked() -> None:
    """Another platform needs the operator's word; too much or too long is refused to everybody."""
    with pytest.raises(OperatorError, match="--i-am-allowed"):
        check_allowed(ELSEWHERE, allowed=False, highest_rate=1, seconds=60)
    check_allowed(ELSEWHERE, allowed=True, highest_rate=1, seconds=60)
    check_allowed(LOCAL, allowed=False, highest_rate=1, seconds=60)
    with pytest.raises(OperatorError, match="arrivées par seconde"):
        check_allowed(LOCAL, allowed=True, highest_rate=1000, seconds=60)
    with pytest.raises(OperatorError, match="heures"):
        check_allowed(LOCAL, allowed=True, highest_rate=1, seconds=10**6)
    with pytest.raises(OperatorError, match="arrivées par seconde"):
        draw_plan(load_profile("opening"), LOCAL, None, scale=20)


def test_what_is_not_listed_is_not_loaded(tmp_path: Path) -> None:
    """Neither a stack of the repository nor written down: refused, whatever the flags."""
    with pytest.raises(OperatorError, match="ni une pile de ce dépôt"):
        find_target("banque")
    path = tmp_path / "targets.yaml"
    path.write_text("recette: {urls: {portal: 'https://p.example', idp: 'http://c.example'}}\n", encoding="utf-8")
    with pytest.raises(OperatorError, match="idp, processing"):
        listed_target("recette", path)


def test_an_edited_plan_does_not_reach_further() -> None:
    """A plan that calls itself local and leads elsewhere is refused by every process."""
    away = Target("local", "local", {"portal": "https://x.gru.test"}, addresses={"x.gru.test": "192.0.2.7"})
    with pytest.raises(OperatorError, match="pas cette machine"):
        check_still_itself(away)
    check_still_itself(LOCAL)


def test_modules_that_need_no_engine_do_not_load_it() -> None:
    """`gru load model` neither waits for gevent nor for Locust."""
    code = (
        "import sys, infra.cli; infra.cli.cli.get_command(None, 'load').get_command(None, 'model');"
        "print(*[m for m in ('gevent', 'locust', 'matplotlib', 'pulumi') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
