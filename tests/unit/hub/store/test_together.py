"""What is asked while a call is under way goes together, and nobody's is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hub.store.together import Together


class Calls:
    """Doubles numbers when the gate is open; 13 breaks the call."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked: list[list[int]] = []

    async def __call__(self, numbers: Sequence[int]) -> Sequence[int]:
        self.asked.append(list(numbers))
        await self.gate.wait()
        if 13 in numbers:
            raise ValueError("13")
        return [number * 2 for number in numbers]


@pytest.fixture
def calls() -> Calls:
    return Calls()


async def asking(together: Together[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(together.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_meanwhile_goes_together(calls: Calls) -> None:
    tasks = await asking(together := Together(calls), 1)
    tasks += await asking(together, 2, 3, 2)
    calls.gate.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 4]
    assert calls.asked == [[1], [2, 3, 2]]


async def test_what_a_call_raises_all_of_it_raise_and_the_next_goes_on(calls: Calls) -> None:
    tasks = await asking(together := Together(calls), 1)
    tasks += await asking(together, 2, 13)
    calls.gate.set()
    first, *rest = await asyncio.gather(*tasks, return_exceptions=True)
    assert first == 2
    assert [type(one) for one in rest] == [ValueError, ValueError]
    assert await together.ask(4) == 8


async def test_who_is_cancelled_while_calling_leaves_the_others_to_the_next(calls: Calls) -> None:
    (first,) = await asking(together := Together(calls), 1)
    second, third = await asking(together, 2, 3)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    calls.gate.set()
    assert list(await asyncio.gather(second, third)) == [4, 6]
    assert calls.asked == [[1], [2, 3]]


async def test_who_is_cancelled_while_waiting_is_not_asked_for(calls: Calls) -> None:
    (first,) = await asking(together := Together(calls), 1)
    second, third = await asking(together, 2, 3)
    second.cancel()
    calls.gate.set()
    assert list(await asyncio.gather(first, third)) == [2, 6]
    assert calls.asked == [[1], [3]]


async def test_a_cancelled_caller_in_a_group_that_went_harms_nobody(calls: Calls) -> None:
    (first,) = await asking(together := Together(calls), 1)
    second, third = await asking(together, 2, 3)
    calls.gate.set()
    await first
    third.cancel()
    assert await second == 4
    with pytest.raises(asyncio.CancelledError):
        await third
