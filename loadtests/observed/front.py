"""Requests counted by the front (HAProxy), between two marks that we leave in its journal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from infra.remote import host_of, run_remote
from loadtests.targets import Target

MARK_PATH = "/charte/marque-{run}-{moment}"
START, END = "debut", "fin"

# Runs on the front under Debian's python3. One JSON line a request is in the journal, in order of completion.
_COUNT = r"""
import collections, json, subprocess, sys
run, since, hosts = sys.argv[1], sys.argv[2], set(sys.argv[3].split(","))
lines = subprocess.run(["journalctl", "-u", "haproxy", "-o", "cat", "--no-pager", "--since", "@" + since],
                       capture_output=True, text=True).stdout.splitlines()
lost = subprocess.run(["journalctl", "-u", "systemd-journald", "-o", "cat", "--no-pager", "--since", "@" + since],
                      capture_output=True, text=True).stdout.count("Suppressed")
inside, client, tagged = False, None, False
ours, others, codes, retries = 0, 0, collections.Counter(), 0
ended = False
for line in lines:
    if '"frontend": "https"' not in line:
        continue
    try:
        entry = json.loads(line)
    except ValueError:
        continue
    if entry["path"] == "/charte/marque-%s-debut" % run:
        inside, client, tagged = True, entry["client"], entry.get("run") == run
        continue
    if entry["path"] == "/charte/marque-%s-fin" % run:
        ended = True
        break
    if not inside:
        continue
    mine = entry.get("run") == run if tagged else entry["client"] == client and entry["host"] in hosts
    if mine:
        ours += 1
        codes[str(entry["status"])] += 1
        retries += entry["retries"] if isinstance(entry["retries"], int) else 0
    else:
        others += 1
print(json.dumps({"found": inside and ended, "ours": ours, "others": others, "statuses": codes, "retries": retries,
                  "lost": lost, "tagged": tagged}))
"""


@dataclass(frozen=True)
class FrontCount:
    """What the front's journal says of the run."""

    found: bool
    """Both marks were there."""
    ours: int
    others: int
    statuses: dict[str, int]
    retries: int
    lost: int
    """Times the journal says it dropped lines: the count is then worth nothing."""
    tagged: bool
    """Requests were told apart by the run's own mark rather than by the address they came from."""


def count(inventory: dict[str, Any], target: Target, run: str, since: float) -> FrontCount:
    """Count the requests of a run. `since`: seconds since the epoch, a little before the run."""
    hosts = ",".join(target.hosts())
    command = ["python3", "-", run, str(int(since) - 5), hosts]
    return FrontCount(**json.loads(run_remote(inventory, host_of(inventory, "proxy"), command, _COUNT)))
