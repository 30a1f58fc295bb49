"""What is made up fits the types, is told by the same dice alike, and reaches nobody."""

from datetime import UTC, datetime, timedelta
from random import Random

from hub.domain.rights import TABLE
from hub.ports.clock import RandomIds
from hub.seeding import catalogue, data
from hub.seeding.seed import Seeded, Seeder
from tests.support.memory import Memory

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=90)


async def seeded(store: Memory, count: int, progress: list[int] | None = None) -> Seeded:
    seeder = Seeder(store.cases, store.contacts, store.staff, store.catalog, RandomIds(), Random(7))
    heard = progress if progress is not None else []
    return await seeder.seed(count, SINCE, NOW, heard.append)


def test_every_data_file_fits_its_type() -> None:
    start, demo = data.start(), data.demo()
    assert [one.default for one in start.group] == [True]
    assert {one.type for one in data.topics().topic} <= {one.id for one in start.type}
    assert {role for one in demo.staff for role in one.roles} >= {"admin", "operator", "executor"}
    assert {group for one in demo.staff for group in one.groups} <= {one.id for one in demo.group}
    assert [one.order for one in start.type] == [0, 1, 2, 3]
    assert TABLE


async def test_cases_stand_whole_within_their_time() -> None:
    store = Memory()
    progress: list[int] = []
    result = await seeded(store, 450, progress)
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
    store = Memory()
    await seeded(store, 100)
    assert await store.cases.due(NOW + timedelta(days=365), 1000) == []
    cases = await store.cases.many(range(1, 101))
    assert all(one.address and one.address.account == "seed" for one in cases.values())


async def test_a_second_helping_stands_beside_the_first() -> None:
    store = Memory()
    await seeded(store, 30)
    await seeded(store, 30)
    assert len(await store.cases.many(range(1, 61))) == 60


async def test_a_beginning_touches_nothing_that_is_there() -> None:
    store = Memory()
    await catalogue.begin(store.staff, store.catalog)
    (first, *_) = await store.catalog.results()
    first.name = "Сделано"
    await store.catalog.put_result(first)
    await catalogue.begin(store.staff, store.catalog)
    results = await store.catalog.results()
    assert len(results) == len(data.start().result)
    assert "Сделано" in [one.name for one in results]


async def test_the_people_of_the_demonstration_come_once() -> None:
    store = Memory()
    for _ in range(2):
        await catalogue.add_people(store.staff, NOW, data.demo().staff, "hash")
        await catalogue.add_replies(store.catalog, NOW)
    assert len((await store.staff.directory()).staff) == len(data.demo().staff)
    assert len(await store.catalog.quick_replies()) == len(data.demo().reply)
