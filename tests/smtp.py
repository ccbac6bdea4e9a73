"""A real mail server that does what a test asks: accept, refuse, be out of order, wait, want TLS and an account.

Needs nothing but Python: tests also run it on hosts, as a relay (see `main`).
"""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps the mails it accepted. ``refused``: addresses it answers 550 to.

    ``down``: it says 421 and hangs up, to who connects as to who had kept a connection.
    ``tls``: it wants TLS, from the first byte where ``implicit``. ``account``: ``user:password`` that it wants.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self,
        place: tuple[str, int] = ("127.0.0.1", 0),
        tls: ssl.SSLContext | None = None,
        *,
        implicit: bool = False,
        account: str = "",
    ) -> None:
        self.tls, self.implicit, self.account = tls, implicit, account
        self.folder: Path | None = None
        """Where mails are also written, one file each, for who is not in this process."""
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.senders: list[str] = []
        """Of their envelopes."""
        self.connections = 0
        self.down = False
        self.refused: set[str] = set()
        self.receiving = threading.Event()
        """Set once a mail is being received."""
        self.answer = threading.Event()
        """A mail is acknowledged only while this is set."""
        self.answer.set()
        super().__init__(place, _Session)

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
        self.secret, self.known, self.sender = False, not self.server.account, ""
        self.recipient = ""
        if self.server.implicit:
            self.encrypt()
        if self.server.down:
            self.say("421 out of order")
            return
        self.say("220 relay.test ready")
        while line := self.rfile.readline().decode().strip():
            if self.server.down:
                self.say("421 out of order")
                return
            if not self.answered(line):
                return

    def answered(self, line: str) -> bool:
        """Answer a command; whether the session goes on."""
        verb = line.upper()
        if verb.startswith("EHLO"):
            offers = ["relay.test", "8BITMIME"]
            offers += ["STARTTLS"] if self.server.tls and not self.secret else []
            offers += ["AUTH PLAIN"] if self.server.account and self.secret else []
            for offer in offers[:-1]:
                self.say(f"250-{offer}")
            self.say(f"250 {offers[-1]}")
        elif verb.startswith("STARTTLS") and self.server.tls:
            self.say("220 go on")
            self.encrypt()
        elif verb.startswith("AUTH PLAIN"):
            said = base64.b64decode(line.split()[2]).decode().split("\0")
            self.known = ":".join(said[1:]) == self.server.account
            self.say("235 welcome" if self.known else "535 5.7.8 wrong password")
        elif verb.startswith("QUIT"):
            with contextlib.suppress(OSError):  # some do not wait for the answer
                self.say("221 bye")
            return False
        elif self.server.tls and not self.secret:
            self.say("530 5.7.0 TLS first")
        elif verb.startswith(("MAIL", "RCPT", "DATA")) and not self.known:
            self.say("530 5.7.0 account first")
        elif verb.startswith("MAIL"):
            self.sender = line.partition("<")[2].partition(">")[0]
            self.say("250 ok")
        elif verb.startswith("DATA"):
            self.say("354 go on")
            self.receive()
        elif verb.startswith("RCPT") and any(address in line for address in self.server.refused):
            self.say("550 5.1.1 no such person here")
        else:
            if verb.startswith("RCPT"):
                self.recipient = line.partition("<")[2].partition(">")[0]
            self.say("250 ok")
        return True

    def encrypt(self) -> None:
        assert self.server.tls is not None
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")  # type: ignore[assignment]
        self.wfile = self.connection.makefile("wb", buffering=0)  # type: ignore[assignment]
        self.secret = True

    def receive(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.receiving.set()
        self.server.answer.wait(30)
        if self.server.folder is not None:
            rank = len(self.server.raw)
            (self.server.folder / f"{rank}.sender").write_text(self.sender)
            (self.server.folder / f"{rank}.to").write_text(self.recipient)
            (self.server.folder / f"{rank}.new").write_bytes(b"".join(lines))
            (self.server.folder / f"{rank}.new").rename(self.server.folder / f"{rank}.eml")
        self.server.senders.append(self.sender)
        self.server.raw.append(b"".join(lines))
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self.say("250 kept")


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, account: str = ""
) -> Iterator[MailServer]:
    """One that listens until the end of the block."""
    with MailServer(tls=tls, implicit=implicit, account=account) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.answer.set()
            server.shutdown()
            thread.join()


def main(folder: str, port: str, certificate: str, key: str, account: str, refused: str) -> None:
    """Be a relay that wants STARTTLS and an account, until stopped."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with MailServer(("", int(port)), context, account=account) as server:
        server.folder = Path(folder)
        server.refused = {refused}
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
