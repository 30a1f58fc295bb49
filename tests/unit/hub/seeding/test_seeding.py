"""What is made up fits the types, is told by the same dice alike, and reaches nobody."""

from datetime import UTC, datetime, timedelta
from random import Random

from hub.ports.calls import CallFilter
from hub.seeding import data
from hub.seeding.residents import CALLED, WRITTEN
from hub.seeding.seed import Seeded, Seeder
from hub.starting import defaults
from tests.support.world import World

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=90)


async def seeded(world: World, count: int, progress: list[int] | None = None) -> Seeded:
    heard = progress if progress is not None else []
    return await Seeder(world.services, Random(7)).seed(count, SINCE, NOW, heard.append)


def test_every_data_file_fits_its_type_and_knows_the_types_of_cases() -> None:
    assert data.people().surnames
    assert {one.type for one in data.topics().topic} <= {one.id for one in defaults.read().types}


async def test_cases_stand_whole_within_their_time() -> None:
    world = World()
    store = world.services.deps
    progress: list[int] = []
    result = await seeded(world, 450, progress)
    assert result.cases == 450
    assert 250 < result.contacts < 400
    assert progress == [200, 400, 450]
    cases = await store.cases.many(range(1, 451))
    assert len(cases) == 450
    assert {one.status for one in cases.values()} >= {"new", "in_progress", "closed"}
    for case in cases.values():
        assert SINCE <= case.created_at <= case.updated_at <= NOW
        assert case.text
        assert "{" not in case.text
        assert await store.contacts.get(case.contact.id) is not None
        times = [line.at for line in case.history]
        assert times == sorted(times)


async def test_nothing_made_up_is_ever_sent() -> None:
    world = World()
    store = world.services.deps
    await seeded(world, 100)
    assert await store.cases.due(NOW + timedelta(days=365), 1000) == []
    cases = await store.cases.many(range(1, 101))
    assert all(one.address is None or one.address.account == "seed" for one in cases.values())
    late = await store.callbacks.late(NOW + timedelta(days=365), 1000)
    assert late == []


async def test_every_way_to_reach_the_house_is_there() -> None:
    world = World()
    store = world.services.deps
    await seeded(world, 300)
    cases = (await store.cases.many(range(1, 301))).values()
    assert {one.channel for one in cases} == {*WRITTEN, CALLED}
    rung = [one for one in cases if one.channel == CALLED]
    for case in rung:
        (note,) = [entry.call for entry in case.thread if entry.call]
        call = await store.calls.get(note.id)
        assert call is not None
        assert call.cases == [case.number]
        assert call.contact == case.contact.id
    everybody = await store.calls.page(CallFilter(), None, 500)
    assert len(everybody.items) > len(rung)
    assert any(one.facts.missed for one in everybody.items)


async def test_a_second_helping_stands_beside_the_first() -> None:
    world = World()
    store = world.services.deps
    await seeded(world, 30)
    await seeded(world, 30)
    assert len(await store.cases.many(range(1, 61))) == 60


async def test_made_up_staff_cannot_log_in() -> None:
    world = World()
    await seeded(world, 10)
    people = (await world.services.deps.staff.directory()).staff
    assert len(people) > 2
    assert {one.password for one in people.values()} == {""}
