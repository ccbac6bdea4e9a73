"""What passes between hosts: what is declared, what listens, what answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.model.flows import flows
from infra.model.ports import EVERY_HOST, PORTS
from infra.plan import SSH_PORT

NUMBERS = {port.number for uses in PORTS.values() for port in uses.values()} | {SSH_PORT}
"""Every port that some function has, whoever may call it, and SSH's."""

TRY = """
import concurrent.futures, errno, json, socket, sys
def answer(place):
    try:
        socket.create_connection(tuple(place), timeout=10).close()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "ETIMEDOUT")
    return "answers"
places = json.loads(sys.argv[1])
with concurrent.futures.ThreadPoolExecutor(8) as tries:
    print(json.dumps(list(tries.map(answer, places))))
"""
"""In Python, on a host: for each address and port given, ``answers`` or the error's name."""


def declared(hosts: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Caller, host called, port: what `infra.model.flows` says, between the inventory's `hosts`."""
    carried = {name: {EVERY_HOST, *variables["gru_functions"]} for name, variables in hosts.items()}
    for flow in flows(frozenset().union(*carried.values()) - {EVERY_HOST}):
        for caller, functions in carried.items():
            if not flow.caller or flow.caller in functions:
                yield from ((caller, name, flow.port) for name in hosts if flow.function in carried[name])


def ports_of(listing: str) -> set[int]:
    """TCP ports that other hosts could reach, from ``ss -Hltn``."""
    places = [line.split()[3] for line in listing.splitlines()]
    return {int(place.rpartition(":")[2]) for place in places if not place.startswith(("127.", "[::1]"))}
