"""How tests are run: some of them alone, two steps at once, times told, and the same rules before each commit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from tests import campaign, run, steps, unit

ROOT = Path(__file__).resolve().parent.parent
NEED_A_PLATFORM = {"stack", "browser", "existing", "drill"}
MEASURE = {"benchmarks"}
Way = Callable[[Sequence[steps.Chain]], Iterator[steps.Result]]


def test_every_folder_of_tests_is_run() -> None:
    """A folder of tests that no suite names would be forgotten."""
    folders = {path.parent.relative_to(ROOT / "tests").parts[:1] for path in (ROOT / "tests").rglob("test_*.py")}
    names = {parts[0] for parts in folders if parts} - NEED_A_PLATFORM - MEASURE
    assert {f"tests/{name}" for name in names} | {"tests"} == set(unit.SUITES)


def test_what_is_run_of_a_suite_that_is_too_long_is_there() -> None:
    """A file that moved would leave `make test` green without it; the whole is a campaign."""
    said = {" ".join(stage.command) for one in campaign.campaigns().values() for stage in one.stages}
    for name, suite in unit.SUITES.items():
        for path in suite.brief:
            assert (ROOT / path).is_file()
            assert unit.suite_of(str(ROOT / path)) is suite
        assert not suite.brief or any(command.endswith(f"tests.unit {name}") for command in said)


def test_what_a_slow_machine_leaves_is_told_and_is_a_campaign(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a failure nor a silence; in time, it is run."""
    plan: run.Plan = [
        (run.Phase.LONGEST, [steps.Step(name, lambda _output: True) for name in ("avant", "tests/existing")]),
        (run.Phase.ALONE, [steps.Step("autre", lambda _output: True)]),
    ]
    assert [one.name for one in run.run_plan(plan, latest=0)] == ["autre"]
    told = capsys.readouterr().out
    assert "faute de temps" in told
    assert "tests/existing" in told
    for name in re.findall(r"CAMPAIGN=([\w-]+)", told):
        assert name in campaign.campaigns()
    assert [one.name for one in run.run_plan(plan)] == ["autre", "avant", "tests/existing"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/guichet/demandes", ["-n", "2", "--dist", "load", "tests/guichet/demandes"]),
        ("tests/guichet/demandes/test_delais.py", ["tests/guichet/demandes/test_delais.py"]),
        ("tests/infra/test_plan.py::test_x", ["-p", "no:django", "tests/infra/test_plan.py::test_x"]),
        ("tests/test_running.py", ["-p", "no:django", "tests/test_running.py"]),
    ],
)
def test_some_tests_alone_get_the_options_of_their_folder(
    path: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes for a folder, none for a file; Django's plugin where Django is."""
    monkeypatch.chdir(ROOT)
    words, _ = unit.command_of([path], ["-k", "accuse", "-x"])
    assert list(words) == [*unit.PYTEST, *expected, "-k", "accuse", "-x"]


def test_the_consultation_runs_on_either_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite by default, the database of a platform when asked."""
    monkeypatch.chdir(ROOT)
    assert unit.command_of(["tests/consultation/ecoute"], [])[1] == {}
    assert unit.command_of(["tests/consultation/ecoute"], [], "postgresql")[1] == {"ECOUTE_TEST_BASE": "postgresql"}


@pytest.mark.parametrize(
    ("arguments", "base", "words"),
    [
        (["tests/guichet/demande"], "", "n'existe pas"),
        (["guichet/demandes"], "", "n'est pas un test"),
        (["tests/browser"], "", "n'est pas un test"),
        (["tests/guichet", "tests/infra"], "", "un seul dossier"),
        (["-x"], "", "un seul dossier"),
        (["tests/guichet"], "postgresql", "ne change que tests/consultation"),
        (["tests/consultation"], "oracle", "sqlite ou postgresql"),
    ],
)
def test_a_wrong_path_is_refused_in_words(
    arguments: list[str],
    base: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is run, the message says what is possible, the exit code is not 0."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("BASE", base)
    assert unit.main(arguments) == 2
    assert words in capsys.readouterr().err


def test_what_side_by_side_steps_say_is_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two that wait for each other at each line run at once, and each is shown whole; a failure is one."""
    python = str(steps.BIN / "python")
    meet = (
        "import pathlib, sys, time\n"
        "mine, other = map(pathlib.Path, sys.argv[1:])\n"
        "for i in range(3):\n"
        "    print(mine.name, i, flush=True)\n"
        "    mine.write_text(str(i))\n"
        "    while not other.exists() or int(other.read_text() or -1) < i:\n"
        "        time.sleep(0.01)\n"
    )
    places = [str(tmp_path / name) for name in ("un", "deux")]
    lane = [
        steps.Step("un", steps.command(python, "-c", meet, *places)),
        steps.Step("deux", steps.command(python, "-c", meet, *reversed(places))),
        steps.Step("raté", steps.command(python, "-c", "raise SystemExit('non')")),
    ]
    results = {one.name: one.passed for one in steps.side_by_side([[one] for one in lane])}
    assert results == {"un": True, "deux": True, "raté": False}
    told = [line for line in capsys.readouterr().out.splitlines() if re.match("(un|deux) |non", line)]
    assert sorted(told[told.index("un 0") :][:3]) == ["un 0", "un 1", "un 2"]
    assert sorted(told[told.index("deux 0") :][:3]) == ["deux 0", "deux 1", "deux 2"]
    assert "non" in told


@pytest.mark.parametrize("way", [steps.one_by_one, steps.side_by_side])
def test_a_chain_stops_at_its_first_failure(way: Way, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands on a step that failed is not run, is told, and does not pass; other chains go on."""
    fails, passes = (lambda _output: False), (lambda _output: True)
    chains = [[steps.Step("un", passes), steps.Step("deux", fails), steps.Step("trois", passes)]]
    chains.append([steps.Step("autre", passes)])
    results = {one.name: one.passed for one in way(chains)}
    assert results == {"un": True, "deux": False, "trois": False, "autre": True}
    assert "non lancé" in capsys.readouterr().out


def test_nothing_disturbs_what_runs_beside_it() -> None:
    """All suites are run; no network is made beside a browser; where times are judged, nothing runs beside."""
    plan = [(phase, step.name) for group in run.GROUPS.values() for phase, chain in group() for step in chain]
    phases = {name: phase for phase, name in plan}
    assert len(phases) == len(plan), "a step is run twice"
    assert set(unit.SUITES) <= set(phases)
    browsers = {"tests/browser", "tests/guichet", "tests/consultation"}
    assert {name for name, phase in phases.items() if phase is run.Phase.BROWSERS} == browsers
    hosts = {"gru up", "tests/infra", "make role ROLE=mail", "tests/certificates"}
    assert hosts <= {name for name, phase in phases.items() if phase is run.Phase.HOSTS}
    assert {phase for name, phase in phases.items() if name.startswith("gru load")} == {run.Phase.ALONE}
    assert max(run.Phase) is run.Phase.LONGEST, "what may be left comes last"


def test_nothing_is_tried_on_a_platform_that_did_not_come_up() -> None:
    """One cause is told once; what needs no platform is run all the same."""
    fails, passes = (lambda _output: False), (lambda _output: True)
    plan: run.Plan = [
        (run.Phase.HOSTS, [steps.Step("gru up", fails)]),
        (run.Phase.BROWSERS, [steps.Step("tests/browser", passes)]),
        (run.Phase.BROWSERS, [steps.Step("tests/guichet", passes)]),
        (run.Phase.ALONE, [steps.Step("gru load check", passes)]),
    ]
    assert [(one.name, one.passed) for one in run.run_plan(plan)] == [("gru up", False), ("tests/guichet", True)]


def test_the_summary_tells_the_total_and_the_limit() -> None:
    """A total over the limit is told and fails nothing; the last line stays alone for machines."""
    results = [steps.Result("mypy", True, 16.4), steps.Result("tests/infra", False, 65)]
    within = run.summary(results, 81.4, whole=True).splitlines()
    assert "  ✓ mypy                                 16 s" in within
    assert f"  Total : 1 min 21 s (limite : {run.LIMIT_MINUTES} min)" in within
    assert not any("ATTENTION" in line for line in within)
    assert within[-1] == "1 passed, 1 failed"
    over = run.summary(results, run.LIMIT_MINUTES * 60 + 61, whole=True).splitlines()
    assert any("dépassée de 1 min 01 s" in line for line in over)
    assert over[-1] == "1 passed, 1 failed"
    part = run.summary(results, 99 * 60, whole=False)
    assert "limite" not in part


def test_an_unknown_group_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt group is told, not taken for nothing to do."""
    assert run.main(["chek"]) == 2
    assert "chek" in capsys.readouterr().err


def test_what_is_checked_before_a_commit_is_make_check() -> None:
    """One list of rules: the hook and `make check` run the same command, and no hook comes from elsewhere."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [one["repo"] for one in config["repos"]] == ["local"]
    (hook,) = config["repos"][0]["hooks"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\ncheck:")[2].partition("\n\n")[0]
    assert f"@{hook['entry']}\n" in recipe.replace("$(PYTHON)", ".venv/bin/python") + "\n"
    assert hook["always_run"]
    assert not hook["pass_filenames"]
