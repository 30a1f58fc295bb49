"""A person's timeline: everything once, in order, however it is cut into pages."""

from __future__ import annotations

import base64
import json

import pytest

from hub.domain.errors import Forbidden, Invalid
from hub.domain.message import Rejected
from hub.domain.staff import Actor
from hub.services.timeline import Wanted
from hub.services.timelineviews import TimelineItem
from tests.support.world import World


async def busy(world: World) -> tuple[str, Actor]:
    """Two people who are one; five cases that overlap, answers, a failure, an edit, a merge."""
    emma = await world.staff("emma", "operator", "supervisor")
    for step in range(3):
        for who in ("anna", "boris"):
            await world.say(f"Сообщение {step} от {who}", who)
            world.clock.forward(minutes=1)
            await world.say(
                f"Ещё {step} от {who}", who, conversation=f"site:{who}:{step}", channel="email"
            )
            world.clock.forward(minutes=1)
    for number in (1, 3):
        await world.services.replies.send(number, emma, "Ответ")
        await world.settle()
        world.clock.forward(minutes=1)
    world.channel.outcomes = [Rejected("blocked")]
    await world.services.replies.send(2, emma, "Не дойдёт")
    await world.settle()
    await world.services.replies.comment(2, emma, "между собой")
    world.clock.forward(minutes=1)
    contact = (await world.services.book.load(1)).contact.id
    other = (await world.services.book.load(3)).contact.id
    await world.services.contacts.edit(contact, {"name": "Анна"}, emma)
    world.clock.forward(minutes=1)
    await world.services.persons.merge(other, contact, emma)
    world.clock.forward(minutes=1)
    return contact, emma


async def pages(
    world: World, contact: str, by: Actor, limit: int, kind: Wanted = "", channel: str = ""
) -> list[list[TimelineItem]]:
    found = []
    cursor = None
    while True:
        person = await world.services.persons.get(contact, by)
        page = await world.services.timeline.page(
            person, by, kind=kind, channel=channel, cursor=cursor, limit=limit
        )
        found.append(page.items)
        cursor = page.next
        if cursor is None:
            return found
        assert len(found) < 200


async def ids(world: World, contact: str, by: Actor, limit: int, **more: str) -> list[str]:
    found = await pages(world, contact, by, limit, **more)  # type: ignore[arg-type]
    return [item.id for page in found for item in page]


async def test_everything_stands_there_once_newest_first_in_pages_of_any_size() -> None:
    world = World()
    contact, emma = await busy(world)
    whole = await pages(world, contact, emma, 500)
    assert len(whole) == 1
    times = [item.order for item in whole[0]]
    assert times == sorted(times, reverse=True)
    names = [item.id for item in whole[0]]
    assert len(names) == len(set(names))
    # 12 messages of residents, 3 answers, 8 cases; an edit, and a merge seen from both sides.
    kinds = [item.kind for item in whole[0]]
    assert (kinds.count("message"), kinds.count("case"), kinds.count("change")) == (15, 8, 3)
    assert "между собой" not in str(whole)
    for limit in (1, 2, 3, 7, 25):
        assert await ids(world, contact, emma, limit) == names


async def test_filters_leave_what_was_asked_for() -> None:
    world = World()
    contact, emma = await busy(world)
    assert len(await ids(world, contact, emma, 4, kind="message")) == 15
    assert len(await ids(world, contact, emma, 4, kind="case")) == 8
    assert len(await ids(world, contact, emma, 2, kind="change")) == 3
    assert await ids(world, contact, emma, 2, kind="call") == []
    (failed,) = await ids(world, contact, emma, 4, kind="failed")
    assert failed == "2-2"
    mails = await pages(world, contact, emma, 3, channel="email")
    assert {item.channel for page in mails for item in page} == {"email"}
    assert all(len(page) <= 3 for page in mails)


async def test_a_part_of_a_person_leads_to_all_of_them() -> None:
    world = World()
    contact, emma = await busy(world)
    other = (await world.services.book.load(3)).contact.id
    assert await ids(world, other, emma, 9) == await ids(world, contact, emma, 9)
    await world.services.persons.split(other, emma)
    alone = await ids(world, contact, emma, 9)
    assert "case-3" not in alone
    assert "case-1" in alone


async def test_what_comes_while_somebody_turns_pages_moves_nothing() -> None:
    world = World()
    contact, emma = await busy(world)
    before = await ids(world, contact, emma, 500)
    person = await world.services.persons.get(contact, emma)
    first = await world.services.timeline.page(person, emma, limit=5)
    await world.say("Совсем новое", "anna")
    seen = [item.id for item in first.items]
    cursor = first.next
    while cursor:
        page = await world.services.timeline.page(person, emma, cursor=cursor, limit=5)
        seen += [item.id for item in page.items]
        cursor = page.next
    assert len(seen) == len(set(seen))
    assert set(seen) >= set(before)


async def test_a_cursor_opens_nobody_elses_cases() -> None:
    world = World()
    contact, emma = await busy(world)
    await world.say("Чужое", "vera")
    person = await world.services.persons.get(contact, emma)
    forged = {"cases": {"9": 0}, "headless": True, "called": True, "changes": 0}
    cursor = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
    page = await world.services.timeline.page(person, emma, cursor=cursor)
    assert page.items == []
    for junk in ("junk", "e30x", base64.b64encode(b'{"cases": 5}').decode(), "x" * 100_000):
        with pytest.raises(Invalid):
            await world.services.timeline.page(person, emma, cursor=junk)


async def test_who_may_not_read_contacts_reads_no_timeline() -> None:
    world = World()
    contact, emma = await busy(world)
    person = await world.services.persons.get(contact, emma)
    ivan = await world.staff("ivan", "executor")
    with pytest.raises(Forbidden):
        await world.services.timeline.page(person, ivan)
