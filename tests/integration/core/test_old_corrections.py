"""An answer or a comment is corrected when its entry has moved to an older page already."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.domain.errors import NotFound, StoreDown, Undeliverable, WrongState
from hub.domain.message import Deferred, DeliveryReport, Outbound, Rejected
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.ports.channel import Capabilities
from hub.services.entryviews import EntryView
from hub.services.receipts import Receipts
from hub.store import paging
from tests.support.world import World

ANSWER, COMMENT = 2, 3
EDITS = Capabilities(max_text=4096, max_edit=100, max_caption=50, files=True, edit=True)


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A long case whose first answer and first comment stand on a page."""
    for name, few in (("MAX_ENTRIES", 4), ("KEEP_ENTRIES", 2), ("MAX_UNFINISHED", 0)):
        monkeypatch.setattr(paging, name, few)
    made = World()
    made.channel.caps = EDITS
    emma, _ = await made.staff("emma"), await made.staff("oleg", "supervisor")
    await made.say("раз")
    await made.services.casework.take(1, emma)
    await made.services.replies.send(1, emma, "Дали")
    await made.services.replies.comment(1, emma, "Стояк")
    await made.settle()
    for number in range(6):
        await made.say(f"сообщение {number}")
    case = await made.services.book.load(1)
    assert case.by_seq(ANSWER) is None
    assert case.by_seq(COMMENT) is None
    return made


async def who(world: World, login: str = "emma") -> Actor:
    return Actor.of((await world.services.people.directory()).staff[login])


async def line(world: World, seq: int = ANSWER) -> EntryView:
    lines = await world.services.queries.thread(1, await who(world), limit=1_000)
    return next(one for one in lines if one.seq == seq)


async def paged(world: World, seq: int = ANSWER) -> Entry:
    entry = await world.store.cases.paged_entry(1, seq)
    assert entry is not None
    return entry


async def said(world: World, seq: int = ANSWER) -> list[str]:
    """«Было … стало»."""
    shown = await line(world, seq)
    return [*(one.text for one in shown.edits), shown.text]


async def how(world: World) -> str:
    delivery = (await paged(world)).delivery
    assert delivery is not None
    return delivery.edit


def left(world: World) -> list[tuple[str, str]]:
    return [(out.edit, out.text) for out in world.channel.sent]


async def test_it_is_changed_at_the_resident_and_stands_where_it_stood(world: World) -> None:
    told = len(world.phone.rows)
    case = await world.services.replies.revise(1, ANSWER, await who(world), "Дадим")
    assert case.history[-1].action == "revised"
    assert await said(world) == ["Дали", "Дадим"]
    assert await how(world) == "queued"
    await world.settle()
    assert left(world) == [("", "Дали"), ("out1", "Дадим")]
    assert await how(world) == "done"
    assert ("emma", "mark", ANSWER) in world.phone.rows[told:]
    case = await world.services.book.load(1)
    assert not case.outbox
    lines = await world.services.queries.thread(1, await who(world), limit=1_000)
    assert [one.seq for one in lines] == list(range(1, case.seqs + 1))
    again = await world.services.replies.revise(1, ANSWER, await who(world), "Дадим")
    assert again.rev == case.rev, "the same words once more are nothing"


async def test_a_comment_is_changed_among_colleagues_alone(world: World) -> None:
    await world.services.casework.executors(1, await who(world), add=["oleg"])
    await world.settle()
    told, sent = len(world.phone.rows), len(world.channel.sent)
    case = await world.services.replies.revise(1, COMMENT, await who(world), "Стояк и кран")
    assert await said(world, COMMENT) == ["Стояк", "Стояк и кран"]
    await world.settle()
    assert [entry.text for entry in (await paged(world, COMMENT),)] == ["Стояк и кран"]
    assert ("oleg", "revised", COMMENT) in world.phone.rows[told:]
    assert len(world.channel.sent) == sent
    assert case.history[-1].action != "revised"


async def test_a_channel_that_cannot_change_it_says_so_and_nothing_changes(world: World) -> None:
    world.channel.caps = Capabilities(max_text=4096)
    with pytest.raises(Undeliverable) as refused:
        await world.services.replies.revise(1, ANSWER, await who(world), "Дадим")
    assert refused.value.params["reason"] == "no_edit"
    await world.settle()
    assert await said(world) == ["Дали"]
    assert left(world) == [("", "Дали")]


async def test_where_it_is_refused_the_words_that_stand_there_stand_here(world: World) -> None:
    told = len(world.phone.rows)
    await world.services.replies.revise(1, ANSWER, await who(world), "Дадим")
    world.channel.outcomes = [Rejected("message_gone")]
    await world.settle()
    assert await said(world) == ["Дали"]
    assert await how(world) == "failed"
    assert ("emma", "edit_failed", ANSWER) in world.phone.rows[told:]


async def test_several_corrections_at_once_all_stand_and_the_last_one_is_there(
    world: World,
) -> None:
    emma = await who(world)
    await asyncio.gather(
        *(world.services.replies.revise(1, ANSWER, emma, f"Дадим {number}") for number in range(4))
    )
    await world.settle()
    words = await said(world)
    assert words[0] == "Дали"
    assert sorted(words[1:]) == [f"Дадим {number}" for number in range(4)]
    assert left(world)[-1] == ("out1", words[-1])
    assert await how(world) == "done"


async def test_what_became_of_an_earlier_correction_covers_no_later_one(world: World) -> None:
    emma, send = await who(world), world.channel.send

    async def slow(out: Outbound) -> Any:
        world.channel.send = send  # type: ignore[method-assign]
        await world.services.replies.revise(1, ANSWER, emma, "Дадим завтра")
        return Rejected("busy")

    world.channel.send = slow  # type: ignore[method-assign]
    await world.services.replies.revise(1, ANSWER, emma, "Дадим")
    await world.settle()
    assert await said(world) == ["Дали", "Дадим", "Дадим завтра"]
    assert left(world)[-1] == ("out1", "Дадим завтра")
    assert await how(world) == "done"


async def test_a_process_that_dies_before_the_page_is_written_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(number: int, entry: Entry) -> bool:
        raise asyncio.CancelledError

    emma = await who(world)
    with monkeypatch.context() as broken:
        broken.setattr(world.store.cases, "save_paged", die)
        with pytest.raises(asyncio.CancelledError):
            await world.services.replies.revise(1, ANSWER, emma, "Дадим")
    assert (await paged(world)).text == "Дали"
    assert await said(world) == ["Дали", "Дадим"], "the case has decided, and is believed"
    await world.services.replies.revise(1, ANSWER, emma, "Дадим")
    await world.settle()
    assert (await paged(world)).text == "Дадим"
    assert await said(world) == ["Дали", "Дадим"]
    assert left(world) == [("", "Дали"), ("out1", "Дадим")]


async def test_a_correction_waits_for_a_store_that_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long: what was decided is not given up after some attempts."""

    async def away(number: int, entry: Entry) -> bool:
        raise StoreDown

    with monkeypatch.context() as broken:
        broken.setattr(world.store.cases, "save_paged", away)
        await world.services.replies.revise(1, COMMENT, await who(world), "Кран")
        for _ in range(12):
            await world.settle()
            assert await said(world, COMMENT) == ["Стояк", "Кран"]
            world.clock.forward(minutes=20)
            await world.timers.wake()
    await world.settle()
    assert await said(world, COMMENT) == ["Стояк", "Кран"]
    assert (await paged(world, COMMENT)).text == "Кран"
    assert not [row for row in (await world.services.book.load(1)).outbox if row.kind == "page"]


async def test_an_answer_that_waits_to_go_again_takes_the_new_words_along(world: World) -> None:
    emma = await who(world)
    report = DeliveryReport(
        key="r1", account="site", out=f"1-{ANSWER}", state="failed", at=world.clock.now()
    )
    await Receipts(world.deps, world.services.book).report(report)
    await world.settle()
    world.channel.outcomes = [Deferred("busy", 60)]
    await world.services.replies.send(1, emma, "Другое")
    await world.settle()
    await world.services.replies.retry(1, ANSWER, emma)
    await world.services.replies.revise(1, ANSWER, emma, "Дадим")
    world.clock.forward(minutes=5)
    await world.timers.wake()
    await world.settle()
    assert left(world)[1:] == [("", "Другое"), ("", "Другое"), ("", "Дадим")]
    assert await said(world) == ["Дали", "Дадим"]
    assert (await line(world)).delivery.state == "sent"  # type: ignore[union-attr]


async def test_only_ones_own_words_and_only_what_stands_somewhere(world: World) -> None:
    with pytest.raises(WrongState):
        await world.services.replies.revise(1, ANSWER, await who(world, "oleg"), "Дадим")
    with pytest.raises(WrongState):
        await world.services.replies.revise(1, 1, await who(world), "Дадим")
    with pytest.raises(NotFound):
        await world.services.replies.revise(1, 9_999, await who(world), "Дадим")
    await world.settle()
    assert await said(world) == ["Дали"]
