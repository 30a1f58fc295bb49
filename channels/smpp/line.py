"""A connection of its own for sending, where this process does not hold the one that listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from channels.smpp.session import Away, Session

IDLE = 60.0
"""Seconds after which an unused connection is given back: operators count them."""


class Line:
    """Opened when it is needed; `close` ends it."""

    def __init__(self, open_session: Callable[[], Awaitable[Session]]) -> None:
        self._open = open_session
        self._lock = asyncio.Lock()
        self._session: Session | None = None
        self._holding: asyncio.Task[None] | None = None
        self._limit: asyncio.Timeout | None = None

    async def session(self) -> Session:
        """A live one. Raises Away, Refused."""
        async with self._lock:
            if self._session is None or not self._session.alive:
                await self._end()
                self._session = await self._open()
                self._holding = asyncio.create_task(self._hold(self._session))
            if self._limit is not None:
                self._limit.reschedule(asyncio.get_running_loop().time() + IDLE)
            return self._session

    async def _hold(self, session: Session) -> None:
        try:
            async with asyncio.timeout(IDLE) as self._limit:
                await session.run()
        except (Away, TimeoutError):
            return
        finally:
            self._limit = None
            await session.unbind()

    async def close(self) -> None:
        """Say good-bye and end the connection."""
        async with self._lock:
            if self._session is not None:
                await self._session.unbind()
            await self._end()

    async def _end(self) -> None:
        holding, self._holding, self._session = self._holding, None, None
        if holding is not None:
            holding.cancel()
            with suppress(asyncio.CancelledError):
                await holding
