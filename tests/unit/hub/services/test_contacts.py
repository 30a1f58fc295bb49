"""Contacts: edited by staff, joined by proofs, taken apart again."""

from __future__ import annotations

import asyncio

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


async def two(world: World) -> tuple[Contact, Contact]:
    """Anna wrote first, Boris later."""
    await world.say("Нет воды", "anna")
    world.clock.forward(minutes=1)
    await world.say("Лифт", "boris")
    return await contact_of(world, 1), await contact_of(world, 2)


async def test_one_sender_is_one_contact(world: World) -> None:
    await world.say("Нет воды")
    await world.say("и света")
    await world.say("с другого адреса", conversation="site:anna-2")
    assert (await contact_of(world, 1)).id == (await contact_of(world, 2)).id


async def test_claim_joins_nobody_and_shows_a_possible_match(world: World) -> None:
    anna, boris = await two(world)
    for contact in (anna, boris):
        contact.identities = [
            *contact.identities,
            KnownIdentity(key=PHONE.key, verified=False, since=world.clock.now()),
        ]
        await world.store.contacts.save(contact)
    assert [one.id for one in await world.services.contacts.possible(anna.id)] == [boris.id]
    assert (await contact_of(world, 2)).merged_into == ""


async def test_proof_joins_two_contacts_and_the_older_stands_for_both(world: World) -> None:
    anna, boris = await two(world)
    contacts = world.services.contacts
    assert (await contacts.proven(boris, PHONE)).id == boris.id
    standing = await contacts.proven(anna, PHONE)
    assert standing.id == anna.id
    assert (await contact_of(world, 2)).merged_into == anna.id
    resolved = await world.store.contacts.resolve(boris.id)
    assert resolved is not None
    assert resolved.id == anna.id


async def test_proof_of_what_is_proven_changes_nothing(world: World) -> None:
    anna, _ = await two(world)
    anna = await world.services.contacts.proven(anna, PHONE)
    again = await world.services.contacts.proven(anna, PHONE)
    assert (again.id, again.rev) == (anna.id, anna.rev)


async def test_merged_contact_keeps_writing_as_the_one_that_stands_for_it(
    world: World, lena: Actor
) -> None:
    anna, boris = await two(world)
    await world.services.contacts.merge(boris.id, anna.id, lena)
    await world.say("ещё", "boris", conversation="site:boris-2")
    assert (await contact_of(world, 3)).id == anna.id


async def test_split_undoes_a_merge(world: World, lena: Actor) -> None:
    anna, boris = await two(world)
    contacts = world.services.contacts
    await contacts.merge(boris.id, anna.id, lena)
    await contacts.split(boris.id, lena)
    assert (await contacts.get(boris.id, lena)).id == boris.id


async def test_merge_in_a_circle_is_refused(world: World, lena: Actor) -> None:
    anna, boris = await two(world)
    contacts = world.services.contacts
    await contacts.merge(boris.id, anna.id, lena)
    with pytest.raises(MergeCircle):
        await contacts.merge(anna.id, boris.id, lena)
    with pytest.raises(MergeCircle):
        await contacts.merge(anna.id, anna.id, lena)


async def test_what_staff_wrote_shows_in_open_cases(world: World, emma: Actor) -> None:
    anna, _ = await two(world)
    await world.say("снова", "anna", conversation="site:anna-2")
    await world.services.casework.close(1, emma)
    await world.services.contacts.edit(anna.id, {"name": "Анна Петрова", "vip": True}, emma)
    closed, opened = [await world.services.book.load(number) for number in (1, 3)]
    assert (opened.contact.name, opened.contact.vip) == ("Анна Петрова", True)
    assert closed.contact.name == "Anna"
    await world.say("это я", "anna")
    assert (await contact_of(world, 1)).name == "Анна Петрова"


async def test_a_proven_phone_shows_in_open_cases(world: World) -> None:
    await world.say("Нет воды")
    await world.services.contacts.proven(await contact_of(world, 1), PHONE)
    assert (await world.services.book.load(1)).contact.phone == "+79161234567"


async def test_two_edits_at_once_are_both_kept(world: World, emma: Actor) -> None:
    anna, _ = await two(world)
    contacts = world.services.contacts
    await asyncio.gather(
        contacts.edit(anna.id, {"name": "Анна Петрова"}, emma),
        contacts.edit(anna.id, {"premises": "кв. 5"}, emma),
    )
    found = await contact_of(world, 1)
    assert (found.name, found.premises) == ("Анна Петрова", "кв. 5")


async def test_only_what_is_editable_is_edited(world: World, emma: Actor) -> None:
    anna, _ = await two(world)
    with pytest.raises(Invalid):
        await world.services.contacts.edit(anna.id, {"merged_into": "x"}, emma)


async def test_rights_on_contacts(world: World, emma: Actor, ivan: Actor) -> None:
    anna, boris = await two(world)
    contacts = world.services.contacts
    with pytest.raises(Forbidden):
        await contacts.merge(anna.id, boris.id, emma)
    with pytest.raises(Forbidden):
        await contacts.split(anna.id, emma)
    for call in (
        contacts.get(anna.id, ivan),
        contacts.search(ivan),
        contacts.edit(anna.id, {}, ivan),
    ):
        with pytest.raises(Forbidden):
            await call
    with pytest.raises(NotFound):
        await contacts.get("nobody", emma)


async def test_who_cannot_be_reached_is_marked_until_they_write(world: World) -> None:
    anna, _ = await two(world)
    (identity,) = anna.identities
    await world.services.contacts.unreachable(identity.key, "blocked")
    assert (await contact_of(world, 1)).identities[0].unreachable == "blocked"
    await world.say("я снова тут", "anna")
    assert (await contact_of(world, 1)).identities[0].unreachable == ""
    await world.services.contacts.unreachable("telegram:nobody", "blocked")
