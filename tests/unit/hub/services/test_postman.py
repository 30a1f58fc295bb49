"""Letters that must wait for a budget: given back at a stop, sent by whoever comes next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hub.domain.message import Accepted, Outcome
from hub.domain.outbox import Letter
from hub.ports.channel import Limit
from hub.services.postman import Postman
from tests.support.world import World

BUSY = 4.0
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


async def test_a_stop_gives_back_what_waits_for_its_budget() -> None:
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
