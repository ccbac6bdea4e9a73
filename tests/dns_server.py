"""A real DNS server on the loopback (UDP), for what tests ask of resolvers."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.zone


class NameServer(socketserver.ThreadingUDPServer):
    """Answers for one zone, whose text may be changed under way. ``silent``: it answers nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        self.zone = ""
        self.silent = False
        super().__init__(("127.0.0.1", 0), _Question)

    @property
    def place(self) -> str:
        """``address:port``."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Question(socketserver.BaseRequestHandler):
    server: NameServer

    def handle(self) -> None:
        packet, socket = self.request
        if self.server.silent:
            return
        query = dns.message.from_wire(packet)
        asked = query.question[0]
        zone = dns.zone.from_text(self.server.zone, origin=dns.name.root, relativize=False, check_origin=False)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        node = zone.get_node(asked.name)
        found = zone.get_rrset(asked.name, asked.rdtype) if node else None
        if found is not None:
            answer.answer.append(found)
        elif node is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        socket.sendto(answer.to_wire(max_size=4096), self.client_address)


@contextmanager
def name_server() -> Iterator[NameServer]:
    """One that answers until the end of the block."""
    with NameServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
