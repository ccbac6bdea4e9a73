"""What is done to a platform while it is loaded: a component killed for a while, a source that sends without end,
residents who all come under one address.

All act from the platform's own hosts, and put things back whatever happens to the run.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.remote import host_of, run_remote, ssh_command
from infra.state import OperatorError
from loadtests.clock import Action, Clock
from loadtests.observed.abuse import AbuseSeen
from loadtests.profile import Abuse, Outage
from loadtests.targets import Target

# The sockets too: a service that its socket starts again with the next visitor would not be down for long.
_UNITS = """
import glob, json, subprocess, sys
units = []
for path in glob.glob("/etc/gru/components.d/*.json"):
    c = json.load(open(path))
    if c["name"] == sys.argv[1]:
        units += c["units"]
show = ["systemctl", "show", "-p", "TriggeredBy", "--value", *units]
triggers = subprocess.run(show, capture_output=True, text=True).stdout.split() if units else []
print(json.dumps({"units": units, "sockets": sorted({t for t in triggers if t.endswith(".socket")} - set(units))}))
"""

# Runs on a host of the platform that is not the operator's machine: where limits apply as to anybody.
_ABUSE = r"""
import collections, http.client, json, ssl, sys, time
address, name, rate, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
trust = ssl.create_default_context()
trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # certificates are checked elsewhere
class Front(http.client.HTTPSConnection):
    def connect(self):
        http.client.HTTPConnection.connect(self)
        self.sock = trust.wrap_socket(self.sock, server_hostname=name)
connection, begun, seen, first = Front(address, 443, timeout=10), time.monotonic(), collections.Counter(), None
number = after = refused = 0
while time.monotonic() - begun < seconds:
    number += 1
    time.sleep(max(begun + number / rate - time.monotonic(), 0))
    try:
        connection.request("POST", "/suivi/", body=b"", headers={"Host": name, "Content-Length": "0"})
        answer = connection.getresponse(); answer.read()
        seen[str(answer.status)] += 1
        if answer.status == 429 and first is None:
            first = time.monotonic() - begun
        after += first is not None
        refused += answer.status == 429
    except (OSError, http.client.HTTPException):
        seen["sans réponse"] += 1
        connection.close()
print(json.dumps({"statuses": seen, "stopped_after": first, "after": after, "refused": refused}))
"""
_TUNNEL_SECONDS = 20.0
_REMOTE_LIMIT = 25.0
"""Seconds of one remote command: `run_remote` gives up after thirty."""


def outage(inventory: dict[str, Any], planned: Outage) -> tuple[str, Action]:
    """Kill a component, keep it down, start it again - in all cases, even if the run is interrupted."""
    host = host_of(inventory, planned.fonction)
    name = f"à {planned.a:.0f} s, {planned.composant} est tué pendant {planned.pendant:.0f} s"

    def act(clock: Clock) -> None:
        found = json.loads(run_remote(inventory, host, ["python3", "-", planned.composant], _UNITS))
        units, everything = found["units"], [*found["sockets"], *found["units"]]
        if not units:
            raise OperatorError(f"{planned.composant} n'est pas sur l'hôte {host}")
        clock.until(planned.a)
        try:
            # Killed first, as by a crash; then stopped, so that systemd does not bring it back at once.
            kill = ["systemctl", "kill", "-s", "KILL", *units, ";", "systemctl", "stop", *everything]
            run_remote(inventory, host, kill)
            clock.until(planned.a + planned.pendant)
        finally:
            run_remote(inventory, host, ["systemctl", "start", *everything])

    return name, act


@contextmanager
def behind(inventory: dict[str, Any], function: str) -> Iterator[str]:
    """A way to the front through a host of the platform, for the time of a run: its address on this machine.

    The front then sees everybody under that host's address, as it sees the subscribers of a mobile operator, a
    library or a school. On a local platform it is the only way to be limited at all: visitors come through the
    gateway of the containers' network, which limits spare.
    """
    front = inventory["all"]["hosts"][host_of(inventory, "proxy")]["gru_address"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    *command, destination = ssh_command(inventory, host_of(inventory, function))
    options = ["-N", "-o", "ExitOnForwardFailure=yes", "-L", f"127.0.0.1:{port}:{front}:443"]
    with subprocess.Popen([*command, *options, destination], stdin=subprocess.DEVNULL) as tunnel:
        try:
            _wait_for(port, tunnel, host_of(inventory, function))
            yield f"127.0.0.1:{port}"
        finally:
            tunnel.terminate()


def _wait_for(port: int, tunnel: subprocess.Popen[bytes], host: str) -> None:
    deadline = time.monotonic() + _TUNNEL_SECONDS
    while tunnel.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise OperatorError(f"Le passage par l'hôte {host} ne s'ouvre pas. Voyez « gru status », puis « gru up ».")


def abuse(inventory: dict[str, Any], target: Target, planned: Abuse, kept: list[AbuseSeen]) -> tuple[str, Action]:
    """Send from the mail server, which never uses the sites. What the front answered is put into `kept`."""
    host = host_of(inventory, "mail")
    front = inventory["all"]["hosts"][host_of(inventory, "proxy")]["gru_address"]
    name = next(name for name, brick in target.hosts().items() if brick == "portal")
    sentence = f"de {planned.de:.0f} à {planned.a:.0f} s, une source envoie {planned.debit:.0f} requêtes/s"

    def act(clock: Clock) -> None:
        clock.until(planned.de)
        statuses: Counter[str] = Counter()
        after, refused = 0, 0
        stopped: float | None = None
        while (left := planned.a - clock.now) > 0.5:
            clock.until(clock.now)  # not one more where the run was interrupted
            seconds = min(left, _REMOTE_LIMIT)
            elapsed = clock.now - planned.de
            command = ["python3", "-", str(front), name, str(planned.debit), f"{seconds:.1f}"]
            seen = json.loads(run_remote(inventory, host, command, _ABUSE))
            statuses.update(seen["statuses"])
            after += seen["after"]
            refused += seen["refused"]
            if stopped is None and seen["stopped_after"] is not None:
                stopped = elapsed + seen["stopped_after"]
        kept.append(AbuseSeen(dict(statuses), stopped, after, refused))

    return sentence, act
