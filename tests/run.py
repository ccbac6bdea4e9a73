"""Run the project's checks in order, each with its time; the last line counts what passed and failed.

`python tests/run.py` runs everything; `check`, `unit`, `stack` choose. The stack that is tested is a copy of
`stacks/local` under another domain, network and state, so that a platform in use is never touched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WORK = ROOT / ".gru" / "tests"
STACK = "essai"
SECOND_UP_CHANGED = 0

PYTHON_FOLDERS = ["infra", "guichet", "consultation", "socle", "loadtests", "tests", "runbooks", "roles"]


class Step:
    """One named command or function; it passed when it returned without complaint."""

    def __init__(self, name: str, action: Callable[[], bool]) -> None:
        self.name = name
        self.action = action


def command(*arguments: str, env: dict[str, str] | None = None) -> Callable[[], bool]:
    """Return an action that runs `arguments` from the root."""

    def run() -> bool:
        return subprocess.run(arguments, cwd=ROOT, env=os.environ | (env or {}), check=False).returncode == 0

    return run


def tool(name: str, *arguments: str, env: dict[str, str] | None = None) -> Callable[[], bool]:
    """Return an action that runs a tool of the project's environment."""
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return command(str(BIN / name), *arguments, env=path | (env or {}))


def load(*arguments: str) -> Callable[[], bool]:
    """Return an action that runs one of `gru load`'s commands against the tested stack."""
    return tool("gru", "load", *arguments, "--stack", STACK, env=stack_environment())


def stack_environment() -> dict[str, str]:
    """Where the tested stack's site and state are."""
    return {
        "GRU_SITES_DIRECTORY": str(WORK / "stacks"),
        "GRU_STATE_DIRECTORY": str(WORK / "state"),
        "GRU_STACK": STACK,
        "GRU_INVENTORY": str(WORK / "state" / STACK / "inventory.json"),
    }


def prepare_site() -> bool:
    """Copy `stacks/local` to the tested stack and clear what an interrupted run left."""
    target = WORK / "stacks" / STACK
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "stacks" / "local", target)
    site = target / "site.yaml"
    text = site.read_text(encoding="utf-8")
    for old, new in (
        ("gru.test", "essai.gru.test"),
        ("172.30.10.0/24", "172.30.20.0/24"),
        ("127.0.10.1", "127.0.20.1"),
    ):
        text = text.replace(old, new)
    site.write_text(text, encoding="utf-8")
    for path in [target / "services.yaml", *target.glob("*/*.yaml")]:
        path.write_text(path.read_text(encoding="utf-8").replace("gru.test", "essai.gru.test"), encoding="utf-8")
    return remove_leftovers()


def remove_leftovers() -> bool:
    """Remove containers, networks and volumes of the tested stack, whichever clone made them."""
    label = f"label=gru.stack={STACK}"
    # Two listings each, because Docker's commands refuse an empty list.
    for listing, removal in (
        (["docker", "ps", "-aq", "--filter", label], ["docker", "rm", "-f"]),
        (["docker", "network", "ls", "-q", "--filter", label], ["docker", "network", "rm"]),
        (["docker", "volume", "ls", "-q", "--filter", label], ["docker", "volume", "rm"]),
    ):
        found = subprocess.run(listing, capture_output=True, text=True, check=False).stdout.split()
        if found:
            subprocess.run([*removal, *found], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(WORK / "state" / STACK, ignore_errors=True)
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
    arguments = [str(BIN / "gru"), "up", "--json", "--stack", STACK]
    run = subprocess.run(
        arguments, cwd=ROOT, env=os.environ | stack_environment(), stdout=subprocess.PIPE, text=True, check=False
    )
    result: dict[str, int] = json.loads(run.stdout.strip().splitlines()[-1]) if run.stdout.strip() else {"failed": 1}
    print(f"gru up ({label}) : {json.dumps(result, ensure_ascii=False)}", flush=True)
    return {"changed": -1, **result, "failed": result["failed"] or run.returncode}


def docker_answers() -> bool:
    """Make sure Docker answers before tests that need it."""
    code = "from infra.targets.docker.engine import ensure_engine; ensure_engine()"
    return command(str(BIN / "python"), "-c", code)()


def yaml_folders() -> list[str]:
    """Folders whose YAML is ours."""
    return [name for name in ("roles", "runbooks", "stacks") if (ROOT / name).is_dir()]


def check_steps() -> list[Step]:
    """Rules of writing, types, known shapes."""
    lint = {"ANSIBLE_CONFIG": str(ROOT / "runbooks" / "ansible.cfg")}
    shell = [str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("*/**/*.sh")) if ".venv" not in p.parts]
    return [
        Step("ruff", tool("ruff", "check", *PYTHON_FOLDERS)),
        Step("ruff format", tool("ruff", "format", "--check", *PYTHON_FOLDERS)),
        Step("mypy", tool("mypy")),
        Step("yamllint", tool("yamllint", "--strict", *yaml_folders())),
        Step("ansible-lint", tool("ansible-lint", "--offline", "roles", "runbooks", env=lint)),
        Step("djlint", tool("djlint", "--lint", "--quiet", "guichet", "consultation", "socle")),
        Step("shellcheck", command("shellcheck", "-x", *shell, ".ci/run")),
    ]


def unit_steps() -> list[Step]:
    """Tests that need no platform (the engine's own tests need Docker)."""
    pytest = ("pytest", "-q", "--durations=5")
    return [
        Step("Docker répond", docker_answers),
        Step("tests/infra", tool(*pytest, "tests/infra", "-p", "no:django")),
        Step("tests/roles", tool(*pytest, "tests/roles", "-p", "no:django")),
        Step("tests/loadtests", tool(*pytest, "tests/loadtests", "-p", "no:django")),
        Step("tests/socle", tool(*pytest, "tests/socle")),
        Step("tests/consultation", tool(*pytest, "tests/consultation")),
        # The same pages and services on the database of a platform; what is in a browser was seen on SQLite.
        Step(
            "tests/consultation (PostgreSQL)",
            tool(
                *pytest,
                "tests/consultation/ecoute",
                *(
                    f"--ignore=tests/consultation/ecoute/test_{name}.py"
                    for name in ("autonome", "navigateur", "parcours")
                ),
                env={"ECOUTE_TEST_BASE": "postgresql"},
            ),
        ),
        # Two processes, each with its own PostgreSQL: half of the time is the database's.
        Step("tests/guichet", tool(*pytest, "-n", "2", "--dist", "load", "tests/guichet")),
    ]


def stack_steps() -> list[Step]:
    """The whole platform, brought up twice, verified and used in a browser."""
    return [
        Step("Docker répond", docker_answers),
        Step("site d'essai", prepare_site),
        Step("gru up", first_up),
        Step("gru up, une seconde fois", second_up),
        Step(
            "tests/browser",
            tool("pytest", "-q", "tests/browser", "-p", "no:django", "--durations=5", env=stack_environment()),
        ),
        Step("gru load accounts", load("accounts", "--residents", "50", "--agents", "2")),
        Step("gru load check", load("check")),
        Step("gru load run smoke", load("run", "smoke", "--out", str(WORK / "charge"))),
    ]


def main(chosen: list[str]) -> int:
    """Run the chosen groups; a failing `gru up` stops what stands on it."""
    groups = {"check": check_steps, "unit": unit_steps, "stack": stack_steps}
    steps = [step for name in chosen or groups for step in groups[name]()]
    results: list[tuple[str, bool, float]] = []
    for step in steps:
        print(f"\n=== {step.name}", flush=True)
        start = time.monotonic()
        passed = step.action()
        results.append((step.name, passed, time.monotonic() - start))
        print(f"=== {step.name} : {'réussi' if passed else 'ÉCHEC'} ({results[-1][2]:.0f} s)", flush=True)
        if not passed and step.action is first_up:
            break
    print("\nRésumé")
    for name, passed, seconds in results:
        print(f"  {'✓' if passed else '✗'} {name:<28} {seconds:6.0f} s")
    failed = sum(not passed for _, passed, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    if not failed and "stack" in (chosen or groups) and not os.environ.get("GRU_KEEP_TEST_STACK"):
        remove_leftovers()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
