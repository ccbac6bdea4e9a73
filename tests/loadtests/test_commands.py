"""Commands that run many runs: what they ask for, in which order, and what they conclude."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infra.state import OperatorError
from loadtests import campaign
from loadtests.commands import load
from loadtests.finished import Finished
from loadtests.observed.usage import Spent
from loadtests.plan import Plan
from loadtests.profile import Profile, load_profile
from loadtests.recording import Outcome, Recording, Sample
from loadtests.report.words import prose
from loadtests.targets import Target
from loadtests.verdict import Verdict
from loadtests.verdict_line import Check, State


def finished(directory: Path, *, state: State = State.KEPT, cpu: float = 1.0) -> Finished:
    """A run that used `cpu` seconds for a hundred journeys."""
    directory.mkdir(parents=True, exist_ok=True)
    recording = Recording()
    for number in range(100):
        recording.add(Sample(number, "lire", "GET portail /", "page", 0, 0.1, 200))
        recording.outcomes.append(Outcome(number, "lire", 1))
    plan = Plan("step", "Paliers", Target("local", "local", {}), 1, 60, "")
    verdict = Verdict((Check("pages-p95", state, "Une phrase."),))
    return Finished(directory, plan, recording, 0, verdict, None, [Spent("guichet-portail", "portal", cpu, 0)], 0.95)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every run that was asked for; a platform that holds 4 arrivals a second, and a « nouvelle » 30 % dearer."""
    runs: list[dict[str, Any]] = []

    def run(profile: Profile, stack: str, directory: Path, **options: Any) -> Finished:
        runs.append({"profile": profile.nom, "stack": stack, **options})
        state = State.MISSED if options.get("scale", 1) > 4 else State.KEPT
        return finished(directory, state=state, cpu=1.3 if stack == "nouvelle" else 1.0 + len(runs) / 1000)

    monkeypatch.setattr(campaign, "play_profile", run)
    monkeypatch.setattr("loadtests.commands.run.write_report", lambda run: run)
    return runs


def test_step_searches_and_names_what_limits(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    """Bisection around four arrivals a second; the capacity and the limit are kept in a file."""
    done = CliRunner().invoke(load, ["run", "step", "--out", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["kept"] <= 4 < told["missed"]
    assert (told["missed"] - told["kept"]) / told["missed"] <= 0.1
    assert "guichet-portail" in told["limiting"]
    assert json.loads((tmp_path / "capacite.json").read_text(encoding="utf-8")) == told
    assert [run["scale"] for run in asked[:2]] == [0.5, 12]
    page = (tmp_path / "rapport.html").read_text(encoding="utf-8")
    assert prose(told["sentence"]) in page
    assert "Capacity: " in page
    assert 'href="palier-12.00/rapport.html"' in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert (tmp_path / "capacite.png").stat().st_size > 1000


def test_a_search_that_is_not_whole_is_told(tmp_path: Path) -> None:
    """`gru load report` on a search that was cut: in words, and no page."""
    (tmp_path / "capacite.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OperatorError, match="ne contient pas une recherche de capacité complète"):
        CliRunner().invoke(load, ["report", str(tmp_path)], catch_exceptions=False)
    assert not (tmp_path / "rapport.html").exists()


def test_compare_interleaves_and_finds_the_dearer_one(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    """Three runs a pair, both stacks with the pair's seed; 30 % more processor is a regression, exit 1."""
    arguments = ["compare", "--stack", "reference", "--candidate", "nouvelle", "--out", str(tmp_path), "--json"]
    done = CliRunner().invoke(load, arguments)
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    assert told["conclusion"] == "régression"
    assert [run["stack"] for run in asked[:6]] == [
        *("reference", "reference", "nouvelle"),
        *("reference", "nouvelle", "reference"),
    ]
    assert [run["seed"] for run in asked] == [n for n in range(1, 6) for _ in range(3)]


def test_compare_a_platform_with_itself(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    """The same stack twice measures the noise: no regression, in words."""
    done = CliRunner().invoke(load, ["compare", "--candidate", "local", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "processeur par parcours : pas de régression" in done.stdout
    assert len(asked) == 15


def test_compare_with_a_kept_baseline(
    asked: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept before an upgrade in place, compared after it: same seeds, same profile, a dearer release found."""
    monkeypatch.setattr("loadtests.baseline.machine_speed", lambda: 0.02)
    kept, after = tmp_path / "avant", tmp_path / "apres"
    CliRunner().invoke(load, ["compare", "--candidate", "local", "--duration", "20", "--out", str(kept)])
    del asked[:]
    compared = ["compare", "--baseline", str(kept), "--out", str(after), "--json"]
    same = CliRunner().invoke(load, compared)
    assert (same.exit_code, json.loads(same.stdout)["conclusion"]) == (0, "pas de régression"), same.output
    assert [(run["seed"], run["duration"]) for run in asked] == [(n, 20) for n in range(1, 6) for _ in "ab"]
    dearer = CliRunner().invoke(load, [*compared, "--stack", "nouvelle"])
    assert (dearer.exit_code, json.loads(dearer.stdout)["conclusion"]) == (1, "régression"), dearer.output
    # Another machine, or the same one slower today: nothing is concluded.
    monkeypatch.setattr("loadtests.baseline.machine_speed", lambda: 0.03)
    slower = CliRunner().invoke(load, [*compared, "--stack", "nouvelle"])
    assert (slower.exit_code, json.loads(slower.stdout)["conclusion"]) == (2, "incertain")


def test_compare_says_what_it_lacks(tmp_path: Path) -> None:
    """Nothing to compare with, or a folder without a baseline: told in words."""
    nothing = CliRunner().invoke(load, ["compare"])
    assert "Dites à quoi comparer" in str(nothing.exception)
    empty = CliRunner().invoke(load, ["compare", "--baseline", str(tmp_path)])
    assert "ne contient pas de référence" in str(empty.exception)


def test_fit_reads_points_and_draws(tmp_path: Path) -> None:
    """Points measured before are enough; too few are refused in words."""
    rows = [
        f"{n},{12 * n / (1 + 0.05 * (n - 1) + 0.002 * n * (n - 1)):.3f}" for n in (1, 2, 4, 8, 16, 32) for _ in "ab"
    ]
    points = tmp_path / "points.csv"
    points.write_text("\n".join(["personnes,pages", *rows]), encoding="utf-8")
    done = CliRunner().invoke(load, ["fit", "--points", str(points), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "personnes à la fois" in done.stdout
    assert (tmp_path / "echelle.svg").exists()
    points.write_text("\n".join(["personnes,pages", *rows[:4]]), encoding="utf-8")
    refused = CliRunner().invoke(load, ["fit", "--points", str(points), "--out", str(tmp_path)])
    assert "Pas d'ajustement possible" in str(refused.exception)


def test_profiles_that_act_on_hosts_are_not_squeezed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage at its second and a run of another length do not go together; nor do hosts one cannot reach."""
    target = Target("local", "local", {})
    with pytest.raises(OperatorError, match="--duration"):
        campaign.disturbances(load_profile("chaos"), {"all": {"children": {}}}, target, 60, [])
    with pytest.raises(OperatorError, match="une pile de ce dépôt"):
        campaign.disturbances(load_profile("chaos"), None, target, 840, [])
    assert campaign.disturbances(load_profile("day"), None, target, 600, []) == []
