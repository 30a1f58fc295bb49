"""The line before a group: nobody overtakes, it stays short, and who must wait long goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from bots.operator.forum import turns
from bots.operator.forum.turns import Turns, patient
from hub.domain.forum import ForumPlace
from hub.ports.channel import Limit

PLACE = ForumPlace(
    id="p", account="shift", chat=-100, group="main", at=datetime(2026, 11, 22, tzinfo=UTC)
)
MOMENT = 0.001


class Gate:
    """Grants so many as it was told to, one after the other."""

    def __init__(self, wait: float = MOMENT) -> None:
        self.free = 0
        self.wait = wait
        self.spent: list[list[str]] = []

    async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        await asyncio.sleep(0)
        if not self.free:
            return self.wait
        self.free -= 1
        self.spent.append([one.name for one in limits])
        return 0.0

    async def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        self.free += 1

    async def pause(self, name: str, seconds: float) -> None:
        self.wait = seconds


async def ask(line: Turns, name: str, taken: list[str]) -> float:
    with patient():
        wait = await line.take(PLACE)
    if not wait:
        taken.append(name)
    return wait


async def waiting(line: Turns, gate: Gate, taken: list[str]) -> list[asyncio.Task[float]]:
    """As many as fit into the line, each begun after the one before."""
    found = []
    for name in "abcd"[: turns.WAITING]:
        found.append(asyncio.create_task(ask(line, name, taken)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return found


async def test_who_came_first_goes_first() -> None:
    gate, taken = Gate(), list[str]()
    line = Turns(gate)
    tasks = await waiting(line, gate, taken)
    gate.free = len(tasks)
    assert await asyncio.gather(*tasks) == [0.0] * len(tasks)
    assert taken == ["a", "b", "c", "d"]
    assert gate.spent[0][-1] == "telegram:shift:-100"


async def test_nobody_overtakes_those_in_line_and_the_line_is_short() -> None:
    gate, taken = Gate(), list[str]()
    line = Turns(gate)
    tasks = await waiting(line, gate, taken)
    gate.free = 1
    assert await ask(line, "late", taken) == turns.BEHIND
    gate.free = len(tasks)
    await asyncio.gather(*tasks)
    assert "late" not in taken


async def test_who_must_wait_long_comes_back_a_little_early() -> None:
    gate, taken = Gate(wait=40.0), list[str]()
    assert await ask(Turns(gate), "a", taken) == 40.0 - turns.EARLY
    assert not taken


async def test_the_turns_of_one_drawing_share_one_patience() -> None:
    gate = Gate(wait=turns.PATIENCE * 0.9)
    line = Turns(gate)
    with patient():
        left = turns._left.get()
        assert left is not None
        left[0] = turns.PATIENCE / 2
        assert await line.take(PLACE) == turns.PATIENCE * 0.9 - turns.EARLY
        gate.free = 1
        assert await line.take(PLACE) == 0.0


async def test_a_turn_that_comes_when_patience_ends_is_nobodys_loss() -> None:
    """Patience ended while the budget was asked: the turn was granted to somebody who had gone."""
    granted = asyncio.Event()

    class Slow(Gate):
        async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
            if self.free:
                await asyncio.sleep(MOMENT * 20)
            wait = await super().spend(limits, mark)
            if not wait:
                granted.set()
            return wait

    gate = Slow()
    line = Turns(gate)
    with patient():
        left = turns._left.get()
        assert left is not None
        left[0] = MOMENT * 10
        asking = asyncio.create_task(line.take(PLACE))
        await asyncio.sleep(MOMENT * 2)
        gate.free = 1
        wait = await asking
    assert (wait == 0) == granted.is_set()


async def test_a_turn_given_back_goes_to_the_next_in_line() -> None:
    gate, taken = Gate(), list[str]()
    line = Turns(gate)
    gate.free = 1
    assert await line.take(PLACE, "one") == 0
    asking = asyncio.create_task(ask(line, "next", taken))
    await line.give_back(PLACE, "one")
    assert await asking == 0
    assert taken == ["next"]
