"""Ids that wait in a process until somebody works on them, together with what came meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any


def packed(groups: Iterable[Sequence[Any]], most: int) -> Iterator[list[Any]]:
    """All ids of the groups in lists of at most so many. A group stays together where it fits into
    one list: what was kept together is also quickest taken together."""
    held: list[Any] = []
    for group in groups:
        if held and len(held) + len(group) > most:
            yield held
            held = []
        held = [*held, *group]
        while len(held) > most:
            yield held[:most]
            held = held[most:]
    if held:
        yield held


class Gathering:
    """`runners` tasks take what has gathered, up to `most` ids each, and hand it to `work`; what
    was added together stays together where it fits.

    An id that is added again before anybody began with it is worked on once; one that is added
    during its work is worked on again.
    """

    def __init__(
        self, work: Callable[[Sequence[Any]], Awaitable[None]], runners: int, most: int
    ) -> None:
        self._work = work
        self._count = runners
        self._most = most
        self._waiting: dict[Any, asyncio.Future[bool]] = {}
        self._groups: list[list[Any]] = []
        self._more = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work."""
        self._stopping = False
        self._tasks = [asyncio.create_task(self._run()) for _ in range(self._count)]

    async def add(self, ids: Sequence[Any]) -> list[Any]:
        """Wait until these were worked on; returns those that will not be, since it stops."""
        if self._stopping or not ids:
            return list(ids)
        loop = asyncio.get_running_loop()
        self._groups.append([one for one in dict.fromkeys(ids) if one not in self._waiting])
        futures = {one: self._waiting.setdefault(one, loop.create_future()) for one in ids}
        self._more.set()
        await asyncio.wait(set(futures.values()))
        return [one for one, future in futures.items() if not future.result()]

    async def stop(self) -> None:
        """Finish what was begun; who added the rest hears that it was not."""
        self._stopping = True
        left, self._waiting, self._groups = self._waiting, {}, []
        for future in left.values():
            future.set_result(False)
        self._more.set()
        await asyncio.gather(*self._tasks)
        self._tasks = []

    async def _run(self) -> None:
        while not self._stopping:
            await self._more.wait()
            parts = list(packed(self._groups, self._most))
            some, self._groups = (parts[0], parts[1:]) if parts else ([], [])
            futures = [self._waiting.pop(one) for one in some]
            if not self._waiting and not self._stopping:
                self._more.clear()
            if not some:
                continue
            try:
                await self._work(some)
            finally:
                for future in futures:
                    future.set_result(True)
