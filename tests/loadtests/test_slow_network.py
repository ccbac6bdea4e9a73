"""The relay delays and narrows what passes, and changes nothing of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.state import OperatorError
from loadtests.slow_network import running
from loadtests.targets import check_relay

BODY = bytes(range(256)) * 200
"""51,200 bytes: a quarter of a second at 1.6 Mbit/s."""


@contextmanager
def answering() -> Iterator[str]:
    """A server that sends BODY to whoever says something."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                client.recv(10)
                client.sendall(BODY)

    threading.Thread(target=serve, daemon=True).start()
    with server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_delay_and_rate_are_felt() -> None:
    """Two round trips of 150 ms (connection, question) and a quarter of a second of line, at least; all bytes."""
    with answering() as direct, running(direct, 150, 1600) as relay:
        host, _, port = relay.partition(":")
        begun = time.monotonic()
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"bonjour")
            received = b""
            while piece := client.recv(65536):
                received += piece
        assert received == BODY
        assert time.monotonic() - begun >= 0.15 + 0.15 + 0.25


def test_a_relay_elsewhere_is_refused() -> None:
    """A plan cannot send its persons through somebody else's machine."""
    check_relay("127.0.0.1:4000")
    with pytest.raises(OperatorError, match="pas sur cette machine"):
        check_relay("192.0.2.1:443")
