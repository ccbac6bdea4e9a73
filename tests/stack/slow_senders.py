"""People who send a request one byte at a time, and a site with as few places as ours where none runs."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from testinfra.host import Host

from tests.stack.waiting import wait_until

PACE_SECONDS = 1
OWN_PORT = 18000

# Eight places, as two workers of four threads: whoever gets one keeps it until its body is whole.
_SITE = """
import http.server, socketserver, sys, threading
places = threading.BoundedSemaphore(8)
class Page(http.server.BaseHTTPRequestHandler):
    def answer(self):
        with places:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("X-Received", str(len(body)))
        self.end_headers()
    do_GET = do_POST = answer
    def log_message(self, *words): pass
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
"""


@contextmanager
def stand_in(front: Host, site: str, address: str, port: int) -> Iterator[None]:
    """Put, for a while, a site with eight places on the front's loopback in the place of one that no host carries.

    `site` is a backend of the front, `address` and `port` are where its first server was. It has no certificate of that
    host: the front is told to do without for the while.
    """
    unit = f"gru-test-{site}"
    encoded = base64.b64encode(_SITE.encode()).decode()
    program = f"import base64; exec(base64.b64decode('{encoded}'))"
    front.check_output(f'systemd-run --unit {unit} --collect python3 -c "{program}" {OWN_PORT}')
    try:
        wait_until(
            lambda: front.socket(f"tcp://127.0.0.1:{OWN_PORT}").is_listening,
            f"le site d'essai écoute à la place de {site}",
        )
        _at(front, site, "127.0.0.1", OWN_PORT)
        for words in ("disable health {}", "set server {} ssl off", "set server {} health up"):
            _asked(front, words.format(f"{site}/{site}1"))
        assert is_up(front, site)
        yield
    finally:
        front.run(f"systemctl stop {unit}")
        _at(front, site, address, port)
        for words in ("set server {} health down", "set server {} ssl on", "enable health {}"):
            _asked(front, words.format(f"{site}/{site}1"))


def is_up(front: Host, site: str) -> bool:
    """Whether the front counts a server of that site as well."""
    return _asked(front, f"show servers state {site}").splitlines()[2].split()[5] == "2"


def _at(front: Host, site: str, address: str, port: int) -> None:
    _asked(front, f"set server {site}/{site}1 addr {address} port {port}")


def _asked(front: Host, command: str) -> str:
    program = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect('/run/haproxy/admin.sock');"
        "s.sendall(sys.argv[1].encode() + b'\\n'); print(s.makefile().read())"
    )
    return front.check_output("python3 -c %s %s", program, command).strip()


@contextmanager
def slow_senders(
    place: tuple[str, int], trust: str, head: dict[str, str], count: int, *, size: int, begun: int
) -> Iterator[list[ssl.SSLSocket]]:
    """Open `count` connections that each announce `size` bytes, send `begun` of them, then one each second.

    `place` is the front's address and port, `trust` its authority's file; `head` has Host, and the path under "path".
    """
    context = ssl.create_default_context(cafile=trust)
    fields = {name: value for name, value in head.items() if name != "path"} | {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(size),
    }
    lines = [f"POST {head['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    over = threading.Event()
    with ExitStack() as opened:
        senders = []
        for _ in range(count):
            plain = socket.create_connection(place, timeout=20)
            sender = opened.enter_context(context.wrap_socket(plain, server_hostname=head["Host"].partition(":")[0]))
            sender.sendall("\r\n".join(lines).encode() + b"a" * begun)
            senders.append(sender)
        dripping = threading.Thread(target=_drip, args=(senders, over))
        dripping.start()
        try:
            yield senders
        finally:
            over.set()
            dripping.join()


def _drip(senders: list[ssl.SSLSocket], over: threading.Event) -> None:
    while not over.wait(PACE_SECONDS):
        for sender in senders:
            try:
                sender.sendall(b"a")
            except OSError:
                continue  # the front has had enough of this one


def answer_of(sender: ssl.SSLSocket) -> str:
    """First line of what a sender is answered."""
    answer: Any = sender.recv(200).decode(errors="replace")
    return str(answer).partition("\r\n")[0]
