"""The firewall of hosts on a platform that is up: each host shuts itself, and what would be wrong is seen.

Every host is let out towards every port of every other for a moment: the entry of each is judged by itself. Then a rule
too many, a rule too few: the checks of the platform (tests/stack/test_firewall.py) must fail, and pass again after.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
from contextlib import closing
from typing import Any

from infra.inventory import read_inventory
from infra.model.ports import PORTS
from infra.model.site import Function
from infra.plan import SSH_PORT
from infra.remote import host_of, run_remote
from infra.state import Stack
from tests.copied_site import CopiedSite
from tests.stack.passages import NUMBERS, TRY, declared, ports_of
from tests.steps import BIN, ROOT

CHECKS = "tests/stack/test_firewall.py"
SQL = PORTS[Function.DATABASE]["sql"].number
BARRED = "ECONNREFUSED"
"""What a caller is told by the firewall of another host, or where nobody listens."""


def shut_and_known(copy: CopiedSite) -> bool:
    """Whether all of it is so; what is not is printed."""
    os.environ.update(copy.environment())
    inventory = read_inventory(Stack(copy.name))
    wrong = [*entries(inventory), *faults_seen(inventory), *ways_out(inventory)]
    for sentence in wrong:
        print(sentence, flush=True)
    return not wrong


def entries(inventory: dict[str, Any]) -> list[str]:
    """Ports of a host that another, let out by its own firewall, reaches without being declared; or the contrary."""
    hosts = inventory["all"]["hosts"]
    listening = {name: ports_of(run_remote(inventory, name, ["ss", "-Hltn"])) for name in hosts}
    wanted = set(declared(hosts))
    wrong = []
    for caller in hosts:
        tried = {
            (hosts[name]["gru_address"], port): (caller, name, port)
            for name in hosts
            if name != caller
            for port in NUMBERS | listening[name]
        }
        let_out = ", ".join(f"{address} . {port} timeout 5m" for address, port in tried)
        run_remote(inventory, caller, ["nft", "--file", "-"], f"add element inet gru opened_out {{ {let_out} }}\n")
        try:
            found = answers(inventory, caller, list(tried))
        finally:
            run_remote(inventory, caller, ["gru-firewall", "close"])
        for flow, answer in zip(tried.values(), found, strict=True):
            # SSH is for the operator, who may be anywhere: this site names no network.
            expected = "answers" if flow in wanted or flow[2] == SSH_PORT else BARRED
            if answer != expected:
                wrong.append(f"de {flow[0]} vers {flow[1]}, port {flow[2]} : {answer}, et non {expected}")
    print(f"entrées essayées, chaque hôte sortant librement : {len(hosts)} hôtes, {len(wrong)} fautes", flush=True)
    return wrong


def faults_seen(inventory: dict[str, Any]) -> list[str]:
    """Faults of the rules that the platform's checks do not see."""
    hosts = inventory["all"]["hosts"]
    database, portal, front = (host_of(inventory, name) for name in ("database", "portal", "proxy"))
    wrong = [] if checked(portal) and checked(front) else ["les vérifications échouent sans faute"]

    place = hosts[database]["gru_address"]
    run_remote(inventory, database, ["gru-firewall", "open", "in", hosts[front]["gru_address"], str(SQL), "10m"])
    run_remote(inventory, front, ["gru-firewall", "open", "out", place, str(SQL), "10m"])
    if checked(front):
        wrong.append("un port ouvert de trop n'est pas vu")
    for host in (database, front):
        run_remote(inventory, host, ["gru-firewall", "close"])

    rules = run_remote(inventory, database, ["nft", "--handle", "list", "chain", "inet", "gru", "entry"])
    (handle,) = re.findall(r'comment "database.sql" # handle (\d+)', rules)
    run_remote(inventory, database, ["nft", "delete", "rule", "inet", "gru", "entry", "handle", handle])
    if checked(portal):
        wrong.append("une règle qui manque n'est pas vue")
    run_remote(inventory, database, ["gru-firewall", "load"])

    if not (checked(portal) and checked(front)):
        wrong.append("les vérifications échouent encore, les règles remises")
    return wrong


def ways_out(inventory: dict[str, Any]) -> list[str]:
    """Whether a program of the portal that is not root reaches a server outside that answers; what is told."""
    shared = inventory["all"]["vars"]
    portal = host_of(inventory, Function.PORTAL)
    gateway = shared["gru_shared_sources"][0].partition("/")[0]
    with closing(socket.create_server((gateway, 0))) as server:
        port = server.getsockname()[1]
        shut = answers(inventory, portal, [(gateway, port)], "nobody")
        told = run_remote(inventory, portal, ["gru-firewall", "refused"])
        run_remote(inventory, portal, ["gru-firewall", "open", "out", gateway, str(port), "10m"])
        let = answers(inventory, portal, [(gateway, port)], "nobody")
        run_remote(inventory, portal, ["gru-firewall", "close"])
    wrong = [] if (shut, let) == (["ECONNREFUSED"], ["answers"]) else [f"vers le dehors : {shut}, puis ouvert {let}"]
    if f"{gateway} tcp {port}" not in told:
        wrong.append(f"le refus n'est pas dit : {told}")
    return wrong


def answers(inventory: dict[str, Any], host: str, places: list[tuple[str, int]], user: str = "root") -> list[str]:
    """What each address and port answers to `user` of a host (`TRY`)."""
    command = shlex.join(["runuser", "-u", user, "--", "python3", "-c", TRY, json.dumps(places)])
    found: list[str] = json.loads(run_remote(inventory, host, [command], seconds=120))
    return found


def checked(host: str) -> bool:
    """Whether the checks of what that host reaches pass."""
    words = [str(BIN / "pytest"), "-q", "-p", "no:django", "-p", "no:cacheprovider", CHECKS, "-k"]
    words += [f"test_only_what_is_declared_answers and {host}"]
    run = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode not in (0, 1):
        raise RuntimeError(run.stdout)
    return run.returncode == 0
