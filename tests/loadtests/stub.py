"""A server that answers at once, except when it stops for a while: what the meter is checked against.

    python tests/loadtests/stub.py PERIOD STALL      # every PERIOD seconds, everything stops for STALL seconds

It prints its port. One thread and one loop, as a single-process server: during a stall nothing is accepted.
"""

from __future__ import annotations

import asyncio
import sys
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<p>Bonjour\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each request of a connection."""
    while await reader.readline():
        while (await reader.readline()).strip():
            pass
        writer.write(ANSWER)
        await writer.drain()
    writer.close()


async def serve(period: float, stall: float) -> None:
    """Serve, and block the whole loop for `stall` seconds in the middle of each period."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    while True:
        await asyncio.sleep((period - stall) / 2)
        time.sleep(stall)
        await asyncio.sleep((period - stall) / 2)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), float(sys.argv[2])))
