"""What open pages hear at once, over Redis pub/sub: after a break a page asks again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.ports.live import LiveEvent

log = structlog.get_logger(__name__)

CHANNEL = "hub:live"
PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
PATIENCE = 0.5
"""Seconds for which a saved change waits to be told."""
QUIET = 20.0
"""Seconds without a word after which the connection is asked whether it lives."""


class RedisLive:
    """Publishes and listens; several hubs on one Redis need a `channel` each."""

    def __init__(self, redis: Redis, *, channel: str = CHANNEL) -> None:
        self._redis = redis
        self._channel = channel
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(LiveEvent).decode

    async def publish(self, event: LiveEvent) -> None:
        """Tell everybody; nobody is told when Redis is away."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._redis.publish(self._channel, self._encode(event))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("live.publish", error=type(error).__name__)

    async def listen(self) -> AsyncIterator[LiveEvent | None]:
        """Yield events; None after every break of the connection."""
        tries = 0
        heard = False
        while True:
            try:
                async with self._redis.pubsub() as sub:
                    await sub.subscribe(self._channel)
                    while True:
                        said = await sub.get_message(timeout=QUIET)
                        if said is None:
                            await sub.ping()
                        elif said["type"] == "subscribe":
                            # The library may have subscribed anew by itself.
                            if heard or tries:
                                yield None
                            heard, tries = True, 0
                        elif said["type"] == "message":
                            yield self._decode(said["data"])
            except (RedisError, OSError) as error:
                log.warning("live.listen", error=type(error).__name__)
                await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
