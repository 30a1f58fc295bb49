"""Who takes what was kept in a lane: the twin and Redis promise the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from hub.domain.errors import StoreDown
from hub.lanes import RedisLanes
from hub.ports.lanes import Lanes
from tests.support.memory.lanes import MemoryLanes

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(seconds: float = 0) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture(params=["memory", "redis"])
def lanes(request: pytest.FixtureRequest, redis: Redis) -> Lanes:
    return MemoryLanes() if request.param == "memory" else RedisLanes(redis)


async def test_a_lane_has_one_taker_at_a_time(lanes: Lanes) -> None:
    assert await lanes.lease(["a", "b"], "one", at(), 60) == ["a", "b"]
    assert await lanes.lease(["b", "c"], "two", at(1), 600) == ["c"]
    assert await lanes.lease(["a"], "one", at(30), 60) == ["a"]
    assert await lanes.lease(["a", "b"], "two", at(61), 60) == ["b"]
    await lanes.free(["a", "c"], "one")
    assert await lanes.lease(["a", "c"], "three", at(62), 60) == ["a"]
    assert await lanes.lease([], "three", at(62), 60) == []


async def test_of_many_takers_one_gets_the_lane(lanes: Lanes) -> None:
    for word, when in (("t", at()), ("u", at(100))):
        won = await asyncio.gather(
            *(lanes.lease(["a", "b"], f"{word}{n}", when, 60) for n in range(8))
        )
        assert sorted(lane for some in won for lane in some) == ["a", "b"]


async def test_a_taker_hears_that_another_asked_for_its_lane(lanes: Lanes) -> None:
    await lanes.lease(["a", "b", "c"], "one", at(), 60)
    assert await lanes.lease(["b", "d"], "two", at(), 60) == ["d"]
    assert await lanes.free(["a", "b"], "one") == ["b"]
    assert await lanes.free(["a", "b"], "one") == []
    assert await lanes.lease(["b"], "one", at(), 60) == ["b"]
    assert await lanes.free(["b", "c", "d"], "one") == []
    assert await lanes.free(["d"], "two") == []


async def test_what_was_asked_is_kept_when_a_lease_is_made_longer(lanes: Lanes) -> None:
    await lanes.lease(["a"], "one", at(), 60)
    await lanes.lease(["a"], "two", at(1), 60)
    assert await lanes.lease(["a"], "one", at(20), 60) == ["a"]
    assert await lanes.free(["a"], "one") == ["a"]


async def test_a_lease_goes_from_redis_by_itself(redis: Redis) -> None:
    await RedisLanes(redis, prefix="own").lease(["a"], "one", at(), 60)
    assert 60_000 < await redis.pttl("own:a") <= 120_000


async def test_without_redis_nobody_can_say_who_has_a_lane() -> None:
    lanes = RedisLanes(Redis(port=1, socket_connect_timeout=0.5))
    with pytest.raises(StoreDown):
        await lanes.lease(["a"], "one", at(), 60)
    with pytest.raises(StoreDown):
        await lanes.free(["a"], "one")
