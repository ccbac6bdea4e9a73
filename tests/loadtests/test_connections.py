"""Connections as browsers keep them: what was idle too long is opened again, what never answered is a failure."""

from __future__ import annotations

import random
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loadtests.browser import Browser, JourneyFailed, Pace
from loadtests.forms import Filled, Form
from loadtests.recording import Sample
from loadtests.targets import Target

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\nBonjour"


@contextmanager
def server(answers_by_connection: list[int]) -> Iterator[tuple[str, list[bytes]]]:
    """A server whose nth connection answers so many requests, then closes at the next one without a word."""
    received: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answers in answers_by_connection:
            connection, _ = listening.accept()
            with connection:
                for number in range(answers + 1):
                    asked = connection.recv(65536)
                    if not asked or number == answers:
                        break
                    received.append(asked.split(b" ", 1)[0])
                    connection.sendall(ANSWER)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", received
    finally:
        listening.close()


def browser(url: str, seen: list[Sample]) -> Browser:
    target = Target("bouchon", "local", {"portal": url})
    return Browser(target, ssl.create_default_context(), seen.append, "page", 0, 0, random.Random(1), Pace(0))


def test_a_form_is_sent_again_where_the_idle_connection_was_closed() -> None:
    """As browsers do, once; it is one request of one person."""
    seen: list[Sample] = []
    with server([1, 1]) as (url, received):
        visitor = browser(url, seen)
        page = visitor.open("portal", "/", "page")
        form = Form("", "post", "/", False, [])
        visitor.submit(page, form, Filled([("a", "b")], []), "envoi")
        visitor.close()
    assert received == [b"GET", b"POST"]
    assert [(sample.status, sample.problem) for sample in seen if sample.category == "envoi"] == [(200, "")]


def test_a_connection_that_never_answered_is_a_failure() -> None:
    """A server that hangs up on a first request did fail this person."""
    seen: list[Sample] = []
    with server([0, 0, 0]) as (url, _):
        visitor = browser(url, seen)
        with pytest.raises(JourneyFailed, match="closed"):
            visitor._visit("POST", f"{url}/", "envoi", b"a=b", "application/x-www-form-urlencoded")
        visitor.close()
    assert [sample.status for sample in seen if sample.category == "envoi"] == [0]
