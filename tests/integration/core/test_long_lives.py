"""People with thousands of lines: pages of old thread, calls and late reports stand where they
belong, once."""

from __future__ import annotations

from datetime import timedelta

from hub.domain.message import DeliveryReport, Identity
from hub.domain.staff import Actor
from hub.services.receipts import Receipts
from hub.services.timelineviews import TimelineItem
from hub.store.paging import MAX_ENTRIES
from tests.support.callworld import ANNA, CallWorld
from tests.support.world import World

FLOOD = MAX_ENTRIES + 80


async def whole(world: World, contact: str, by: Actor, limit: int) -> list[TimelineItem]:
    found: list[TimelineItem] = []
    cursor = None
    while True:
        person = await world.services.persons.get(contact, by)
        page = await world.services.timeline.page(person, by, cursor=cursor, limit=limit)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


async def contact_of(world: World, number: int) -> str:
    return (await world.services.book.load(number)).contact.id


async def test_old_pages_of_a_case_stand_in_the_timeline_once_and_in_order() -> None:
    world = World()
    emma = await world.staff("emma")
    for number in range(FLOOD):
        await world.keep(world.inbound(f"сообщение {number}"))
        world.clock.forward(seconds=30)
    await world.settle()
    await world.say("рядом", "anna", conversation="site:anna:2")
    assert (await world.services.book.load(1)).pages
    for limit in (17, 100):
        lines = await whole(world, await contact_of(world, 1), emma, limit)
        texts = [line.entry.text for line in lines if line.entry]
        assert texts == ["рядом", *(f"сообщение {n}" for n in reversed(range(FLOOD)))]
        assert [line.id for line in lines if line.kind == "case"] == ["case-2", "case-1"]


async def test_a_report_of_failure_that_comes_when_the_answer_stands_in_a_page_is_listed() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.replies.send(1, emma, "ответ")
    await world.settle()
    for number in range(FLOOD):
        await world.keep(world.inbound(f"сообщение {number}"))
    await world.settle()
    assert (await world.services.book.load(1)).by_seq(2) is None
    report = DeliveryReport(
        key="dsn", account="site", at=world.clock.now(), state="failed", out="1-2", reason="refused"
    )
    receipts = Receipts(world.deps, world.services.book)
    await receipts.report(report)
    await receipts.report(report)
    (failure,) = (await world.services.failures.page(emma)).items
    assert (failure.entry, failure.text, failure.reason) == (2, "ответ", "refused")
    lines = await whole(world, await contact_of(world, 1), emma, 100)
    assert [line.id for line in lines if line.failed] == ["1-2"]


async def test_calls_stand_between_messages_once_also_when_a_case_holds_them() -> None:
    world = CallWorld()
    emma = await world.staff("emma", "operator", "supervisor")
    await world.say("Нет воды")
    anna = await contact_of(world, 1)
    contact = await world.store.contacts.get(anna)
    await world.services.contacts.proven(contact, Identity("phone", ANNA))
    world.later(minutes=1)
    call = await world.spoken("c1")
    world.later(minutes=1)
    await world.missed("c2")
    world.later(minutes=1)
    await world.say("Перезвоните")
    assert call.contact == anna
    await world.services.calls.attach(call.id, 1, emma)
    lines = await whole(world, anna, emma, 2)
    assert [(line.kind, line.call.missed if line.call else None) for line in lines] == [
        ("message", None),
        ("call", True),
        ("call", False),
        ("message", None),
        ("case", None),
    ]
    talk = lines[2].call
    assert talk is not None
    assert (talk.number, talk.talk, lines[2].case) == (ANNA, 60, 1)
    person = await world.services.persons.get(anna, emma)
    calls = await world.services.timeline.page(person, emma, kind="call", limit=1)
    assert [line.call.missed for line in calls.items if line.call] == [True]
    rest = await world.services.timeline.page(person, emma, kind="call", cursor=calls.next, limit=5)
    assert [line.call.missed for line in rest.items if line.call] == [False]
    assert lines[1].at - lines[2].at > timedelta(minutes=1)
