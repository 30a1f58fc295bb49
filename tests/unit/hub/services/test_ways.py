"""Where an answer goes: by the last incoming message's way, by another that staff choose, by the
next one where a channel refused for good. Two accounts, one person."""

from __future__ import annotations

import pytest

from hub.domain.errors import NoAddress
from hub.domain.message import Address, Identity, Rejected
from hub.domain.message import Sender as From
from hub.domain.staff import Actor
from hub.services.addresses import next_address
from tests.support.world import TestChannel, World

SHOP = Identity("external", "42", "shop")
AT_SHOP = Address("shop", "telegram", "42", SHOP.key, "shop:42")
PHONE = Identity("phone", "+79161234567")


async def house(world: World, lena: Actor) -> TestChannel:
    """Anna wrote at the site (case 1) and at the shop (case 2); staff know that she is one."""
    shop = TestChannel()
    world.deps.senders["shop"] = shop  # type: ignore[index]
    await world.say("Нет воды", "anna")
    await world.say(
        "Вода?",
        "42",
        sender=From(identity=SHOP, name="Анна", claims=(PHONE,)),
        reply_to=AT_SHOP,
        conversation="shop:42",
        channel="telegram",
    )
    first, second = [(await world.services.book.load(number)).contact.id for number in (1, 2)]
    await world.services.persons.merge(second, first, lena)
    return shop


async def test_an_answer_leaves_where_the_last_message_came_from(
    world: World, emma: Actor, lena: Actor
) -> None:
    shop = await house(world, lena)
    await world.services.replies.send(1, emma, "Едем")
    await world.services.replies.send(2, emma, "Скоро")
    await world.settle()
    assert [out.text for out in world.channel.sent] == ["Едем"]
    assert [out.text for out in shop.sent] == ["Скоро"]


async def test_staff_choose_another_way_and_the_case_keeps_its_own(
    world: World, emma: Actor, lena: Actor
) -> None:
    shop = await house(world, lena)
    ways = await world.services.replies.ways(1)
    assert [(way.identity, way.unreachable) for way in ways] == [
        ("external:site:anna", ""),
        (SHOP.key, ""),
    ]
    await world.services.replies.send(1, emma, "Пишем туда", to=SHOP.key)
    await world.services.replies.send(1, emma, "И сюда")
    await world.settle()
    assert [out.text for out in shop.sent] == ["Пишем туда"]
    assert [out.text for out in world.channel.sent] == ["И сюда"]
    with pytest.raises(NoAddress):
        # A claim is no way: nobody proved whose it is.
        await world.services.replies.send(1, emma, "?", to=PHONE.key)


async def test_who_is_gone_is_offered_the_next_way_and_the_closed_one_says_why(
    world: World, emma: Actor, lena: Actor
) -> None:
    shop = await house(world, lena)
    world.channel.outcomes = [Rejected("blocked", gone=True)]
    await world.services.replies.send(1, emma, "Едем")
    await world.settle()
    case = await world.services.book.load(1)
    assert case.address is not None
    assert await next_address(world.deps, case, case.address) == AT_SHOP
    ways = await world.services.replies.ways(1)
    assert [(way.channel, way.unreachable) for way in ways] == [
        ("test", "blocked"),
        ("telegram", ""),
    ]
    (failure,) = (await world.services.failures.page(emma)).items
    assert [way.identity for way in await world.services.failures.ways(failure, emma)] == [SHOP.key]
    await world.services.failures.retry(failure.id, emma, to=SHOP.key)
    await world.settle()
    assert [out.text for out in shop.sent] == ["Едем"]
    assert (await world.services.failures.page(emma)).items == []
    # They write again: the way is open, and the next answer goes there.
    await world.say("Я тут", "anna")
    await world.services.replies.send(1, emma, "Видим")
    await world.settle()
    assert world.channel.sent[-1].text == "Видим"
    assert [way.unreachable for way in await world.services.replies.ways(1)] == ["", ""]


async def test_an_account_that_is_gone_from_the_settings_is_a_closed_way(
    world: World, emma: Actor, lena: Actor
) -> None:
    await house(world, lena)
    world.deps.senders.pop("shop")  # type: ignore[attr-defined]
    ways = await world.services.replies.ways(1)
    assert [way.unreachable for way in ways] == ["", "channel_off"]
    with pytest.raises(NoAddress):
        await world.services.replies.send(1, emma, "?", to=SHOP.key)


async def test_what_is_taken_apart_is_no_way_any_more(
    world: World, emma: Actor, lena: Actor
) -> None:
    await house(world, lena)
    second = (await world.services.book.load(2)).contact.id
    await world.services.persons.split(second, lena)
    assert [way.identity for way in await world.services.replies.ways(1)] == ["external:site:anna"]
