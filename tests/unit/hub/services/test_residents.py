"""What residents do themselves, with their own cases only."""

from __future__ import annotations

import pytest

from hub.domain.contact import Contact
from hub.domain.errors import NotFound, WrongState
from hub.domain.staff import Actor
from tests.support.world import World


async def known(world: World, who: str) -> Contact:
    message = world.inbound("", who)
    return await world.services.residents.known(message.sender, message.reply_to)


@pytest.fixture
async def anna(world: World) -> Contact:
    """She has two cases, the older one without the mark; Boris has the third."""
    await world.say("Нет воды", "anna")
    await world.services.residents.begin_anew("site:anna")
    await world.say("Лифт стоит", "anna")
    await world.say("Темно", "boris")
    return await known(world, "anna")


async def current(world: World) -> list[int]:
    cases = [await world.services.book.load(number) for number in (1, 2, 3)]
    return [case.number for case in cases if case.current]


async def test_person_that_nobody_knows_is_known_then(world: World) -> None:
    first = await known(world, "anna")
    assert (await known(world, "anna")).id == first.id
    await world.say("Нет воды", "anna")
    assert (await world.services.book.load(1)).contact.id == first.id


async def test_new_word_opens_a_case_of_its_own_and_the_older_stays_open(
    world: World, anna: Contact
) -> None:
    older = await world.services.book.load(1)
    assert (older.open, older.current) == (True, False)
    assert await current(world) == [2, 3]
    await world.services.residents.begin_anew("site:nobody")


async def test_own_cases_are_listed_newest_first(world: World, anna: Contact, emma: Actor) -> None:
    residents = world.services.residents
    assert [case.number for case in await residents.cases(anna)] == [2, 1]
    await world.services.casework.spam(2, emma)
    assert [case.number for case in await residents.cases(anna)] == [1]


async def test_case_of_another_is_not_there_whatever_is_asked(
    world: World, anna: Contact, emma: Actor
) -> None:
    residents = world.services.residents
    await world.services.casework.close(3, emma)
    before = (await world.services.book.load(3)).rev
    for call in (
        residents.case(3, anna),
        residents.withdraw(3, anna),
        residents.rate(3, 1, anna),
        residents.reopen(3, anna),
        residents.continue_in(3, anna),
        residents.case(77, anna),
    ):
        with pytest.raises(NotFound):
            await call
    assert (await world.services.book.load(3)).rev == before


async def test_cases_of_who_is_the_same_person_are_theirs(
    world: World, anna: Contact, lena: Actor
) -> None:
    boris = await known(world, "boris")
    await world.services.contacts.merge(boris.id, anna.id, lena)
    assert (await world.services.residents.case(3, anna)).number == 3
    assert [case.number for case in await world.services.residents.cases(anna)] == [3, 2, 1]


async def test_withdrawn_case_is_closed_and_staff_see_by_whom(world: World, anna: Contact) -> None:
    case = await world.services.residents.withdraw(1, anna)
    assert case.status == "closed"
    assert case.history[-1].who.name == "Anna"
    with pytest.raises(WrongState):
        await world.services.residents.withdraw(1, anna)


async def test_answer_is_rated_once_it_is_there(world: World, anna: Contact, emma: Actor) -> None:
    residents = world.services.residents
    with pytest.raises(WrongState):
        await residents.rate(1, 1, anna)
    await world.services.casework.close(1, emma)
    assert (await residents.rate(1, 1, anna)).rating == 1
    assert (await residents.rate(1, -1, anna)).rating == -1


async def test_unsolved_case_goes_on_and_takes_what_they_write_next(
    world: World, anna: Contact, emma: Actor
) -> None:
    await world.services.casework.close(1, emma)
    await world.services.residents.reopen(1, anna)
    assert await current(world) == [1, 3]
    await world.say("всё ещё нет", "anna")
    case = await world.services.book.load(1)
    assert (case.open, case.thread[-1].text) == (True, "всё ещё нет")


async def test_mark_moves_as_often_as_it_is_asked_to(world: World, anna: Contact) -> None:
    residents = world.services.residents
    for number in (1, 1, 2, 1):
        await residents.continue_in(number, anna)
        assert await current(world) == [number, 3]


async def test_chosen_language_outweighs_that_of_the_device(world: World, anna: Contact) -> None:
    chosen = await world.services.residents.choose_language(anna, "uz")
    assert chosen.language == "uz"
    again = await world.services.residents.choose_language(chosen, "uz")
    assert again.rev == chosen.rev
    await world.say("ещё", "anna")
    found = await world.store.contacts.get(anna.id)
    assert found is not None
    assert found.language == "uz"


async def test_proven_phone_is_theirs(world: World, anna: Contact) -> None:
    contact = await world.services.residents.proven_phone(anna, "+79161234567")
    assert "phone:+79161234567" in contact.verified
    assert contact.phone == "+79161234567"
