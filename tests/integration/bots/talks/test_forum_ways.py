"""A forum group offers the next way to a resident whose channel refused for good."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.domain.contact import KnownIdentity
from tests.integration.bots.talks.test_operator_ways import SMS, Sms
from tests.support.botworld import BotWorld
from tests.support.forumworld import ForumDesk


@pytest.fixture
async def desk(world: BotWorld) -> AsyncIterator[ForumDesk]:
    made = await ForumDesk.connected(world)
    yield made
    await made.close()


async def test_in_a_topic_one_press_sends_it_by_the_next_way(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    card = await desk.card(thread)
    await desk.emma.press("Взять", on=card)
    contact = await world.store.contacts.get((await world.services.book.load(1)).contact.id)
    assert contact is not None
    known = KnownIdentity(key=SMS.identity, verified=True, since=world.clock.now(), address=SMS)
    contact.identities = [*contact.identities, known]
    await world.store.contacts.save(contact)
    gateway = Sms()
    world.deps.senders["sms"] = gateway  # type: ignore[index]
    await world.resident.block()
    await desk.emma.reply(card.id, "Мастер едет")
    trouble = await desk.seen(thread, "ответ не дошёл")
    await desk.vera.press("Отправить: СМС · +7 (922) 000-00-01", on=trouble)
    await desk.seen(thread, "✓ №1")
    assert [out.text for out in gateway.sent] == ["Мастер едет"]
