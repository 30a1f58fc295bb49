"""What is part of a delivery's name lasts as long as something may come again under it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from channels.smpp import stretch
from channels.smpp.stretch import OLD, Stretches
from tests.support.memory.rest import MemoryMarks

NOW = datetime(2026, 11, 22, 10, 29, 59, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


async def begun(marks: MemoryMarks, clock: Clock) -> Stretches:
    made = Stretches("sms", marks, clock)
    await made.begin()
    return made


async def number(one: Stretches) -> int:
    async with one.under_way() as found:
        return found


async def test_who_comes_after_a_kill_goes_on_with_the_stretch_of_the_killed() -> None:
    """What was kept a second before five minutes were over came again after them, under another
    name, and stood twice."""
    marks, clock = MemoryMarks(), Clock()
    before = await number(await begun(marks, clock))
    clock.time += timedelta(seconds=20)
    assert await number(await begun(marks, clock)) == before


async def test_who_comes_much_later_begins_another_one() -> None:
    marks, clock = MemoryMarks(), Clock()
    before = await number(await begun(marks, clock))
    clock.time += OLD + timedelta(seconds=1)
    assert await number(await begun(marks, clock)) > before


async def test_another_one_begins_only_while_nothing_is_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stretch, "STRETCH", 0.0)
    monkeypatch.setattr(stretch, "GRACE", 0.0)
    marks, clock = MemoryMarks(), Clock()
    one = await begun(marks, clock)
    following = asyncio.create_task(one.follow())
    async with one.under_way() as before:
        while not one._turn.locked():
            await asyncio.sleep(0)
        mark = await marks.get("smpp:sms")
        assert mark is not None
        assert mark.place == before
        later = asyncio.create_task(number(one))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not later.done()
    assert await later > before
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_a_store_that_is_away_leaves_the_stretch_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stretch, "GRACE", 0.0)
    marks, clock = MemoryMarks(), Clock()
    one = await begun(marks, clock)
    before, asked = await number(one), asyncio.Event()

    async def put(_: object) -> None:
        asked.set()
        raise ConnectionError

    monkeypatch.setattr(marks, "put", put)
    clock.time += timedelta(seconds=stretch.STRETCH)
    following = asyncio.create_task(one.follow())
    await asked.wait()
    assert await number(one) == before
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
