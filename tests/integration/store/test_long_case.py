"""A case of ten thousand messages opens as quickly as one of fifty."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable
from time import perf_counter

from hub.store.store import Store
from tests.contract.store.samples import at, case, message

LONG, SHORT = 10_000, 50
TIMES = 15
SLOWER = 25.0
"""Who looks at every message takes two hundred times as long. A grown document holds up to three
times the entries of the short one; the rest is left to a busy machine."""


async def grow(store: Store, number: int, count: int) -> None:
    mine = case(number, message(f"{number}:0"))
    await store.cases.open(mine, "open")
    for start in range(1, count, 50):
        for n in range(start, min(start + 50, count)):
            mine.receive(message(f"{number}:{n}", "Опять нет воды", seconds=n), at(n))
        await store.cases.save(mine, f"op{start}")


async def compared(what: Callable[[int], Awaitable[object]]) -> float:
    """How many times longer it takes with the long case; both measured in turns."""
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(TIMES):
        for number in (1, 2):
            started = perf_counter()
            await what(number)
            times[number].append(perf_counter() - started)
    return statistics.median(times[2]) / statistics.median(times[1])


async def test_ten_thousand_messages_open_as_quickly_as_fifty(store: Store) -> None:
    await grow(store, 1, SHORT)
    await grow(store, 2, LONG)
    found = await store.cases.get(2)
    assert found is not None
    assert found.seqs == LONG
    assert found.pages > 50

    async def comment(number: int) -> None:
        mine = await store.cases.get(number)
        assert mine is not None
        mine.unread += 1
        await store.cases.save(mine, f"look{mine.rev}")

    assert await compared(store.cases.get) < SLOWER
    assert await compared(lambda number: store.cases.thread(number, None, SHORT)) < SLOWER
    assert await compared(comment) < SLOWER
    newest = await store.cases.thread(2, None, 100)
    assert [entry.seq for entry in newest] == list(range(LONG - 99, LONG + 1))
    oldest = await store.cases.thread(2, 11, 100)
    assert [entry.seq for entry in oldest] == list(range(1, 11))
    held = await store.cases.keys_held(["site:2:5", "site:2:9999", "site:1:0"])
    assert held == {"site:2:5": 2, "site:2:9999": 2, "site:1:0": 1}
