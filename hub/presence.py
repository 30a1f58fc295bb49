"""Which residents have the app open, in Redis: forgotten by itself, and no promise while it is
away."""

from __future__ import annotations

import asyncio
import math

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PREFIX = "hub:app"
PATIENCE = 1.0
BROKEN = (RedisError, OSError, TimeoutError)


class RedisPresence:
    """See hub.ports.residentapp.Presence."""

    def __init__(self, redis: Redis, *, prefix: str = PREFIX) -> None:
        self._redis = redis
        self._prefix = prefix

    async def here(self, name: str) -> bool:
        """Whether they are known to be there."""
        return await self._stands(f"here:{name}")

    async def arrive(self, name: str, seconds: float) -> None:
        """They are there for so long."""
        await self._set(f"here:{name}", seconds, new=False)

    async def leave(self, name: str) -> None:
        """They are gone."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._redis.delete(f"{self._prefix}:here:{name}")
        except BROKEN as error:
            log.warning("presence.leave", error=type(error).__name__)

    async def first(self, mark: str, seconds: float) -> bool:
        """Set a mark; False when it stood already, or cannot be set."""
        return await self._set(f"mark:{mark}", seconds, new=True)

    async def marked(self, mark: str) -> bool:
        """Whether the mark stands."""
        return await self._stands(f"mark:{mark}")

    async def _set(self, name: str, seconds: float, *, new: bool) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                done = await self._redis.set(
                    f"{self._prefix}:{name}", b"1", px=math.ceil(seconds * 1000), nx=new
                )
        except BROKEN as error:
            log.warning("presence.set", error=type(error).__name__)
            return False
        return bool(done)

    async def _stands(self, name: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                return bool(await self._redis.exists(f"{self._prefix}:{name}"))
        except BROKEN as error:
            log.warning("presence.look", error=type(error).__name__)
            return False
