"""The stores that come with the hub, for trying it and for small offices at their own risk.

``async with stores(settings) as urls`` gives the addresses of both stores: those of the settings
where they are set, else those of embedded stores under ``data_dir``. Commands beside a running hub
find its stores; without one they start their own for as long as they run.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hub.embedded.child import StoreFailed
from hub.embedded.keeper import Keeper
from hub.embedded.programs import NotInstalled
from hub.settings import Settings

__all__ = ["NotInstalled", "StoreFailed", "Urls", "stores"]


@dataclass(frozen=True)
class Urls:
    """Addresses with their passwords: never to be logged."""

    mongo: str = field(repr=False)
    redis: str = field(repr=False)
    embedded: frozenset[str] = frozenset()


@asynccontextmanager
async def stores(settings: Settings) -> AsyncIterator[Urls]:
    """Whoever is here takes the stores over when their owner ends: a command may be halfway.

    Raises :class:`NotInstalled`, :class:`StoreFailed`, or ``TimeoutError`` when another process
    owns the stores and they do not answer.
    """
    mongo, redis = settings.mongo_url, settings.redis_url
    wanted = {"mongo"} if mongo is None else set()
    if redis is None:
        wanted.add("redis")
    if not wanted:
        assert mongo is not None
        assert redis is not None
        yield Urls(mongo.get_secret_value(), redis.get_secret_value())
        return
    keeper = Keeper(settings.data_dir, frozenset(wanted))
    record = await keeper.begin()
    keeping = asyncio.create_task(keeper.keep())
    try:
        yield Urls(
            mongo.get_secret_value() if mongo else record.mongo_url,
            redis.get_secret_value() if redis else record.redis_url,
            frozenset(wanted),
        )
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await keeper.end()
