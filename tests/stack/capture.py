"""What a host sees pass on the network, kept in its memory for the time of a check and searched there."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from testinfra.host import Host

from tests.stack.waiting import wait_until

LIMIT_BYTES = 64 * 2**20
"""Beyond, a capture says that it is full: what it did not see proves nothing."""

# Every packet but those of the loopback, in /run (memory), readable by root alone.
_CAPTURE = """
import os, pathlib, socket, sys
folder, limit = pathlib.Path(sys.argv[1]), int(sys.argv[2])
os.umask(0o077)
folder.mkdir()
every = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
every.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**24)
with open(folder / "packets", "wb", buffering=0) as packets:
    (folder / "begun").touch()
    while True:
        packet, (interface, *_) = every.recvfrom(2**17)
        if interface == "lo":
            continue
        if packets.tell() + len(packet) > limit:
            (folder / "full").touch()
            break
        packets.write(packet)
"""
_SEARCH = """
import pathlib, sys
packets = pathlib.Path(sys.argv[1], "packets").read_bytes()
for mark in sys.argv[2:]:
    print(int(mark.encode() in packets))
"""


class Capture:
    """One for several hosts."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._hosts = list(hosts)
        self.unit = f"gru-test-{secrets.token_hex(4)}"
        self.folder = f"/run/{self.unit}"

    def saw(self, mark: str) -> bool:
        """Whether these characters passed as they are before a host. Raises AssertionError when a capture is full."""
        assert len(mark) >= 8, "what is shorter is anywhere"
        found = False
        for host in self._hosts:
            assert not host.file(f"{self.folder}/full").exists, "la capture est pleine : réessayez à une heure calme"
            found |= host.check_output("python3 -c %s %s %s", _SEARCH, self.folder, mark) == "1"
        return found


@contextmanager
def capture(*hosts: Host) -> Iterator[Capture]:
    """Keep what passes before these hosts while the block lasts; nothing of it stays."""
    made = Capture(hosts)
    program = f"import base64; exec(base64.b64decode('{base64.b64encode(_CAPTURE.encode()).decode()}'))"
    with ExitStack() as opened:
        for host in hosts:
            opened.callback(host.run, f"systemctl stop {made.unit}; rm -rf {made.folder}")
            host.check_output(
                f'systemd-run --unit {made.unit} --collect python3 -c "{program}" {made.folder} {LIMIT_BYTES}'
            )
        for host in hosts:
            wait_until(lambda one=host: one.file(f"{made.folder}/begun").exists, "la capture commence")  # type: ignore[misc]
        yield made
