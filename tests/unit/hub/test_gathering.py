"""What gathers is worked on together, once, and nothing of it is forgotten at a stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from hub.gathering import Gathering, packed


class Worker:
    def __init__(self) -> None:
        self.done: list[list[int]] = []
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()

    async def work(self, ids: Sequence[int]) -> None:
        self.begun.set()
        await self.gate.wait()
        self.done.append(list(ids))


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Gathering, Worker]]:
    worker = Worker()
    gathering = Gathering(worker.work, runners=1, most=3)
    gathering.start()
    yield gathering, worker
    worker.gate.set()
    await gathering.stop()


async def adding(gathering: Gathering, *groups: list[int]) -> list[asyncio.Task[list[int]]]:
    tasks = [asyncio.create_task(gathering.add(group)) for group in groups]
    await asyncio.sleep(0)
    return tasks


async def test_what_came_meanwhile_is_taken_together(pair: tuple[Gathering, Worker]) -> None:
    gathering, worker = pair
    first = await adding(gathering, [1])
    await worker.begun.wait()
    rest = await adding(gathering, [2, 3], [3, 4], [5])
    worker.gate.set()
    await asyncio.gather(*first, *rest)
    assert worker.done == [[1], [2, 3, 4], [5]]


async def test_what_is_added_during_its_work_is_worked_on_again(
    pair: tuple[Gathering, Worker],
) -> None:
    gathering, worker = pair
    first = await adding(gathering, [1])
    await worker.begun.wait()
    again = await adding(gathering, [1])
    worker.gate.set()
    await asyncio.gather(*first, *again)
    assert worker.done == [[1], [1]]


async def test_a_stop_finishes_what_was_begun_and_names_the_rest(
    pair: tuple[Gathering, Worker],
) -> None:
    gathering, worker = pair
    begun = await adding(gathering, [1])
    await worker.begun.wait()
    rest = await adding(gathering, [2], [3, 4])
    stopping = asyncio.create_task(gathering.stop())
    await asyncio.sleep(0)
    late = await adding(gathering, [5])
    worker.gate.set()
    await stopping
    assert await asyncio.gather(*begun, *rest, *late) == [[], [2], [3, 4], [5]]
    assert worker.done == [[1]]


async def test_nothing_to_do_is_done_at_once(pair: tuple[Gathering, Worker]) -> None:
    assert await pair[0].add([]) == []


async def test_what_was_added_together_stays_together_where_it_fits() -> None:
    assert list(packed([[1, 2], [3], [4, 5], [6]], 3)) == [[1, 2, 3], [4, 5, 6]]
    assert list(packed([[1, 2], [3, 4], [5]], 3)) == [[1, 2], [3, 4, 5]]
    assert list(packed([[1], [2, 3, 4, 5, 6, 7, 8], [9]], 3)) == [[1], [2, 3, 4], [5, 6, 7], [8, 9]]
    assert list(packed([[], []], 3)) == []
