"""A real mail server on the loopback: what a test asks of it, it does (accept, refuse, be out of order, wait)."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps the mails it accepted. ``down``: it greets with 421. ``refused``: addresses it answers 550 to."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.down = False
        self.refused: set[str] = set()
        self.receiving = threading.Event()
        """Set once a mail is being received."""
        self.answer = threading.Event()
        """A mail is acknowledged only while this is set."""
        self.answer.set()
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.server.connections += 1
        if self.server.down:
            self.say("421 out of order")
            return
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("DATA"):
                self.say("354 go on")
                self.receive()
            elif verb.startswith("RCPT") and any(address in line for address in self.server.refused):
                self.say("550 no such person here")
            elif verb.startswith("QUIT"):
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def receive(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.receiving.set()
        self.server.answer.wait(30)
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self.say("250 kept")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """One that listens until the end of the block."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.answer.set()
            server.shutdown()
            thread.join()
