"""Three processes, three residents and two operators at once, giving way to each other at every
call of the store: by chance, and by the same chance again for the same seed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.domain.case import Case
from hub.domain.errors import HubError
from hub.domain.message import Inbound
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from tests.support.memory import Memory
from tests.support.world import World

RESIDENTS = ("anna", "boris", "clara")


class Yielding:
    """A part of the store whose calls let others go first."""

    def __init__(self, part: Any, chance: Random) -> None:
        self._part, self._chance = part, chance

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)
        if name in {"read", "forget"}:
            return method

        async def call(*args: Any, **options: Any) -> Any:
            await pause(self._chance, 4)
            done = await method(*args, **options)
            await pause(self._chance, 4)
            return done

        return call


class Process:
    """The store as one of several processes sees it; it may know nothing of others' leases."""

    def __init__(self, memory: Memory, chance: Random, *, alone: bool) -> None:
        for name in vars(memory):
            if not (alone and name == "lanes"):
                setattr(self, name, Yielding(getattr(memory, name), chance))


async def pause(chance: Random, most: int) -> None:
    """Let others go first, some of the time."""
    for _ in range(chance.randrange(most)):
        await asyncio.sleep(0)


class Crowd:
    """Everybody at once; `alone`: the leases of lanes are lost all the time."""

    def __init__(self, seed: int, *, alone: bool) -> None:
        self.chance = Random(seed)
        self.memory = Memory()
        self.worlds = [World(Process(self.memory, self.chance, alone=alone)) for _ in range(3)]
        for number, world in enumerate(self.worlds, 1):
            world.deps.ids.count = 1_000_000 * number  # type: ignore[attr-defined]
        self.messages: list[Inbound] = []
        self.over = False

    async def resident(self, who: str) -> None:
        """Writes a dozen messages; their provider repeats some of them."""
        for number in range(12):
            world = self.chance.choice(self.worlds)
            key = f"site:{who}{number}"
            message = world.inbound(who, who, key=key, external_id=key, order=number)
            self.messages.append(message)
            await world.keep(message)
            if self.chance.random() < 0.3:
                await self.chance.choice(self.worlds).keep(message)
            for other in self.worlds:
                other.kicks.lanes.append(message.conversation)
            await pause(self.chance, 6)

    async def operator(self, world: World, me: Actor) -> None:
        """Does this and that to the first cases, and is refused now and then."""
        for turn in range(14):
            acts = self._acts(world, me, self.chance.choice([1, 2, 3]), turn)
            with suppress(HubError):
                await self.chance.choice(acts)()
            await pause(self.chance, 8)

    def _acts(
        self, world: World, me: Actor, number: int, turn: int
    ) -> list[Callable[[], Awaitable[object]]]:
        work, replies = world.services.casework, world.services.replies
        key, other = f"{me.login}{turn}", self.chance.choice([1, 2, 3])
        to = self.chance.choice(["emma", "lena"])
        talk = f"site:{self.chance.choice(RESIDENTS)}"
        return [
            lambda: work.take(number, me),
            lambda: replies.send(number, me, "ответ", key=key),
            lambda: replies.comment(number, me, "заметка", key=f"c{key}"),
            lambda: work.close(number, me),
            lambda: work.release(number, me),
            lambda: work.unspam(number, me),
            lambda: work.merge(number, other, me),
            lambda: work.unmerge(number, me),
            lambda: work.transfer(number, me, note="вам", operator=to),
            lambda: world.services.residents.begin_anew(talk),
            lambda: work.spam(number, me),
        ]

    async def worker(self, world: World) -> None:
        """Does what was kicked."""
        while not self.over:
            await world.settle()
            await asyncio.sleep(0)

    async def run(self) -> None:
        """All of it, then time to come to rest."""
        staff = [await self.worlds[0].staff(login) for login in ("emma", "lena")]
        async with asyncio.TaskGroup() as workers:
            for world in self.worlds:
                workers.create_task(self.worker(world))
            await asyncio.gather(
                *(self.resident(who) for who in RESIDENTS),
                *(self.operator(*pair) for pair in zip(self.worlds, staff, strict=False)),
            )
            self.over = True
        for turn in range(12):
            for world in self.worlds:
                world.clock.forward(seconds=61)
            await self.worlds[turn % 3].timers.wake()
            await self.worlds[turn % 3].settle()


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("seed", range(24))
async def test_in_a_crowd_everything_stands_once_and_in_order(seed: int, alone: bool) -> None:
    crowd = Crowd(seed, alone=alone)
    with capture_logs():
        await crowd.run()
    cases = await crowd.memory.cases.many(range(1, 100))
    entries = [
        (number, entry)
        for number in cases
        for entry in await crowd.memory.cases.thread(number, None, 1000)
    ]
    kept = Counter(entry.key for _, entry in entries if entry.direction == "in")
    assert kept == Counter(message.key for message in crowd.messages)
    states = await crowd.memory.inbox.stats(crowd.worlds[0].clock.now())
    assert (states["new"], states["quarantined"]) == (0, 0)
    assert [row for case in cases.values() for row in case.outbox] == []
    in_order(cases.values())
    no_circles(cases)
    sent = Counter(out.id for world in crowd.worlds for out in world.channel.sent)
    answers_went_out_once(entries, sent)


def in_order(cases: Any) -> None:
    """What one person wrote stands in its order, in whichever case."""
    for case in cases:
        for who in RESIDENTS:
            orders = [entry.order for entry in case.thread if entry.conversation == f"site:{who}"]
            said = [order for order in orders if order is not None]
            assert said == sorted(said), case.number


def no_circles(cases: dict[int, Case]) -> None:
    """Every merged case leads to one that is not."""
    for number in cases:
        seen: set[int] = set()
        while cases[number].merged_into:
            assert number not in seen
            seen.add(number)
            number = cases[number].merged_into


def answers_went_out_once(entries: list[tuple[int, Entry]], sent: Counter[str]) -> None:
    """No process died, so no answer is in doubt."""
    for number, entry in entries:
        if entry.direction == "out":
            assert entry.delivery is not None
            assert entry.delivery.state == "sent"
            assert sent[f"{number}-{entry.seq}"] == 1
