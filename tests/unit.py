"""Which options each folder of tests runs with, and some of them alone.

    make unit TESTS=tests/guichet/demandes OPTIONS='-k accuse -x'
    make unit TESTS=tests/consultation/ecoute/test_panels.py BASE=postgresql

`OPTIONS` go to pytest. `BASE=postgresql` runs the application of the consultation on the database of a platform instead
of SQLite.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.steps import ROOT, Action, tool

PYTEST = ("pytest", "-q", "--durations=5")
WITHOUT_DJANGO = ("-p", "no:django")
# Two processes, each with its own database: half of the time is the database's.
TWO_PROCESSES = ("-n", "2", "--dist", "load")
ON_POSTGRESQL = {"ECOUTE_TEST_BASE": "postgresql"}


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that run together. `folder` may also be a pattern of files, from the root."""

    folder: str
    options: tuple[str, ...] = ()
    parallel: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    brief: tuple[str, ...] = ()
    """What `make test` runs of it, where the whole is too long: `make campaign` runs the whole."""
    alone: tuple[str, ...] = ()
    """Files that judge by the clock: `make test` runs them with nothing beside."""

    def paths(self) -> list[str]:
        """The folder, or the files of the pattern."""
        return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(self.folder))


SUITES = {
    "tests": Suite("tests/test_*.py", WITHOUT_DJANGO),
    "tests/infra": Suite("tests/infra", WITHOUT_DJANGO),
    "tests/roles": Suite("tests/roles", WITHOUT_DJANGO),
    "tests/openstack": Suite(
        "tests/openstack",
        WITHOUT_DJANGO,
        brief=tuple(f"tests/openstack/test_{name}.py" for name in ("plugin", "one_server", "firewall")),
    ),
    "tests/certificates": Suite("tests/certificates", WITHOUT_DJANGO),
    "tests/loadtests": Suite(
        "tests/loadtests",
        WITHOUT_DJANGO,
        alone=tuple(f"tests/loadtests/test_{name}.py" for name in ("honesty", "runner", "several_machines")),
    ),
    "tests/socle": Suite("tests/socle"),
    "tests/consultation": Suite("tests/consultation", parallel=True),
    "tests/guichet": Suite("tests/guichet", parallel=True),
}
"""By folder. What is not here needs a running platform (`tests/stack`, `tests/browser`) or measures."""


class NotUnitTests(Exception):
    """The path names no test that runs without a platform. The message is French and says what does."""


def suite_of(path: str) -> Suite:
    """The suite that holds `path` (a folder, a file, or `file.py::test`), as the operator typed it.

    Raises:
        NotUnitTests: nothing is there, or it needs a platform.
    """
    place = (Path.cwd() / path.partition("::")[0]).resolve()
    known = f"Dossiers possibles : {', '.join(SUITES)}."
    if not place.exists():
        raise NotUnitTests(f"« {path} » n'existe pas. {known}")
    for suite in SUITES.values():
        if any(place.is_relative_to(found) for found in ROOT.glob(suite.folder)):
            return suite
    raise NotUnitTests(f"« {path} » n'est pas un test qui se lance seul, sans plateforme. {known}")


def command_of(paths: list[str], options: list[str], base: str = "") -> tuple[tuple[str, ...], dict[str, str]]:
    """What to give pytest for `paths`, and its environment.

    Raises:
        NotUnitTests: a path holds no unit test, paths of two suites are mixed, or the base is not known.
    """
    suites = {(one := suite_of(path)).folder: one for path in paths}
    if len(suites) != 1:
        raise NotUnitTests(f"Il faut des tests d'un seul dossier à la fois, parmi : {', '.join(SUITES)}.")
    (suite,) = suites.values()
    if base not in ("", "sqlite", "postgresql"):
        raise NotUnitTests(f"BASE={base} : il faut sqlite ou postgresql.")
    if base and suite.folder != "tests/consultation":
        raise NotUnitTests(f"BASE ne change que tests/consultation ; {suite.folder} n'a qu'une base.")
    # Another process costs more than it gains for a file.
    parallel = TWO_PROCESSES if suite.parallel and all((ROOT / path).is_dir() for path in paths) else ()
    environment = suite.environment | (ON_POSTGRESQL if base == "postgresql" else {})
    return (*PYTEST, *parallel, *suite.options, *paths, *options), environment


def suite_command(suite: Suite) -> Action:
    """Return an action that runs what `make test` does of a suite, but for what is judged by the clock."""
    parallel = TWO_PROCESSES if suite.parallel else ()
    without = [f"--ignore={file}" for file in suite.alone]
    return tool(*PYTEST, *parallel, *suite.options, *without, *(suite.brief or suite.paths()), env=suite.environment)


def main(arguments: list[str]) -> int:
    """Run the tests that `arguments` name: paths first, then pytest's own options."""
    first_option = next((i for i, one in enumerate(arguments) if one.startswith("-")), len(arguments))
    paths, options = arguments[:first_option], arguments[first_option:]
    try:
        words, environment = command_of(paths, options, os.environ.get("BASE", ""))
    except NotUnitTests as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 2
    return 0 if tool(*words, env=environment)(None) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
