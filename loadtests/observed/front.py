"""Requests counted by the front (HAProxy), between two marks that we leave in its journal."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from infra.remote import host_of, run_remote
from infra.state import OperatorError
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

# Lines that HAProxy could not hand over since it started: it never waits for the journal.
_UNWRITTEN = r"""
import socket
with socket.socket(socket.AF_UNIX) as line:
    line.connect("/run/haproxy/admin.sock")
    line.sendall(b"show info\n")
    told = b"".join(iter(lambda: line.recv(65536), b"")).decode()
print(next((row.partition(":")[2] for row in told.splitlines() if row.startswith("DroppedLogs:")), "0"))
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
    unwritten: int = 0
    """Lines the front could not write in its journal meanwhile, whoever they were about."""

    def gap(self, sent: int) -> int:
        """Requests that nothing explains: a line not written explains one that is missing, never one too many."""
        missing = sent - self.ours
        return max(missing - self.unwritten, 0) if missing > 0 else -missing


def mark(target: Target, run: str, moment: str) -> None:
    """Ask the front for a page that does not exist: its journal then shows where the run begins and ends.

    Raises:
        OperatorError: it does not answer.
    """
    path = MARK_PATH.format(run=run, moment=moment)
    request = urllib.request.Request(f"{target.urls['portal']}{path}", headers={"X-Gru-Charge": run})  # noqa: S310
    context = ssl.create_default_context(cafile=target.authority or None)
    try:
        urllib.request.urlopen(request, timeout=30, context=context).close()  # noqa: S310 - the target is checked
    except urllib.error.HTTPError:
        return
    except OSError as error:
        raise OperatorError(f"{target.urls['portal']} ne répond pas : {error}") from None


def unwritten(inventory: dict[str, Any]) -> int:
    """Lines that the front could not write in its journal since it started."""
    return int(run_remote(inventory, host_of(inventory, "proxy"), ["python3", "-"], _UNWRITTEN))


def count(inventory: dict[str, Any], target: Target, run: str, since: float, unwritten_before: int) -> FrontCount:
    """Count the requests of a run. `since`: seconds since the epoch, a little before the run."""
    hosts = ",".join(target.hosts())
    meanwhile = max(unwritten(inventory) - unwritten_before, 0)  # a front that restarted counts from nothing
    command = ["python3", "-", run, str(int(since) - 5), hosts]
    told = json.loads(run_remote(inventory, host_of(inventory, "proxy"), command, _COUNT))
    return FrontCount(**told, unwritten=meanwhile)
