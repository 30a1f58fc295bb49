"""The stretch of time that is part of a delivery's name: the same for who goes on after a kill.

A clock alone cannot say it: what was kept just before a stretch ended, and was never answered,
would come again in the next one under another name. So the stretch is written down, and another one
begins only while nothing is under way, and not soon after somebody bound: what a process left
unanswered comes again in the stretch in which it was kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from hub.ports.clock import Clock
from hub.ports.marks import Mark, Marks

log = structlog.get_logger(__name__)

STRETCH = 300.0
"""Seconds."""
GRACE = 60.0
"""Seconds after a bind in which a centre delivers again what was not answered."""
OLD = timedelta(seconds=2 * STRETCH)
"""Whoever comes later begins another one."""


class Stretches:
    """Of one account. Without `marks` it is forgotten with the process."""

    def __init__(self, account: str, marks: Marks | None, clock: Clock) -> None:
        self._name = f"smpp:{account}"
        self._marks = marks
        self._clock = clock
        self._mark: Mark | None = None
        self._turn = asyncio.Lock()
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def begin(self) -> None:
        """Go on where the last process was; needed once, before anything is delivered. Raises what
        the store raises."""
        if self._mark is not None:
            return
        found = await self._marks.get(self._name) if self._marks else None
        if found is None or self._clock.now() - found.at > OLD:
            found = await self._next(found)
        self._mark = found

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[int]:
        """The stretch, which lasts until what is named by it was kept."""
        async with self._turn:
            assert self._mark is not None
            number = self._mark.place
            self._under_way += 1
            self._idle.clear()
        try:
            yield number
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def follow(self) -> None:
        """Run beside a connection: begin another stretch when the last one is long enough."""
        while True:
            assert self._mark is not None
            lasted = (self._clock.now() - self._mark.at).total_seconds()
            await asyncio.sleep(max(GRACE, STRETCH - lasted))
            async with self._turn:
                # What comes meanwhile waits for its name.
                await self._idle.wait()
                try:
                    self._mark = await self._next(self._mark)
                except Exception as error:
                    log.warning("smpp.stretch", mark=self._name, error=type(error).__name__)

    async def _next(self, last: Mark | None) -> Mark:
        now = self._clock.now()
        place = max(int(now.timestamp()), last.place + 1 if last else 0)
        mark = Mark(id=self._name, scope="stretch", place=place, at=now)
        if self._marks is not None:
            await self._marks.put(mark)
        return mark
