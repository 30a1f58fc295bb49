"""Live events over a real Valkey."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from hub.live import RedisLive
from hub.ports.live import LiveEvent
from tests.support.stores import Valkey


async def published_until_heard(live: RedisLive, event: LiveEvent) -> LiveEvent | None:
    """Publish again and again until the listener, who comes in his own time, has it."""
    listener = asyncio.create_task(anext(aiter(live.listen())))
    async with asyncio.timeout(60):
        while not listener.done():
            await live.publish(event)
            await asyncio.sleep(0.01)
    return await listener


async def test_what_is_published_is_heard(redis: Redis) -> None:
    event = LiveEvent(case=7, version=3, what=["message"], group="north", people=["emma"])
    assert await published_until_heard(RedisLive(redis), event) == event


async def test_a_break_is_told_to_the_listener(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Valkey(tmp_path_factory.mktemp("own"))
    server.start()
    client = Redis.from_url(server.url)
    live = RedisLive(client)
    heard: list[LiveEvent | None] = []

    async def listen() -> None:
        async for event in live.listen():
            heard.append(event)

    listener = asyncio.create_task(listen())
    try:
        event = LiveEvent(case=1, version=1, what=["opened"])
        async with asyncio.timeout(60):
            while not heard:
                await live.publish(event)
                await asyncio.sleep(0.01)
            server.kill()
            await live.publish(event)
            await asyncio.to_thread(server.start)
            while None not in heard:
                await asyncio.sleep(0.01)
            count = len(heard)
            while len(heard) == count:
                await live.publish(event)
                await asyncio.sleep(0.01)
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        await client.aclose()
        server.kill()


async def test_a_cut_that_mends_itself_is_told_too(redis: Redis, redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    live = RedisLive(client)
    events = live.listen()
    event = LiveEvent(case=1, version=1, what=["opened"])
    assert await published_until_heard(live, event) == event
    first = asyncio.create_task(anext(aiter(events)))
    async with asyncio.timeout(60):
        while not first.done():
            await live.publish(event)
            await asyncio.sleep(0.01)
        await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        while await anext(aiter(events)) is not None:
            pass
    await client.aclose()
