"""Who has the app open, in a real Valkey; and when it is away."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from hub.presence import RedisPresence


async def test_who_came_is_there_until_they_leave_or_are_forgotten(redis: Redis) -> None:
    presence = RedisPresence(redis)
    assert not await presence.here("app:anna")
    await presence.arrive("app:anna", 60)
    assert await presence.here("app:anna")
    assert not await presence.here("app:boris")
    await presence.leave("app:anna")
    assert not await presence.here("app:anna")
    await presence.arrive("app:anna", 0.05)
    async with asyncio.timeout(60):
        while await presence.here("app:anna"):
            await asyncio.sleep(0.01)


async def test_a_mark_is_set_once_by_all_together(redis: Redis) -> None:
    presence = RedisPresence(redis)
    assert not await presence.marked("m")
    found = await asyncio.gather(*(presence.first("m", 60) for _ in range(20)))
    assert sorted(found) == [False] * 19 + [True]
    assert await presence.marked("m")


async def test_while_valkey_is_away_nobody_is_there_and_nothing_breaks() -> None:
    presence = RedisPresence(Redis(port=1, socket_connect_timeout=0.5))
    await presence.arrive("app:anna", 60)
    await presence.leave("app:anna")
    assert not await presence.here("app:anna")
    # A push that waited for a mark that nobody can set would wait for ever.
    assert not await presence.first("m", 60)
