"""Run the project's checks, each with its time; the last line counts what passed and failed.

`python -m tests.run` runs everything; `check`, `unit`, `stack`, `existing`, `cloud` choose. Two chains of steps run at
a time, in phases: what would disturb another step never runs beside it. What is longer is in campaign.py.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from enum import IntEnum

from tests.copied_site import WORK
from tests.steps import ROOT, Chain, Result, Step, command, one_by_one, side_by_side, tool
from tests.trial import SITE
from tests.unit import ON_POSTGRESQL, PYTEST, SUITES, WITHOUT_DJANGO, Suite, suite_command

LIMIT_MINUTES = 40
"""How long the whole suite may take on two processors, its downloads done. Beyond, it is told, and nothing fails."""
LATEST_MINUTES = 45
"""When the longest proofs may still begin: continuous integration gives 90 minutes, and slow machines are met there."""

PYTHON_FOLDERS = ["infra", "guichet", "consultation", "socle", "loadtests", "tests", "runbooks", "roles"]


class Phase(IntEnum):
    """What may run at the same time. A phase begins when the one before has ended."""

    RULES = 1
    """Rules of writing and types: the quickest to fail comes first."""
    HOSTS = 2
    """Hosts and their networks come and go: a browser that loads a page at that moment gives up."""
    BROWSERS = 3
    """Pages in browsers: no network changes."""
    ALONE = 4
    """Times are judged: nothing runs beside."""
    LONGEST = 5
    """Platforms on servers of their own. What a slow machine leaves no time for is told, and is a campaign too."""


Plan = list[tuple[Phase, Chain]]


def load(name: str, *arguments: str) -> Step:
    """One of `gru load`'s commands against the tested stack."""
    words = ("load", *name.split(), *arguments, "--stack", SITE.name)
    return Step(f"gru load {name}", tool("gru", *words, env=SITE.environment()))


def trial(name: str, done: str) -> Step:
    """One step of the tested stack (tests/trial.py)."""
    return Step(name, tool("python", "-m", "tests.trial", done))


def docker_answers() -> Step:
    """Make sure Docker answers before tests that need it."""
    code = "from infra.targets.docker.engine import ensure_engine; ensure_engine()"
    return Step("Docker répond", tool("python", "-c", code))


def yaml_folders() -> list[str]:
    """Folders whose YAML is ours."""
    return [name for name in ("roles", "runbooks", "stacks") if (ROOT / name).is_dir()]


def check_plan() -> Plan:
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
    return [(Phase.RULES, [step]) for step in steps]


def timed(suite: Suite) -> Step:
    """What a suite judges by the clock."""
    return Step(f"{suite.folder} (mesures)", tool(*PYTEST, *suite.options, *suite.alone, env=suite.environment))


def unit_plan() -> Plan:
    """Tests that need no platform (the engine's own tests, and one role alone, need Docker). The longest first."""
    suites = {name: Step(name, suite_command(suite)) for name, suite in SUITES.items() if not suite.brief}
    # The same pages and services on the database of a platform; what is in a browser was seen on SQLite.
    in_browsers = [f"--ignore=tests/consultation/ecoute/test_{n}.py" for n in ("autonome", "navigateur", "parcours")]
    on_postgresql = Step(
        "tests/consultation (PostgreSQL)",
        tool(*PYTEST, "tests/consultation/ecoute", *in_browsers, env=ON_POSTGRESQL),
    )
    # The lightest of the scenarios of `make role`, `base` and `firewall` included.
    one_role = Step("make role ROLE=mail", tool("python", "-m", "tests.roles.converge", "base", "firewall", "mail"))
    return [
        (Phase.HOSTS, [suites.pop("tests/infra")]),
        (Phase.HOSTS, [one_role, suites.pop("tests/certificates")]),
        (Phase.HOSTS, [suites.pop("tests/loadtests")]),
        (Phase.HOSTS, [on_postgresql]),
        (Phase.HOSTS, [suites.pop("tests/roles")]),
        (Phase.HOSTS, [suites.pop("tests")]),
        (Phase.HOSTS, [suites.pop("tests/socle")]),
        *((Phase.ALONE, [timed(suite)]) for suite in SUITES.values() if suite.alone),
        *((Phase.BROWSERS, [suites.pop(name)]) for name in ("tests/guichet", "tests/consultation")),
    ]


def stack_plan() -> Plan:
    """The whole platform, brought up twice, verified and used in a browser."""
    browser = tool(*PYTEST, *WITHOUT_DJANGO, "tests/browser", env=SITE.environment())
    return [
        (
            Phase.HOSTS,
            [
                trial("gru up", "up"),
                trial("gru up, une seconde fois", "again"),
                trial("pare-feu des hôtes", "firewall"),
                trial("gru preview", "preview"),
                trial("gru restore --drill", "drill"),
                trial("gru upgrade, et retour", "upgrade"),
            ],
        ),
        (Phase.BROWSERS, [Step("tests/browser", browser)]),
        (
            Phase.ALONE,
            [
                load("accounts", "--residents", "50", "--agents", "2"),
                load("check"),
                load("run smoke", "--out", str(WORK / "charge")),
            ],
        ),
    ]


def existing_plan() -> Plan:
    """The platform on servers made outside the product, one story on servers of its own, a browser in it."""
    run_all = tool(*PYTEST, *WITHOUT_DJANGO, "-x", "-s", "tests/existing")
    return [(Phase.LONGEST, [Step("tests/existing", run_all)])]


def cloud_plan() -> Plan:
    """The cloud target at its shortest: its plugin, one server, its firewall."""
    module = Step("module OpenStack de Pulumi", tool("python", "-m", "infra.engine.plugin"))
    return [(Phase.LONGEST, [module, Step("tests/openstack", suite_command(SUITES["tests/openstack"]))])]


GROUPS: dict[str, Callable[[], Plan]] = {
    "stack": stack_plan,
    "existing": existing_plan,
    "cloud": cloud_plan,
    "check": check_plan,
    "unit": unit_plan,
}
"""What can be chosen. Within a phase, chains begin in this order: the longest first."""


def run_plan(plan: Plan, latest: float = float("inf")) -> list[Result]:
    """Run each phase in its turn. When the platform did not come up, what stands on it is not run, and fails.

    `latest` (of `time.monotonic`) is when the longest proofs may still begin: after it, they are told as left.
    """
    results: list[Result] = []
    for phase in Phase:
        if phase is Phase.LONGEST and time.monotonic() > latest:
            print(left([chain[-1].name for one, chain in plan if one is phase]), flush=True)
            continue
        chains = [chain for one, chain in plan if one is phase]
        if phase > Phase.HOSTS and any(one.name == "gru up" and not one.passed for one in results):
            chains = [chain for chain in chains if not stands_on_platform(chain)]
        results += (one_by_one if phase is Phase.ALONE else side_by_side)(chains) if chains else ()
    return results


def left(names: list[str]) -> str:
    """What a slow machine left no time for, and how to run it."""
    return (
        f"\n=== faute de temps ({LATEST_MINUTES} minutes sont passées), non lancé : {', '.join(names)}."
        " À lancer à part : make campaign CAMPAIGN=serveurs-existants, puis CAMPAIGN=nuage."
    )


def stands_on_platform(chain: Chain) -> bool:
    """Whether a chain needs the tested platform."""
    return chain[0].name == "tests/browser" or chain[0].name.startswith("gru load")


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
    """Run the chosen groups, all by default.

    The exit code is 1 when a step failed, 2 when a group is not known.
    """
    if unknown := set(chosen) - set(GROUPS):
        print(f"Groupe inconnu : {', '.join(sorted(unknown))}. Groupes : {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    start = time.monotonic()
    groups = [name for name in GROUPS if name in (chosen or GROUPS)]
    docker: Plan = [(Phase.RULES, [docker_answers()])] if groups != ["check"] else []
    latest = float("inf") if chosen else start + LATEST_MINUTES * 60
    results = run_plan(docker + [part for name in groups for part in GROUPS[name]()], latest)
    print(summary(results, time.monotonic() - start, whole=not chosen))
    failed = any(not one.passed for one in results)
    if not failed and "stack" in groups and not os.environ.get("GRU_KEEP_TEST_STACK"):
        SITE.remove()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
