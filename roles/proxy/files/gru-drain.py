#!/usr/bin/python3
"""gru-drain BRICK ADDRESS drain|ready: send no more visitors to one host of a brick, or send them again.

`drain` returns once no request is under way there, or after 60 s: what remains has the brick's own time to end.
`ready` returns once HAProxy finds the host healthy; after 60 s it fails. Uses HAProxy's admin socket.
"""

from __future__ import annotations

import csv
import socket
import sys
import time

SOCKET = "/run/haproxy/admin.sock"
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.2


def ask(words: str) -> str:
    """HAProxy's answer to one command of its own."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        connection.sendall(f"{words}\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def server_at(brick: str, address: str) -> str:
    """The name of the brick's server at that address. Ends the program where there is none."""
    for line in ask(f"show servers state {brick}").splitlines():
        fields = line.split()
        if len(fields) > 4 and fields[1] == brick and fields[4] == address:
            return fields[3]
    sys.exit(f"le frontal ne connaît pas {address} pour {brick}")


def figures(brick: str, server: str) -> dict[str, str]:
    """HAProxy's figures of that server."""
    lines = ask("show stat").removeprefix("# ").splitlines()
    return next((row for row in csv.DictReader(lines) if row["pxname"] == brick and row["svname"] == server), {})


def main(brick: str, address: str, state: str) -> None:
    """Tell HAProxy, then wait for what it means."""
    server = server_at(brick, address)
    if complaint := ask(f"set server {brick}/{server} state {state}").strip():
        sys.exit(complaint)
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        seen = figures(brick, server)
        if state == "drain" and seen.get("scur") == "0":
            return
        if state == "ready" and seen.get("status", "").startswith(("UP", "no check")):
            return
        time.sleep(PAUSE_SECONDS)
    if state == "ready":
        sys.exit(f"{brick} ne répond pas en bonne santé sur {address}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
