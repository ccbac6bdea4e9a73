"""What a release does to a platform that runs another one: asked by `gru upgrade` and `gru rollback`.

    python -m infra.cli.release_run prepare|apply|verify --stack SITE [--function F]

The release to reach configures hosts itself, with its own roles, from the site as it is written: what starts it may be
older or newer, and knows of it these words only. It takes no lock: the command that started it holds the state. Exit
status 1 with the reason on standard error. Hosts, networks and volumes are not its matter: `gru up` makes those.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.cli.phases import say
from infra.cli.reading import tell
from infra.configuration import run_runbook
from infra.inventory import read_inventory, save_inventory
from infra.model import load_site
from infra.preflight import FOLDER_CHECKS, SECRET_CHECKS, refuse_what_cannot_work
from infra.preview import planned_inventory
from infra.secret_store import ensure_secrets
from infra.state import OperatorError, Stack
from infra.verification import CHECKS, checks_of, run_checks

PREPARE, APPLY, VERIFY = "prepare", "apply", "verify"


def inventory_here(stack: Stack) -> dict[str, Any]:
    """This release's inventory of the hosts that are there, which may not be all those of the site."""
    site = load_site(stack.site_file)
    known = set(read_inventory(stack)["all"]["hosts"])
    wanted = planned_inventory(stack, site)["all"]
    hosts = {name: host for name, host in wanted["hosts"].items() if name in known}
    children: dict[str, Any] = {
        function: {"hosts": {name: {} for name in group["hosts"] if name in known}}
        for function, group in wanted["children"].items()
        if known.intersection(group["hosts"])
    }
    return {"all": {"vars": wanted["vars"], "hosts": hosts, "children": children}}


def prepare(stack: Stack) -> None:
    """Put this release beside the one that serves, and have it say whether that one bears it. Raises OperatorError."""
    site = load_site(stack.site_file)
    refuse_what_cannot_work(stack, site, FOLDER_CHECKS)
    ensure_secrets(stack, site)
    refuse_what_cannot_work(stack, site, SECRET_CHECKS)
    with tempfile.TemporaryDirectory(dir=stack.log_directory) as place:
        inventory_file = Path(place) / "inventory.json"
        save_inventory(inventory_file, inventory_here(stack))
        _run(stack, "", inventory_file)


def apply(stack: Stack, function: str) -> None:
    """Bring one function to this release, then verify it. Raises OperatorError."""
    ensure_secrets(stack, load_site(stack.site_file))
    save_inventory(stack.inventory_file, inventory_here(stack))
    _run(stack, function)
    if paths := checks_of([function]):
        _judge(stack, paths)


def verify(stack: Stack) -> None:
    """Every check of this release that is about hosts that are there. Raises OperatorError when one fails."""
    _judge(stack, [CHECKS])


def _run(stack: Stack, function: str, inventory_file: Path | None = None) -> None:
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    log = stack.log_directory / f"{stamp}-upgrade-{function or PREPARE}.log"
    run_runbook(stack, "upgrade", log, variables={"upgrade_function": function}, inventory_file=inventory_file)


def _judge(stack: Stack, paths: list[Path]) -> None:
    verdict = run_checks(stack, paths)
    if verdict.failures:
        tell(verdict)
        raise OperatorError(f"{len(verdict.failures)} vérification(s) en échec (ci-dessus).")
    say(f"      {verdict.passed} vérifications réussies")


def main(words: list[str]) -> int:
    """Do what is asked; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.cli.release_run")
    parser.add_argument("step", choices=(PREPARE, APPLY, VERIFY))
    parser.add_argument("--stack", required=True)
    parser.add_argument("--function", default="")
    asked = parser.parse_args(words)
    stack = Stack(asked.stack)
    try:
        if asked.step == PREPARE:
            prepare(stack)
        elif asked.step == APPLY:
            apply(stack, asked.function)
        else:
            verify(stack)
    except OperatorError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
