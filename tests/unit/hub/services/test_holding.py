"""Lanes stay ours while we work on them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest

from hub.domain.errors import StoreDown
from hub.services.holding import Holding
from tests.support.memory.lanes import MemoryLanes
from tests.support.world import StoppedClock

SECONDS = 0.03


class Watched(MemoryLanes):
    """Counts how often it is asked; may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.away = False

    async def lease(
        self, lanes: Sequence[str], by: str, now: datetime, seconds: float
    ) -> list[str]:
        self.count += 1
        if self.away:
            raise StoreDown(what="lanes")
        return await super().lease(lanes, by, now, seconds)

    async def until(self, asked: int) -> None:
        async with asyncio.timeout(60):
            while self.count < asked:
                await asyncio.sleep(SECONDS / 10)


async def test_who_works_for_long_keeps_the_lanes_and_who_is_done_may_give_them_back() -> None:
    lanes, clock = Watched(), StoppedClock()
    holding = Holding(lanes, clock, SECONDS)
    assert await holding.lease(["a", "b"], "me") == ["a", "b"]
    async with holding.held(["a", "b"], "me"):
        for turn in range(3):
            await lanes.until(lanes.count + 2)
            clock.forward(seconds=SECONDS * 0.9)
            await lanes.until(lanes.count + 2)
            assert await lanes.lease(["a", "b"], "other", clock.now(), SECONDS) == [], turn
    count = lanes.count
    assert await lanes.free(["a", "b"], "me") == ["a", "b"]
    assert await holding.lease(["a"], "other") == ["a"]
    assert lanes.count == count + 1


async def test_a_store_of_leases_that_is_away_stops_no_work() -> None:
    lanes = Watched()
    holding = Holding(lanes, StoppedClock(), SECONDS)
    await holding.lease(["a"], "me")
    lanes.away = True
    async with holding.held(["a"], "me"):
        await lanes.until(3)
        lanes.away = False
        await lanes.until(5)


async def test_what_fails_ends_the_renewing() -> None:
    lanes = Watched()
    holding = Holding(lanes, StoppedClock(), SECONDS)
    with pytest.raises(ZeroDivisionError):
        async with holding.held(["a"], "me"):
            raise ZeroDivisionError
    assert [one for one in asyncio.all_tasks() if one is not asyncio.current_task()] == []
