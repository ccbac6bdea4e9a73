"""Run the project's checks, each with its time; the last line counts what passed and failed.

`python -m tests.run` runs everything; `check`, `unit`, `stack` choose. Steps that need one processor run two at a time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.copied_site import WORK, CopiedSite
from tests.steps import BIN, ROOT, Action, Result, Step, command, function, one_by_one, side_by_side, tool
from tests.unit import ON_POSTGRESQL, PYTEST, SUITES, TWO_PROCESSES, WITHOUT_DJANGO, Suite

LIMIT_MINUTES = 30
"""How long the whole suite may take on two processors, its downloads done. Beyond, it is told, and nothing fails."""

SITE = CopiedSite("essai", "essai.gru.test", "172.30.20.0/24", "127.0.20.1")
SECOND_UP_CHANGED = 0

PYTHON_FOLDERS = ["infra", "guichet", "consultation", "socle", "loadtests", "tests", "runbooks", "roles"]


@dataclass(frozen=True, slots=True)
class Lane:
    """Steps and how they follow one another."""

    steps: Sequence[Step]
    run: Callable[[Sequence[Step]], Iterable[Result]] = one_by_one


def load(*arguments: str) -> Action:
    """Return an action that runs one of `gru load`'s commands against the tested stack."""
    return tool("gru", "load", *arguments, "--stack", SITE.name, env=SITE.environment())


def prepare_site() -> bool:
    """Copy `stacks/local` to the tested stack and clear what an interrupted run left."""
    SITE.write()
    SITE.remove()
    return True


def first_up() -> bool:
    """Bring the whole stack up from nothing."""
    return bring_up("first")["failed"] == 0


def second_up() -> bool:
    """Bring it up again: nothing may change."""
    result = bring_up("second")
    if result["changed"] != SECOND_UP_CHANGED:
        print(f"la seconde exécution a changé {result['changed']} choses", flush=True)
    return result["failed"] == 0 and result["changed"] == SECOND_UP_CHANGED


def bring_up(label: str) -> dict[str, int]:
    """Run `gru up --json` and return its last line."""
    arguments = [str(BIN / "gru"), "up", "--json", "--stack", SITE.name]
    run = subprocess.run(
        arguments, cwd=ROOT, env=os.environ | SITE.environment(), stdout=subprocess.PIPE, text=True, check=False
    )
    result: dict[str, int] = json.loads(run.stdout.strip().splitlines()[-1]) if run.stdout.strip() else {"failed": 1}
    print(f"gru up ({label}) : {json.dumps(result, ensure_ascii=False)}", flush=True)
    return {"changed": -1, **result, "failed": result["failed"] or run.returncode}


def docker_answers() -> Step:
    """Make sure Docker answers before tests that need it."""
    code = "from infra.docker_engine import ensure_engine; ensure_engine()"
    return Step("Docker répond", command(str(BIN / "python"), "-c", code))


def yaml_folders() -> list[str]:
    """Folders whose YAML is ours."""
    return [name for name in ("roles", "runbooks", "stacks") if (ROOT / name).is_dir()]


def check_lanes() -> list[Lane]:
    """Rules of writing, types, known shapes; the two long ones first, one processor each."""
    lint = {"ANSIBLE_CONFIG": str(ROOT / "runbooks" / "ansible.cfg")}
    shell = [str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("*/**/*.sh")) if ".venv" not in p.parts]
    steps = [
        Step("ansible-lint", tool("ansible-lint", "--offline", "roles", "runbooks", env=lint)),
        Step("mypy", tool("mypy")),
        Step("ruff", tool("ruff", "check", *PYTHON_FOLDERS)),
        Step("ruff format", tool("ruff", "format", "--check", *PYTHON_FOLDERS)),
        Step("yamllint", tool("yamllint", "--strict", *yaml_folders())),
        Step("djlint", tool("djlint", "--lint", "--quiet", "guichet", "consultation", "socle")),
        Step("shellcheck", command("shellcheck", "-x", *shell, ".ci/run")),
    ]
    return [Lane(steps, side_by_side)]


def unit_lanes() -> list[Lane]:
    """Tests that need no platform (the engine's own tests, and one role alone, need Docker).

    Those that wait more than they compute, or that one processor is enough for, run two at a time, the longest first;
    the two suites that use both processors come after, alone.
    """
    suites = {name: Step(name, pytest(suite)) for name, suite in SUITES.items()}
    two_at_a_time = [
        suites.pop("tests/infra"),
        suites.pop("tests/loadtests"),
        # The same pages and services on the database of a platform; what is in a browser was seen on SQLite.
        Step(
            "tests/consultation (PostgreSQL)",
            tool(
                *PYTEST,
                "tests/consultation/ecoute",
                *(
                    f"--ignore=tests/consultation/ecoute/test_{name}.py"
                    for name in ("autonome", "navigateur", "parcours")
                ),
                env=ON_POSTGRESQL,
            ),
        ),
        # The lightest of the scenarios of `make role`, `base` included.
        Step("make role ROLE=mail", tool("python", "-m", "tests.roles.converge", "base", "mail")),
        suites.pop("tests/roles"),
        suites.pop("tests"),
    ]
    return [Lane([docker_answers()]), Lane(two_at_a_time, side_by_side), Lane([*suites.values()])]


def pytest(suite: Suite) -> Action:
    """Return an action that runs a whole suite."""
    parallel = TWO_PROCESSES if suite.parallel else ()
    return tool(*PYTEST, *parallel, *suite.options, *suite.paths(), env=suite.environment)


def stack_lanes() -> list[Lane]:
    """The whole platform, brought up twice, verified and used in a browser."""
    browser = tool(*PYTEST, *WITHOUT_DJANGO, "tests/browser", env=SITE.environment())
    return [
        Lane(
            [
                docker_answers(),
                Step("site d'essai", function(prepare_site)),
                Step("gru up", function(first_up)),
                Step("gru up, une seconde fois", function(second_up)),
                Step("tests/browser", browser),
                Step("gru load seed", load("seed", "--residents", "50", "--agents", "2")),
                Step("gru load check", load("check")),
                Step("gru load run smoke", load("run", "smoke", "--out", str(WORK / "charge"))),
            ],
            until_the_first_up_fails,
        )
    ]


def until_the_first_up_fails(steps: Sequence[Step]) -> Iterator[Result]:
    """One by one; a failing `gru up` stops what stands on it."""
    for result in one_by_one(steps):
        yield result
        if result.name == "gru up" and not result.passed:
            return


GROUPS = {"check": check_lanes, "unit": unit_lanes, "stack": stack_lanes}


def summary(results: list[Result], seconds: float, *, whole: bool) -> str:
    """Each step's time, then the total; the limit is told where everything ran. The last line is for machines."""
    lines = ["", "Résumé"]
    lines += [f"  {'✓' if one.passed else '✗'} {one.name:<32} {one.seconds:6.0f} s" for one in results]
    lines.append(f"  Total : {minutes(seconds)}" + (f" (limite : {LIMIT_MINUTES} min)" if whole else ""))
    if whole and seconds > LIMIT_MINUTES * 60:
        over = minutes(seconds - LIMIT_MINUTES * 60)
        lines.append(
            f"  ATTENTION : la limite de {LIMIT_MINUTES} minutes est dépassée de {over}."
            " Voyez ci-dessus ce qui est long, et « slowest durations » dans chaque étape."
        )
    failed = sum(not one.passed for one in results)
    lines.append(f"{len(results) - failed} passed, {failed} failed")
    return "\n".join(lines)


def minutes(seconds: float) -> str:
    """A time that people read: « 12 min 07 s »."""
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest:02d} s"


def main(chosen: list[str]) -> int:
    """Run the chosen groups, all by default. The exit code is 1 when a step failed, 2 when a group is not known."""
    if unknown := set(chosen) - set(GROUPS):
        print(f"Groupe inconnu : {', '.join(sorted(unknown))}. Groupes : {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    start = time.monotonic()
    lanes = [lane for name in chosen or GROUPS for lane in GROUPS[name]()]
    results = [result for lane in lanes for result in lane.run(lane.steps)]
    print(summary(results, time.monotonic() - start, whole=not chosen))
    failed = any(not one.passed for one in results)
    if not failed and "stack" in (chosen or GROUPS) and not os.environ.get("GRU_KEEP_TEST_STACK"):
        SITE.remove()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
