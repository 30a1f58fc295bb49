"""Posts what it is given as fast as the other side takes it: ``python hammer.py PORT CONNECTIONS``.

Reads whole HTTP requests from stdin, each with its length before it, sends them over that many
kept connections, each waiting for its answer before the next, and prints seconds and statuses as
JSON. A program of its own, by path and over plain sockets, so that measuring costs as little as
possible beside what is measured.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import cast

import uvloop

BY_LENGTH = 4


def requests(raw: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(raw):
        size = int.from_bytes(raw[at : at + BY_LENGTH], "big")
        found.append(raw[at + BY_LENGTH : at + BY_LENGTH + size])
        at += BY_LENGTH + size
    return found


class Connection(asyncio.Protocol):
    """One kept connection; answers carry Content-Length."""

    def __init__(self, todo: list[bytes], times: list[float], statuses: dict[int, int]) -> None:
        self._todo = todo
        self._times = times
        self._statuses = statuses
        self._held = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def begin(self) -> None:
        if not self._todo:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self._sent = perf_counter()
        self._transport.write(self._todo.pop())

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, found, body = self._held.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) < length:
            return
        self._times.append(perf_counter() - self._sent)
        status = int(head[9:12])
        self._statuses[status] = self._statuses.get(status, 0) + 1
        self._held = b""
        self.begin()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError())


async def hammer(port: int, connections: int, todo: list[bytes]) -> dict[str, object]:
    todo.reverse()
    times: list[float] = []
    statuses: dict[int, int] = {}
    loop = asyncio.get_running_loop()
    opened = []
    for _ in range(connections):
        _, one = await loop.create_connection(
            lambda: Connection(todo, times, statuses), "127.0.0.1", port
        )
        opened.append(one)
    started = perf_counter()
    for one in opened:
        one.begin()
    await asyncio.gather(*(one.done for one in opened))
    return {"seconds": perf_counter() - started, "times": times, "statuses": statuses}


def main() -> None:
    todo = requests(sys.stdin.buffer.read())
    result = uvloop.run(hammer(int(sys.argv[1]), int(sys.argv[2]), todo))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
