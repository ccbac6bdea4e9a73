"""A telephone's network, made between the generator and the platform: delay and rate, in user space.

    python -m loadtests.slow_network 127.0.10.1:443 --delay 150 --kbit 1600

A relay rather than netem in a network namespace: it needs no root and no kernel module (many virtual machines have
none), and TLS still goes end to end. What it cannot show: lost packets, and TCP's slow start over the long way.
`delay` is a round trip, in milliseconds; each connection has the whole rate, both ways.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from infra.state import SOURCE_DIRECTORY

CHUNK = 4096


class Way:
    """One direction of one connection: what goes in comes out later, at the line's rate."""

    def __init__(self, delay: float, bytes_per_second: float) -> None:
        self._delay, self._rate = delay, bytes_per_second
        self._free_at = 0.0
        self._queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=1000)

    async def take(self, reader: asyncio.StreamReader) -> None:
        """Read, and say when each piece has crossed; an empty piece is the end."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                piece = await reader.read(CHUNK)
            except OSError:  # the other end hung up: for this one it is the end
                piece = b""
            now = loop.time()
            # The line is busy for as long as the piece takes; the way takes its delay besides.
            self._free_at = max(self._free_at, now) + len(piece) / self._rate
            await self._queue.put((self._free_at + self._delay, piece))
            if not piece:
                return

    async def give(self, writer: asyncio.StreamWriter) -> None:
        """Hand over each piece at its moment."""
        loop = asyncio.get_running_loop()
        while True:
            moment, piece = await self._queue.get()
            await asyncio.sleep(max(moment - loop.time(), 0))
            if not piece:
                with suppress(OSError):
                    writer.write_eof()
                return
            writer.write(piece)
            await writer.drain()


async def serve(host: str, port: int, delay: float, bytes_per_second: float) -> None:
    """Relay every connection to `host`, and print the port that was taken."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The handshake of TCP itself costs a round trip.
        await asyncio.sleep(delay)
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        there, back = Way(delay / 2, bytes_per_second), Way(delay / 2, bytes_per_second)
        ways = (there.take(reader), there.give(far_writer), back.take(far_reader), back.give(writer))
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, far_writer):
            with suppress(OSError):
                end.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def running(to: str, delay_ms: float, kbit: float) -> Iterator[str]:
    """A relay in a process of its own, for the time of a run; its address."""
    command = [sys.executable, "-m", "loadtests.slow_network", to, "--delay", str(delay_ms), "--kbit", str(kbit)]
    with subprocess.Popen(command, cwd=SOURCE_DIRECTORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - asked for above
            yield f"127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def main() -> None:
    """Relay until told to stop."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("to", help="ADDRESS:PORT")
    parser.add_argument("--delay", type=float, required=True, help="round trip, ms")
    parser.add_argument("--kbit", type=float, required=True, help="rate, kbit/s")
    asked = parser.parse_args()
    host, _, port = asked.to.rpartition(":")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(host, int(port), asked.delay / 1000, asked.kbit * 1000 / 8))


if __name__ == "__main__":
    main()
