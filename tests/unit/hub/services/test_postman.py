"""Letters that must wait for a budget: given back at a stop, sent by whoever comes next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hub.domain.message import Accepted, Outcome
from hub.domain.outbox import Letter
from hub.ports.channel import Limit
from hub.ports.outlet import Skip
from hub.services import postman
from hub.services.postman import Postman
from tests.support.budget import WindowsBudget
from tests.support.world import World

BUSY = 300.0
TO = "staff:emma"


class Chat:
    """An outlet with one chat; remembers what it was given."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def limits(self, letter: Letter) -> Sequence[Limit]:
        return (Limit("chat:emma", 5, 5),)

    async def send(self, letter: Letter) -> Outcome:
        self.sent.append(letter.id)
        return Accepted()


async def test_a_stop_gives_back_what_waits_for_its_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postman, "PATIENCE", BUSY * 2)
    world, chat = World(), Chat()
    now = world.clock.now()
    letter = Letter(id="1", kind="staff", to=TO, account="staff", body={}, due=now, at=now)
    await world.store.letters.add([letter])
    world.budget.paused = {"chat:emma": BUSY}
    stopped = Postman(world.deps, {"staff": chat})
    posting = asyncio.create_task(stopped.post([TO]))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not posting.done()
    stopped.stop()
    async with asyncio.timeout(BUSY / 2):
        await posting
    assert chat.sent == []

    world.budget.paused = {}
    world.clock.forward(seconds=BUSY + 1)
    assert await world.store.letters.due(world.clock.now(), 10) == [TO]
    await Postman(world.deps, {"staff": chat}).post([TO])
    assert chat.sent == ["1"]


async def test_a_letter_that_says_nothing_uses_nothing_up() -> None:
    """A queue of forty seconds stood in a group whose twenty calls a minute were nineteen: a
    letter whose card looked right already had taken the twentieth."""
    world, chat = World(), Chat()
    moot = {"1"}

    async def send(letter: Letter) -> Outcome | Skip:
        if letter.id in moot:
            return Skip()
        return await Chat.send(chat, letter)

    chat.send = send  # type: ignore[method-assign,assignment]
    chat.limits = lambda letter: (Limit("group", 1, 60),)  # type: ignore[method-assign]
    budget = WindowsBudget(lambda: 0.0)
    for name in ("spend", "give_back"):
        setattr(world.budget, name, getattr(budget, name))
    now = world.clock.now()
    await world.store.letters.add(
        [
            Letter(id=name, kind="staff", to=TO, account="staff", body={}, due=now, at=now)
            for name in "123"
        ]
    )
    await Postman(world.deps, {"staff": chat}).post([TO])
    assert chat.sent == ["2"]
    assert await world.store.letters.due(now, 10) == []
