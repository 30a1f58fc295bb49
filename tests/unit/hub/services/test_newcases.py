"""Cases that staff or programs make themselves."""

from __future__ import annotations

import asyncio

import pytest

from hub.domain.catalog import CaseType, FirstDeadline
from hub.domain.errors import Forbidden, Invalid, NotFound
from hub.domain.message import Identity
from hub.domain.staff import Actor
from hub.services.newcases import NewCase, NewContact
from tests.support.world import START, World


def new(key: str = "k", **fields: object) -> NewCase:
    return NewCase(**({"text": "Течёт кран", "key": key} | fields))  # type: ignore[arg-type]


async def test_case_stands_in_the_queue_and_its_people_hear_of_it(
    world: World, emma: Actor, oleg: Actor
) -> None:
    await world.group("north")
    await world.store.catalog.put_deadline(FirstDeadline(id="d", minutes=90))
    case = await world.services.new_cases.open(new(contact=NewContact(name="Анна")), emma)
    await world.settle()
    assert (case.status, case.group, case.dispatcher, case.text) == (
        "new",
        "north",
        "emma",
        "Течёт кран",
    )
    assert case.deadline is not None
    assert (case.deadline - START).total_seconds() == 90 * 60
    assert world.phone.rows == [("oleg", "new", 1)]
    assert [event.what for event in world.heard.events] == [["opened"]]


async def test_key_opens_one_case_however_often(world: World, emma: Actor) -> None:
    cases = await asyncio.gather(*(world.services.new_cases.open(new(), emma) for _ in range(4)))
    assert len({case.number for case in cases}) == 1
    later = await world.services.new_cases.open(new(text="иначе"), emma)
    assert later.text == "Течёт кран"


async def test_keys_of_two_people_are_apart(world: World, emma: Actor, oleg: Actor) -> None:
    one = await world.services.new_cases.open(new(), emma)
    two = await world.services.new_cases.open(new(), oleg)
    assert one.number != two.number


async def test_phone_that_is_only_said_makes_a_contact_of_its_own(
    world: World, emma: Actor
) -> None:
    """Naming somebody's number must not file a case under them unless the number is theirs."""
    contact = NewContact(phone="+79161234567", name="Анна")
    one = await world.services.new_cases.open(new("1", contact=contact), emma)
    two = await world.services.new_cases.open(new("2", contact=contact), emma)
    assert one.contact.id != two.contact.id
    assert one.contact.phone == "+79161234567"
    known = await world.store.contacts.get(one.contact.id)
    assert known is not None
    assert known.verified == []


async def test_proven_phone_names_its_owner(world: World, emma: Actor) -> None:
    await world.say("Нет воды")
    anna = await world.store.contacts.get((await world.services.book.load(1)).contact.id)
    assert anna is not None
    await world.services.contacts.proven(anna, Identity("phone", "+79161234567"))
    contact = NewContact(phone="+79161234567", name="Кто-то")
    case = await world.services.new_cases.open(new(contact=contact), emma)
    assert (case.contact.id, case.contact.name) == (anna.id, "Anna")
    assert case.address is not None
    await world.services.replies.send(case.number, emma, "Придём")
    await world.settle()
    assert world.channel.sent[-1].to.to == "anna"


async def test_contact_named_by_its_id_must_be_there(world: World, emma: Actor) -> None:
    with pytest.raises(NotFound):
        await world.services.new_cases.open(new(contact=NewContact(id="nobody")), emma)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"text": " "}, "text"), ({"key": ""}, "key"), ({"type": "odd"}, "type")],
)
async def test_case_that_makes_no_sense_is_refused(
    world: World, emma: Actor, fields: dict[str, str], field: str
) -> None:
    await world.store.catalog.put_type(CaseType(id="request", name="Запрос"))
    with pytest.raises(Invalid) as refusal:
        await world.services.new_cases.open(new(**fields), emma)  # type: ignore[arg-type]
    assert refusal.value.params["field"] == field


async def test_executors_open_no_cases(world: World, ivan: Actor) -> None:
    with pytest.raises(Forbidden):
        await world.services.new_cases.open(new(), ivan)
