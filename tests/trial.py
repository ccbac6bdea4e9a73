"""The platform that `make test` brings up: a copy of `stacks/local`, one command a step.

    python -m tests.trial up|again|firewall|preview|drill|upgrade|remove

The exit code is 1 when what the step promises is not so; what was met is printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

from tests.copied_site import CopiedSite
from tests.firewall import shut_and_known
from tests.preview import preview_tells
from tests.steps import BIN, ROOT
from tests.upgrade import brick_and_back

SITE = CopiedSite("essai", "essai.gru.test", "172.30.20.0/24", "127.0.20.1")


def up() -> bool:
    """Copy the site, clear what an interrupted run left, bring the whole platform up from nothing."""
    SITE.write()
    SITE.remove()
    return _brought_up()["failed"] == 0


def again() -> bool:
    """Bring it up again: nothing may change. What follows verifies it again."""
    result = _brought_up("--no-verify")
    return result["failed"] == 0 and result["changed"] == 0


def firewall() -> bool:
    """Each host shuts itself, in and out; a rule too many or too few is seen."""
    return shut_and_known(SITE)


def preview() -> bool:
    """Preview says what would change, and nothing else; it touches nothing."""
    return preview_tells(SITE)


def drill() -> bool:
    """A copy made of its backups alone is the same, is used, and is gone."""
    for words in (["backup", "now"], ["restore", "--drill", "--json"]):
        arguments = [str(BIN / "gru"), *words, "--stack", SITE.name]
        run = subprocess.run(
            arguments, cwd=ROOT, env=os.environ | SITE.environment(), stdout=subprocess.PIPE, check=False
        )
        print(run.stdout.decode(), flush=True)
        if run.returncode:
            return False
    found = json.loads(run.stdout)
    listed = ["docker", "ps", "-aq", "--filter", f"label=gru.stack={SITE.name}-exercice"]
    left = subprocess.run(listed, capture_output=True, check=False).stdout
    return bool(found["ok"] and found["filed"] and found["same"]["lignes"] and not left)


def upgrade() -> bool:
    """Both sites of the guichet pass to another release and come back, and no visitor sees it."""
    return brick_and_back(SITE)


def remove() -> bool:
    """Take it away."""
    SITE.remove()
    return True


def _brought_up(*options: str) -> dict[str, int]:
    """Run `gru up --json` and return its last line."""
    arguments = [str(BIN / "gru"), "up", "--json", *options, "--stack", SITE.name]
    run = subprocess.run(
        arguments, cwd=ROOT, env=os.environ | SITE.environment(), stdout=subprocess.PIPE, text=True, check=False
    )
    result: dict[str, int] = json.loads(run.stdout.strip().splitlines()[-1]) if run.stdout.strip() else {"failed": 1}
    print(f"gru up : {json.dumps(result, ensure_ascii=False)}", flush=True)
    return {"changed": -1, **result, "failed": result["failed"] or run.returncode}


STEPS: dict[str, Callable[[], bool]] = {
    "up": up,
    "again": again,
    "firewall": firewall,
    "preview": preview,
    "drill": drill,
    "upgrade": upgrade,
    "remove": remove,
}


if __name__ == "__main__":
    sys.exit(0 if STEPS[sys.argv[1]]() else 1)
