"""Contacts: a proven identity belongs to one person."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.domain.message import Identity
from hub.ports.saving import Conflict, Duplicate
from tests.contract.store.samples import at, contact

PHONE = "phone:+79161234567"


async def test_a_contact_comes_back_as_it_was(ports: Any) -> None:
    made = contact("a", "telegram:7", claims=(PHONE,), name="Мария", vip=True)
    assert await ports.contacts.add_many([made]) == []
    assert await ports.contacts.get("a") == made
    assert await ports.contacts.get("b") is None


async def test_a_proven_identity_has_one_holder(ports: Any) -> None:
    first, second = contact("a", "telegram:7"), contact("b", "telegram:7")
    third = contact("c", "telegram:8")
    assert await ports.contacts.add_many([first]) == []
    assert await ports.contacts.add_many([second, third]) == ["b"]
    held = await ports.contacts.by_identities(["telegram:7", "telegram:8", "telegram:9"])
    assert {key: one.id for key, one in held.items()} == {"telegram:7": "a", "telegram:8": "c"}
    assert await ports.contacts.add_many([first]) == []
    assert await ports.contacts.by_identities([]) == {}


async def test_of_many_who_meet_a_person_one_makes_the_contact(ports: Any) -> None:
    made = [contact(f"c{n}", "telegram:7") for n in range(8)]
    lost = await asyncio.gather(*(ports.contacts.add_many([one]) for one in made))
    assert sum(not one for one in lost) == 1


async def test_a_claim_joins_nobody(ports: Any) -> None:
    mine = contact("a", PHONE)
    others = [contact("b", "telegram:1", claims=(PHONE,)), contact("c", claims=(PHONE,))]
    assert await ports.contacts.add_many([mine, *others]) == []
    held = await ports.contacts.by_identities([PHONE])
    assert held[PHONE].id == "a"
    found = await ports.contacts.claiming([PHONE], 10)
    assert {one.id for one in found} == {"a", "b", "c"}
    assert len(await ports.contacts.claiming([PHONE], 2)) == 2
    assert await ports.contacts.claiming([], 2) == []


async def test_proving_a_held_identity_is_refused(ports: Any) -> None:
    await ports.contacts.add_many([contact("a", PHONE), contact("b", "telegram:1")])
    other = await ports.contacts.get("b")
    other.prove(Identity("phone", "+79161234567"), at(1))
    with pytest.raises(Duplicate):
        await ports.contacts.save(other)
    assert other.rev == 0
    mine = await ports.contacts.get("a")
    mine.prove(Identity("telegram", "5"), at(1))
    await ports.contacts.save(mine)
    held = await ports.contacts.by_identities(["telegram:5", PHONE])
    assert {one.id for one in held.values()} == {"a"}


async def test_the_second_of_two_saves_is_refused(ports: Any) -> None:
    await ports.contacts.add_many([contact("a", "telegram:1")])
    one, two = await ports.contacts.get("a"), await ports.contacts.get("a")
    one.edit({"name": "Анна"}, at(1))
    two.edit({"name": "Вера"}, at(1))
    await ports.contacts.save(one)
    with pytest.raises(Conflict):
        await ports.contacts.save(two)
    one.edit({"vip": True}, at(2))
    await ports.contacts.save(one)
    found = await ports.contacts.get("a")
    assert (found.name, found.vip, found.rev) == ("Анна", True, 2)


async def test_merges_are_followed_and_can_be_undone(ports: Any) -> None:
    a, b, c = contact("a", "telegram:1"), contact("b", "telegram:2"), contact("c", "telegram:3")
    await ports.contacts.add_many([a, b, c])
    a.merge_into(b, at(1))
    await ports.contacts.save(a)
    b.merge_into(c, at(1))
    await ports.contacts.save(b)
    assert (await ports.contacts.resolve("a")).id == "c"
    assert (await ports.contacts.resolve("nobody")) is None
    held = await ports.contacts.by_identities(["telegram:1", "telegram:3"])
    assert {key: one.id for key, one in held.items()} == {"telegram:1": "c", "telegram:3": "c"}
    assert await ports.contacts.merged_from("b") == ["a"]
    b.merged_into = ""
    await ports.contacts.save(b)
    assert (await ports.contacts.resolve("a")).id == "b"


async def test_contacts_are_found_by_words_and_numbers(ports: Any) -> None:
    await ports.contacts.add_many(
        [
            contact("a", PHONE, name="Мария Петрова", updated_at=at(1)),
            contact("b", "telegram:2", name="Мария Иванова", email="m@x.ru", updated_at=at(2)),
            contact("c", "telegram:3", name="Фёдор", updated_at=at(3)),
        ]
    )

    async def found(words: str = "", phone: str = "") -> list[str]:
        ids: list[str] = []
        cursor = None
        while True:
            page = await ports.contacts.search(words, phone, cursor, 1)
            ids += [one.id for one in page.items]
            cursor = page.next
            if cursor is None:
                return ids

    assert await found() == ["c", "b", "a"]
    assert await found("мария") == ["b", "a"]
    assert await found("марии петровой") == ["a"]
    assert await found(phone="+7 (916) 123-45-67") == ["a"]
    assert await found(phone="4567") == ["a"]
    assert await found("иванова", "4567") == []
    assert await found("федора") == ["c"]
    other = await ports.contacts.get("b")
    other.merge_into(await ports.contacts.get("a"), at(9))
    await ports.contacts.save(other)
    assert await found("мария") == ["a"]
