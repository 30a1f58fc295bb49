"""Cases with thousands of entries: what is on its way is not lost sight of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest

from hub.domain.case import Case
from hub.domain.message import Accepted, Attachment, Deferred, Outbound, Outcome, Rejected
from hub.domain.outbox import Row
from hub.domain.staff import Actor
from hub.ports.channel import Limit
from hub.services.entryviews import EntryView
from hub.store import paging
from hub.store.paging import MAX_ENTRIES
from tests.support.world import World

FLOOD = MAX_ENTRIES + 20
HELD_BACK = 20


async def flood(world: World, count: int = FLOOD) -> None:
    """So many messages of one resident, understood together."""
    for number in range(count):
        await world.keep(world.inbound(f"сообщение {number}"))
    await world.settle()


async def line(world: World, seq: int) -> EntryView:
    emma = Actor.of((await world.services.people.directory()).staff["emma"])
    lines = await world.services.queries.thread(1, emma, limit=10_000)
    return next(one for one in lines if one.seq == seq)


async def test_answer_that_waits_while_its_case_grows_is_sent_and_known_as_sent() -> None:
    """The account was paused for a while; meanwhile the resident wrote a hundred messages and the
    answer would have moved to a page, where nobody wrote down that it went out."""
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    world.budget.paused = {"account": 100}
    await world.services.replies.send(1, emma, "ответ")
    await flood(world)
    assert (await world.services.book.load(1)).pages
    world.budget.paused = {}
    world.clock.forward(seconds=101)
    await world.timers.wake()
    await world.settle()
    sent = await line(world, 2)
    assert sent.delivery is not None
    assert sent.delivery.state == "sent"
    assert len(world.channel.sent) == 1


async def test_answer_that_failed_long_ago_can_be_sent_again() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    world.channel.outcomes = [Rejected("blocked")]
    await world.services.replies.send(1, emma, "ответ")
    await flood(world)
    await world.services.replies.retry(1, 2, emma)
    await world.settle()
    sent = await line(world, 2)
    assert sent.delivery is not None
    assert sent.delivery.state == "sent"


async def test_outcome_of_an_answer_that_stands_in_a_page_is_written_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More unfinished answers than a case holds back: the oldest move, and are settled there."""
    monkeypatch.setattr(paging, "MAX_UNFINISHED", HELD_BACK)
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    world.budget.paused = {"account": 10_000}
    for number in range(HELD_BACK + 5):
        await world.services.replies.send(1, emma, f"ответ {number}")
    await flood(world)
    assert (await world.services.book.load(1)).by_seq(2) is None
    world.budget.paused = {}
    world.clock.forward(seconds=10_001)
    await world.timers.wake()
    await world.settle()
    assert len(world.channel.sent) == HELD_BACK + 5
    for seq in range(2, 2 + HELD_BACK + 5):
        sent = await line(world, seq)
        assert sent.delivery is not None
        assert sent.delivery.state == "sent"


async def test_finished_answers_follow_to_the_pages() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.replies.send(1, emma, "ответ")
    await world.settle()
    await flood(world)
    case = await world.services.book.load(1)
    assert case.by_seq(2) is None
    assert len(case.thread) <= MAX_ENTRIES
    lines = await world.store.cases.thread(1, None, 10_000)
    assert [one.seq for one in lines] == list(range(1, FLOOD + 3))


class Counting:
    """An outlet that says how many rows were at it at the same time."""

    def __init__(self) -> None:
        self.now, self.most, self.done = 0, 0, 0

    def limits(self, case: Case, row: Row) -> list[Limit]:
        return []

    async def send(self, case: Case, row: Row) -> Outcome:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        self.done += 1
        return Accepted()


async def test_hundred_pictures_are_fetched_a_few_at_a_time() -> None:
    world = World()
    fetch = Counting()
    world.relay._outlets = {**world.relay._outlets, "fetch": fetch}
    pictures = [
        Attachment(id=f"p{number}", name="p.jpg", state="pending", ref="r") for number in range(100)
    ]
    await world.say("фото", attachments=pictures)
    assert fetch.done == 100
    assert fetch.most <= 8


class Slow(Counting):
    """A provider whose file takes until it is told to come."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.come = asyncio.Event(), asyncio.Event()

    async def send(self, case: Case, row: Row) -> Outcome:
        self.begun.set()
        await self.come.wait()
        return Accepted()


async def test_file_that_comes_slowly_holds_up_no_answer() -> None:
    world = World()
    emma = await world.staff("emma")
    slow = Slow()
    world.relay._outlets = {**world.relay._outlets, "fetch": slow}
    picture = Attachment(id="p", name="p.jpg", state="pending", ref="r")
    await world.keep(world.inbound("фото", attachments=[picture]))
    settling = asyncio.create_task(world.settle())
    await slow.begun.wait()
    await world.services.replies.send(1, emma, "видим, спасибо")
    await world.relay.drain([1])
    assert [out.text for out in world.channel.sent] == ["видим, спасибо"]
    slow.come.set()
    await settling


async def test_large_file_has_the_time_that_it_takes() -> None:
    """Every film was cut off after half a minute and shown as uncertain."""
    world = World()
    emma = await world.staff("emma")
    world.channel.caps = msgspec.structs.replace(world.channel.caps, max_file=50 << 20)
    await world.say("раз")

    async def film() -> AsyncIterator[bytes]:
        for _ in range(48):
            yield bytes(1 << 20)

    stored = await world.services.uploads.put("кино.mp4", film(), emma)
    leases: list[datetime | None] = []

    async def send(out: Outbound) -> Outcome:
        case = await world.services.book.load(1)
        leases.extend(row.lease for row in case.outbox if row.kind == "deliver")
        return Accepted()

    world.channel.send = send  # type: ignore[method-assign]
    await world.services.replies.send(1, emma, "вот", files=[stored.id])
    await world.settle()
    (lease,) = leases
    assert lease is not None
    assert lease - world.clock.now() > timedelta(seconds=60 + 48 * 2 - 1)


class Broken(Counting):
    """An outlet that cannot even say what a row costs."""

    def limits(self, case: Case, row: Row) -> list[Limit]:
        raise ValueError("chat")


async def test_row_with_a_bug_in_it_holds_up_no_other() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.staff("lena")
    world.relay._outlets = {**world.relay._outlets, "status": Broken(), "card": Failing()}
    await world.say("раз")
    await world.services.replies.send(1, emma, "ответ")
    await world.services.replies.comment(1, emma, "заметка")
    await world.services.casework.take(1, emma)
    await world.settle()
    await world.say("два")
    assert [out.text for out in world.channel.sent] == ["ответ"]
    assert ("emma", "message", 4) in world.phone.rows


class Failing(Counting):
    """An outlet with a bug."""

    async def send(self, case: Case, row: Row) -> Outcome:
        raise RuntimeError


async def test_worker_that_lost_its_lease_spoils_nothing() -> None:
    """Its bad news are old: somebody else has the row, and the answer may be out already."""
    world = World(idempotent=True)
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.replies.send(1, emma, "ответ")
    first, second = asyncio.Event(), asyncio.Event()
    send = world.channel.send

    async def late(out: object) -> Outcome:
        first.set()
        await second.wait()
        return Rejected("refused")

    world.channel.send = late  # type: ignore[method-assign]
    stuck = asyncio.create_task(world.settle())
    await first.wait()
    world.channel.send = send  # type: ignore[method-assign]
    world.clock.forward(seconds=61)
    other = world.relay.__class__(
        world.deps, world.services.book, world.services.contacts, world.relay._outlets
    )
    await other.drain([1])
    second.set()
    await stuck
    case = await world.services.book.load(1)
    assert case.entry(2).delivery is not None
    assert case.entry(2).delivery.state == "sent"  # type: ignore[union-attr]


async def test_channel_that_is_away_for_a_day_costs_no_answer() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    for number in range(5):
        await world.services.replies.send(1, emma, f"ответ {number}")
    world.channel.outcomes = [Deferred("network", 600, "account")] * 144
    for _ in range(144):
        await world.settle()
        world.clock.forward(seconds=timedelta(minutes=10).total_seconds() + 1)
        world.budget.paused = {}
        await world.timers.wake()
    await world.settle()
    delivered = {out.id for out in world.channel.sent[-5:]}
    assert delivered == {f"1-{seq}" for seq in range(2, 7)}
    assert (await world.services.book.load(1)).outbox == []


async def test_sweep_looks_at_no_case_in_which_nothing_may_go_yet() -> None:
    """With a channel away, every case with two rows for its resident looked due at each sweep, and
    a few hundred of them kept the sweep from all others."""
    world = World(status_card=True)
    emma = await world.staff("emma", bot=False)
    world.budget.paused = {"account": 1000}
    await world.say("раз")
    await world.services.replies.send(1, emma, "ответ")
    await world.settle()
    case = await world.services.book.load(1)
    assert [row.kind for row in case.outbox] == ["status", "deliver"]
    world.clock.forward(seconds=10)
    assert await world.store.cases.due(world.clock.now(), 10) == []
    world.budget.paused = {}
    world.clock.forward(seconds=1000)
    assert await world.store.cases.due(world.clock.now(), 10) == [1]
    await world.timers.wake()
    await world.settle()
    assert [out.text for out in world.channel.sent][-1] == "ответ"
