"""The line before a group: who was asked for first goes first, it stays short, and who must wait
long goes away."""

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


async def ask(line: Turns, name: str, taken: list[str], since: float = 0.0) -> float:
    with patient(since):
        wait = await line.take(PLACE)
    if not wait:
        taken.append(name)
    return wait


async def waiting(line: Turns, taken: list[str]) -> list[asyncio.Task[float]]:
    """As many as fit into the line, each begun after the one before."""
    return [await in_line(line, name, taken, since) for since, name in enumerate("abcd", 1)]


async def in_line(line: Turns, name: str, taken: list[str], since: float) -> asyncio.Task[float]:
    """Stands there by now."""
    task = asyncio.create_task(ask(line, name, taken, since))
    for _ in range(4):
        await asyncio.sleep(0)
    return task


async def test_who_came_first_goes_first() -> None:
    gate, taken = Gate(), list[str]()
    line = Turns(gate)
    tasks = await waiting(line, taken)
    gate.free = len(tasks)
    assert await asyncio.gather(*tasks) == [0.0] * len(tasks)
    assert taken == ["a", "b", "c", "d"]
    assert gate.spent[0][-1] == "telegram:shift:-100"


async def test_nobody_overtakes_those_in_line_and_the_line_is_short() -> None:
    gate, taken = Gate(), list[str]()
    line = Turns(gate)
    tasks = await waiting(line, taken)
    gate.free = 1
    assert await ask(line, "late", taken, since=9) == turns.BEHIND
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
    with patient(0.0) as drawing:
        drawing.left = turns.PATIENCE / 2
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
    with patient(0.0) as drawing:
        drawing.left = MOMENT * 10
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


async def test_what_was_asked_for_first_overtakes_when_it_comes_again() -> None:
    """A picture waited for three minutes in a busy group: every time it came back the line was
    full of what had been written since."""
    gate, taken = Gate(wait=turns.PATIENCE / 2), list[str]()
    line = Turns(gate)
    tasks = await waiting(line, taken)
    old = await in_line(line, "old", taken, since=0.5)
    # The line stays short: the youngest comes again later.
    assert await tasks[-1] == turns.BEHIND
    assert not any(task.done() for task in (*tasks[:-1], old))
    gate.free, gate.wait = turns.WAITING, MOMENT
    await line.give_back(PLACE, "")
    first = await in_line(line, "oldest", taken, since=0.1)
    await asyncio.gather(old, first, *tasks)
    assert taken == ["oldest", "old", "a", "b"]
    assert await tasks[2] == turns.BEHIND
