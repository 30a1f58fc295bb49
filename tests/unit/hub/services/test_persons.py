"""One person: joined and taken apart; what staff wrote stays, nothing moves that may be undone."""

from __future__ import annotations

import pytest

from hub.domain.contact import Contact, KnownIdentity
from hub.domain.errors import Forbidden, Invalid, MergeCircle, NotFound
from hub.domain.message import Identity
from hub.domain.staff import Actor
from tests.support.world import World

PHONE = Identity("phone", "+79161234567")


async def contact_of(world: World, number: int) -> Contact:
    case = await world.services.book.load(number)
    found = await world.store.contacts.get(case.contact.id)
    assert found is not None
    return found


async def shown_in(world: World, number: int) -> str:
    return (await world.services.book.load(number)).contact.name


async def two(world: World) -> tuple[Contact, Contact]:
    await world.say("Нет воды", "anna")
    world.clock.forward(minutes=1)
    await world.say("Лифт", "boris")
    return await contact_of(world, 1), await contact_of(world, 2)


async def claim(world: World, contact: Contact, identity: Identity = PHONE) -> None:
    contact.identities = [
        *contact.identities,
        KnownIdentity(key=identity.key, verified=False, since=world.clock.now()),
    ]
    contact.phone = identity.value
    await world.store.contacts.save(contact)


async def test_a_name_that_staff_wrote_stays_whichever_card_stands(
    world: World, emma: Actor, lena: Actor
) -> None:
    anna, boris = await two(world)
    await world.services.contacts.edit(boris.id, {"name": "Борис Петрович"}, emma)
    person = await world.services.persons.merge(boris.id, anna.id, lena)
    assert person.shown.name == "Борис Петрович"
    assert [await shown_in(world, 1), await shown_in(world, 2)] == ["Борис Петрович"] * 2
    await world.say("ещё", "anna", conversation="site:anna-2")
    assert await shown_in(world, 3) == "Борис Петрович"
    assert (await world.store.contacts.get(anna.id)).name == "Anna"
    await world.services.persons.split(boris.id, lena)
    assert [await shown_in(world, 1), await shown_in(world, 2)] == ["Anna", "Борис Петрович"]


async def test_what_staff_wrote_on_the_standing_card_wins(
    world: World, emma: Actor, lena: Actor
) -> None:
    anna, boris = await two(world)
    await world.services.contacts.edit(anna.id, {"name": "Анна Первая"}, emma)
    await world.services.contacts.edit(boris.id, {"name": "Борис", "premises": "Мира, 1"}, emma)
    person = await world.services.persons.merge(boris.id, anna.id, lena)
    assert (person.shown.name, person.shown.premises) == ("Анна Первая", "Мира, 1")


async def test_history_says_who_joined_and_who_took_apart(world: World, lena: Actor) -> None:
    anna, boris = await two(world)
    await world.services.persons.merge(boris.id, anna.id, lena)
    await world.services.persons.split(boris.id, lena)
    lines = [(line.action, line.who.login) for line in (await contact_of(world, 2)).history]
    assert lines == [("merged", "lena"), ("split", "lena")]
    lines = [(line.action, line.who.login) for line in (await contact_of(world, 1)).history]
    assert lines == [("took_in", "lena"), ("parted", "lena")]


async def test_an_edit_leaves_a_line_with_what_stood_there(world: World, emma: Actor) -> None:
    anna, _ = await two(world)
    edited = await world.services.contacts.edit(anna.id, {"name": "Анна", "vip": False}, emma)
    (line,) = edited.history
    assert line.data == {"field": "name", "old": "Anna", "new": "Анна"}


async def test_matches_say_why_and_the_strongest_stands_first(world: World, emma: Actor) -> None:
    anna, boris = await two(world)
    await world.say("Свет", "vera")
    vera = await contact_of(world, 3)
    for one in (anna, boris):
        await claim(world, one)
    await world.services.contacts.edit(vera.id, {"name": "аня", "premises": "Мира, 1 5"}, emma)
    await world.services.contacts.edit(anna.id, {"name": "Аня", "premises": "Мира, 1 5"}, emma)
    person = await world.services.persons.get(anna.id, emma)
    found = await world.services.persons.matches(person, emma)
    assert [(one.contact.id, [sign.why for sign in one.signs]) for one in found] == [
        (boris.id, ["claimed"]),
        (vera.id, ["name"]),
    ]
    await world.services.contacts.proven(await contact_of(world, 2), PHONE)
    found = await world.services.persons.matches(person, emma)
    assert [sign.why for sign in found[0].signs] == ["proven"]
    # A claim joined nobody.
    assert not (await contact_of(world, 2)).merged_into


async def test_a_claim_that_is_not_theirs_is_struck_out_and_not_believed_again(
    world: World, lena: Actor
) -> None:
    anna, _ = await two(world)
    await claim(world, anna)
    assert await world.services.persons.detach(anna.id, PHONE.key, lena) is None
    held = await contact_of(world, 1)
    assert (held.identity(PHONE.key), held.phone) == (None, "")
    message = world.inbound("Это я", "anna")
    sender = message.sender.__class__(identity=message.sender.identity, claims=(PHONE,))
    await world.say("Это я", "anna", sender=sender)
    assert (await contact_of(world, 1)).identity(PHONE.key) is None
    proven = await world.services.contacts.proven(await contact_of(world, 1), PHONE)
    assert proven.identity(PHONE.key) is not None


async def test_an_identity_that_joined_wrongly_leaves_with_its_cases_and_comes_back(
    world: World, lena: Actor
) -> None:
    anna, _ = await two(world)
    await world.services.contacts.proven(anna, PHONE)
    number = await by_phone(world)
    assert (await contact_of(world, number)).id == anna.id
    apart = await world.services.persons.detach(anna.id, PHONE.key, lena)
    assert apart is not None
    assert apart.verified == [PHONE.key]
    assert (await contact_of(world, number)).id == apart.id
    assert (await contact_of(world, 1)).id == anna.id
    held = await world.store.contacts.by_identities([PHONE.key])
    assert held[PHONE.key].id == apart.id
    # Undo: nothing moves back, a pointer says that they are one.
    person = await world.services.persons.merge(apart.id, anna.id, lena)
    assert {one.key for one in person.shown.identities} >= {PHONE.key}
    again = await world.services.persons.detach(anna.id, PHONE.key, lena)
    assert again is not None
    assert again.id == apart.id


async def by_phone(world: World) -> int:
    """A message that came by the phone itself."""
    message = world.inbound("СМС", "anna")
    address = message.reply_to.__class__("site", "kannel", "7", PHONE.key, "sms:7")
    sender = message.sender.__class__(identity=PHONE)
    await world.say("СМС", sender=sender, reply_to=address, conversation="sms:7")
    return 3


async def test_the_identity_a_card_began_with_does_not_leave_it(world: World, lena: Actor) -> None:
    anna, boris = await two(world)
    await world.services.contacts.proven(anna, PHONE)
    with pytest.raises(Invalid):
        await world.services.persons.detach(anna.id, "external:site:anna", lena)
    with pytest.raises(NotFound):
        await world.services.persons.detach(anna.id, "phone:+70000000000", lena)
    await world.services.persons.merge(boris.id, anna.id, lena)
    apart = await world.services.persons.detach(anna.id, "external:site:boris", lena)
    assert apart is not None
    assert (apart.id, apart.merged_into) == (boris.id, "")


async def test_circles_are_refused_also_by_way_of_others(world: World, lena: Actor) -> None:
    anna, boris = await two(world)
    await world.say("Свет", "vera")
    vera = await contact_of(world, 3)
    await world.services.persons.merge(anna.id, boris.id, lena)
    await world.services.persons.merge(boris.id, vera.id, lena)
    for one in (anna.id, boris.id, vera.id):
        with pytest.raises(MergeCircle):
            await world.services.persons.merge(vera.id, one, lena)
    person = await world.services.persons.get(anna.id, lena)
    assert [part.id for part in person.parts] == [vera.id, boris.id, anna.id]


async def test_an_operator_reads_and_does_not_join(world: World, emma: Actor, ivan: Actor) -> None:
    anna, boris = await two(world)
    person = await world.services.persons.get(anna.id, emma)
    assert person.holder("external:site:anna") is not None
    for act in (
        world.services.persons.merge(anna.id, boris.id, emma),
        world.services.persons.split(anna.id, emma),
        world.services.persons.detach(anna.id, "external:site:anna", emma),
        world.services.persons.get(anna.id, ivan),
        world.services.persons.matches(person, ivan),
    ):
        with pytest.raises(Forbidden):
            await act
