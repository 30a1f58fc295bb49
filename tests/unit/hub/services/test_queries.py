"""Looking has the same rights as doing."""

from __future__ import annotations

import pytest

from hub.domain.errors import Forbidden, NotFound
from hub.domain.staff import SYSTEM, Actor
from hub.ports.cases import CaseFilter
from tests.support.world import World


@pytest.fixture(autouse=True)
async def cases(world: World) -> None:
    for who, text in (("anna", "Нет воды"), ("boris", "Лифт стоит")):
        await world.say(text, who)
        world.clock.forward(minutes=1)


async def test_executor_sees_their_own_cases_alone(world: World, emma: Actor, ivan: Actor) -> None:
    queries = world.services.queries
    assert (await queries.page(CaseFilter(), ivan)).items == []
    await world.services.casework.executors(1, emma, add=["ivan"])
    assert [case.number for case in (await queries.page(CaseFilter(), ivan)).items] == [1]
    assert (await queries.case(1, ivan)).number == 1
    for call in (queries.case(2, ivan), queries.thread(2, ivan), queries.past(2, ivan)):
        with pytest.raises(Forbidden):
            await call


async def test_case_is_found_by_its_number_and_by_its_words(world: World, emma: Actor) -> None:
    queries = world.services.queries
    for words, numbers in (("2", [2]), ("№2", [2]), ("лифт", [2]), ("воды", [1]), ("крыша", [])):
        assert [case.number for case in await queries.find(words, emma)] == numbers


async def test_number_of_a_case_that_one_may_not_see_finds_nothing(
    world: World, ivan: Actor
) -> None:
    assert await world.services.queries.find("1", ivan) == []


async def test_rights_on_a_case_are_shown(world: World, emma: Actor, ivan: Actor) -> None:
    await world.services.casework.executors(1, emma, add=["ivan"])
    queries = world.services.queries
    for case in (await queries.case(1, ivan), await queries.raw(1, ivan)):
        assert queries.allowed(case, ivan) == {"case.read", "case.comment", "file.upload"}
        assert "case.assign" not in queries.allowed(case, emma)
        assert "case.reply" in queries.allowed(case, emma)


async def test_badges_count(world: World, emma: Actor) -> None:
    await world.services.casework.take(1, emma)
    counts = await world.services.queries.counts(emma)
    assert (counts["mine"], counts["queue"], counts["needs_answer"]) == (1, 1, 1)


async def test_timeline_holds_the_cases_of_all_who_are_one(
    world: World, emma: Actor, lena: Actor
) -> None:
    first, second = [await world.services.book.load(number) for number in (1, 2)]
    await world.services.contacts.merge(second.contact.id, first.contact.id, lena)
    contact = await world.services.contacts.get(second.contact.id, emma)
    timeline = await world.services.queries.timeline(contact, emma)
    assert [case.number for case in timeline] == [2, 1]


async def test_ended_cases_of_the_same_flat_are_past(world: World, emma: Actor) -> None:
    work = world.services.casework
    for number in (1, 2):
        await work.edit(number, emma, premises="кв. 5")
    await work.close(1, emma)
    assert [case.number for case in await world.services.queries.past(2, emma)] == [1]


async def test_inbox_is_for_admins(world: World, emma: Actor, admin: Actor) -> None:
    queries = world.services.queries
    for call in (queries.inbox(emma), queries.inbox_row("x", emma), queries.replay("x", emma)):
        with pytest.raises(Forbidden):
            await call
    page = await queries.inbox(admin)
    assert [row.case for row in page.items] == [2, 1]
    with pytest.raises(NotFound):
        await queries.inbox_row("x", admin)
    with pytest.raises(NotFound):
        await queries.replay("x", admin)


async def test_deleted_message_is_not_shown_but_what_it_said_is(world: World, emma: Actor) -> None:
    case = await world.services.book.load(1)
    entry = case.entry(1)
    entry.deleted = True
    await world.store.cases.save(case, "op")
    (shown,) = (await world.services.queries.case(1, emma)).thread
    assert (shown.text, shown.deleted) == ("", True)


async def test_the_hub_itself_may_look(world: World) -> None:
    assert (await world.services.queries.case(1, SYSTEM)).number == 1
