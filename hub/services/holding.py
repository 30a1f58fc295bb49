"""Lanes stay ours for as long as the work on them lasts, and not long after a process died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from hub.domain.errors import StoreDown
from hub.ports.clock import Clock
from hub.ports.lanes import Lanes

log = structlog.get_logger()


class Holding:
    """Leases of `seconds`, renewed when a third of that is over."""

    def __init__(self, lanes: Lanes, clock: Clock, seconds: float) -> None:
        self._lanes = lanes
        self._clock = clock
        self._seconds = seconds

    async def lease(self, lanes: Sequence[str], me: str) -> list[str]:
        """Those of the lanes that are ours now."""
        return await self._lanes.lease(lanes, me, self._clock.now(), self._seconds)

    @asynccontextmanager
    async def held(self, lanes: Sequence[str], me: str) -> AsyncIterator[None]:
        """Nobody else takes these lanes, which are ours, until the block is left; they are not
        given back with it."""
        done = asyncio.Event()
        renewing = asyncio.create_task(self._renew(lanes, me, done))
        try:
            yield
        finally:
            done.set()
            await asyncio.shield(renewing)

    async def _renew(self, lanes: Sequence[str], me: str, done: asyncio.Event) -> None:
        while True:
            try:
                async with asyncio.timeout(self._seconds / 3):
                    await done.wait()
                return
            except TimeoutError:
                pass
            try:
                await self.lease(lanes, me)
            except StoreDown:
                # Whoever takes them meanwhile does the same work: that harms nothing.
                log.warning("lanes.not_renewed", lanes=len(lanes))
