"""The task engine: taskiq over Redis Streams. Messages carry ids only; MongoDB holds the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from hub.wakeups import TOGETHER, Line

__all__ = ["TOGETHER", "RedisEngine"]

STREAM = "hub:work"
TAKES, DRAINS, POSTS = 8, 48, 32
"""Messages one process works on at a time. Each kind has a stream of its own: a provider that
hangs holds up what is sent, never what comes in."""

Lanes = Callable[[Sequence[str]], Awaitable[None]]
Numbers = Callable[[Sequence[int]], Awaitable[None]]


class RedisEngine:
    """Kicks work and, where `start_worker` was called, does it.

    A kick neither raises nor waits: when Redis is away, the sweeper finds what was not kicked.
    """

    def __init__(self, url: str, *, stream: str = STREAM) -> None:
        self.stream = stream
        self._take = Line(url, f"{stream}:take", TAKES, gather=True)
        self._drain = Line(url, f"{stream}:drain", DRAINS)
        self._post = Line(url, f"{stream}:post", POSTS)
        self._lines = (self._take, self._drain, self._post)

    def register(self, *, take: Lanes, drain: Numbers, post: Lanes) -> None:
        """Say who does the work in this process."""
        self._take.handler, self._drain.handler, self._post.handler = take, drain, post

    async def take(self, lanes: Iterable[str]) -> None:
        """Something was kept in these lanes."""
        self._take.kick(lanes)

    async def drain(self, numbers: Iterable[int]) -> None:
        """These cases have something due in their outbox."""
        self._drain.kick(numbers)

    async def post(self, recipients: Iterable[str]) -> None:
        """Letters wait for these recipients."""
        self._post.kick(recipients)

    async def start_worker(self) -> None:
        """Begin to read the streams; goes on by itself when Redis was away or lost its data."""
        for line in self._lines:
            line.start()

    async def stop(self) -> None:
        """Read no more, finish what was begun."""
        await asyncio.gather(*(line.stop() for line in self._lines))

    async def close(self) -> None:
        """Stop, send the kicks that still wait, give connections back."""
        await asyncio.gather(*(line.close() for line in self._lines))
