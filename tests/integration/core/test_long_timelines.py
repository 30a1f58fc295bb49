"""Timelines of people with more behind them than one look takes in."""

from __future__ import annotations

from collections.abc import Sequence

from hub.services.timelineviews import TimelineItem
from tests.support.world import World


async def test_a_filter_that_finds_little_ends_a_page_and_goes_on() -> None:
    world = World()
    emma = await world.staff("emma")
    for number in range(25):
        await world.say(f"Обращение {number}", "anna", conversation=f"site:anna:{number}")
        for _ in range(30):
            await world.say("и ещё", "anna", conversation=f"site:anna:{number}")
        world.clock.forward(minutes=5)
    person = await world.services.persons.get((await world.services.book.load(1)).contact.id, emma)
    found: list[Sequence[TimelineItem]] = []
    cursor = None
    while not found or cursor is not None:
        page = await world.services.timeline.page(
            person, emma, kind="case", cursor=cursor, limit=50
        )
        found.append(page.items)
        cursor = page.next
    assert len(found) > 1
    assert len([item for items in found for item in items]) == 25
