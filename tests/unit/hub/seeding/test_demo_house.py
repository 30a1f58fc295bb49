"""The demonstration beside what an owner has already."""

from __future__ import annotations

from hub.domain.staff import SYSTEM, Group
from hub.starting import demo
from tests.support.world import World


async def test_sample_staff_are_hired_where_the_groups_are_others() -> None:
    world = World()
    named = {group for person in demo.read().staff for group in person.groups}
    await world.services.people.put_group(Group(id="own", name="Своя", default=True), SYSTEM)
    for _ in range(2):
        await demo.install(world.services)
    people = (await world.services.people.directory()).staff
    assert set(people) >= {person.login for person in demo.read().staff}
    assert not any(named.intersection(person.groups) for person in people.values())
