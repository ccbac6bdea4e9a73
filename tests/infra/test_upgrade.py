"""An upgrade passes function by function, and goes back by itself on what fails, resumed or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import upgrade as passing
from infra.cli import upgrade as command
from infra.cli.phases import Phases
from infra.installed_release import Installed, installed, remember
from infra.release import Version
from infra.release_trees import Tree
from infra.state import OperatorError, Stack
from infra.upgrade_checks import Way

OLD = Installed("0.9.0", "a" * 40, True, "site", "2026-11-30T10:00:00+00:00")
WAY = Way(OLD, Version(0, 10, 0), "b" * 40)
FUNCTIONS = ["database", "processing", "portal", "proxy"]


class Steps:
    """In place of the programs of releases: what they were asked, and what they fail on."""

    def __init__(self, failing: set[tuple[str, str]]) -> None:
        self.failing = failing
        self.asked: list[tuple[str, str]] = []

    def __call__(self, _stack: Stack, tree: Tree, what: str, function: str = "") -> None:
        one = (tree.folder.name, function or what)
        self.asked.append(one)
        if one in self.failing:
            raise passing.StepFailed(f"la version {tree.folder.name} n'a pas pu passer {function}")

    def of(self, release: str) -> list[str]:
        return [word for name, word in self.asked if name == release]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that runs the old release."""
    monkeypatch.setenv("GRU_STATE_DIRECTORY", str(tmp_path))
    found = Stack("essai")
    found.directory.mkdir()
    remember(found, OLD)
    inventory = {"all": {"children": {name: {"hosts": {"h": {}}} for name in FUNCTIONS}, "vars": {}}}
    monkeypatch.setattr(command, "read_inventory", lambda _: inventory)
    return found


def passed(stack: Stack, monkeypatch: pytest.MonkeyPatch, way: Way, *failing: tuple[str, str]) -> Steps:
    """Pass from one release to the other, some steps failing."""
    steps = Steps(set(failing))
    monkeypatch.setattr(passing, "step", steps)
    former, wanted = Tree("a" * 40, Path("/old")), Tree("b" * 40, Path("/new"))
    command._pass(stack, Phases(4), former, wanted, way)
    return steps


def test_functions_pass_one_after_the_other_and_the_whole_is_verified(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = passed(stack, monkeypatch, WAY)
    assert steps.asked == [*(("new", function) for function in FUNCTIONS), ("new", "verify")]


@pytest.mark.parametrize(
    ("failing", "back"), [("portal", FUNCTIONS[:3]), ("database", FUNCTIONS[:1]), ("verify", FUNCTIONS)]
)
def test_what_fails_is_gone_back_on_and_nothing_else(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, failing: str, back: list[str]
) -> None:
    steps = Steps({("new", failing)})
    monkeypatch.setattr(passing, "step", steps)
    with pytest.raises(OperatorError, match=r"a été défaite : la plateforme est à la version 0\.9\.0"):
        command._pass(stack, Phases(4), Tree("a" * 40, Path("/old")), Tree("b" * 40, Path("/new")), WAY)
    assert steps.of("old") == [*back, "verify"]
    assert installed(stack) == OLD


def test_a_way_back_that_fails_says_both_and_stays_to_be_finished(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(stack, _toward())
    with pytest.raises(OperatorError, match=r"le retour aussi .*« gru rollback » finit"):
        passed(stack, monkeypatch, WAY, ("new", "portal"), ("old", "processing"))
    left = installed(stack)
    assert left is not None
    assert left.toward == "0.10.0"


def test_an_upgrade_resumed_after_a_cut_goes_back_on_every_function(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Steps({("new", "database")})
    monkeypatch.setattr(passing, "step", steps)
    with pytest.raises(OperatorError, match="a été défaite"):
        command._pass(
            stack,
            Phases(4),
            Tree("a" * 40, Path("/old")),
            Tree("b" * 40, Path("/new")),
            Way(_toward(), WAY.wanted, WAY.commit),
        )
    assert steps.of("old") == [*FUNCTIONS, "verify"]
    assert installed(stack) == OLD


def test_the_release_gone_back_to_is_the_one_that_ran(stack: Stack) -> None:
    before = {name: getattr(OLD, name) for name in ("version", "commit", "whole", "site", "at")}
    new = Installed("0.10.0", "b" * 40, True, "site d'aujourd'hui", "2026-12-01T10:00:00+00:00", before)
    back = command._back(Way(new, OLD.number, OLD.commit), Tree(OLD.commit, Path("/old")))
    assert (back.version, back.commit, back.before, back.site) == ("0.9.0", OLD.commit, None, "site d'aujourd'hui")


def _toward() -> Installed:
    return Installed(OLD.version, OLD.commit, OLD.whole, OLD.site, OLD.at, None, "0.10.0")
