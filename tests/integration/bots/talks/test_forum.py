"""The forum group as a desk, driven as people would: what stands there is answered and pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.botworld import BotWorld
from tests.support.forumworld import ForumDesk


@pytest.fixture
async def desk(world: BotWorld) -> AsyncIterator[ForumDesk]:
    desk = await ForumDesk.connected(world)
    yield desk
    await desk.close()


async def test_the_first_message_makes_a_topic_with_a_pinned_card(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · Иванова")
    card = await desk.card(thread)
    assert "Нет горячей воды" in card.text
    assert [button for row in card.buttons for button in row] == [
        "Взять",
        "Ответы",
        "Передать",
        "Заметка",
        "Спам",
        "Закрыть",
        "Ещё",
    ]
    queue = await desk.seen(None, "№1")
    assert "Очередь: 1 обращение" in queue.text
    assert queue.pinned
    await world.resident.say("Уже второй день")
    await desk.seen(thread, "Уже второй день")
    # Who is in the group hears of it there, and not a second time in private.
    assert not [one for one in await world.emma.history() if "горячей воды" in one.text]
    assert await desk.topics() == {thread: ("1 · Иванова", False)}


async def test_an_answer_to_a_message_goes_out_and_plain_words_never_do(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    card = await desk.card(thread)
    await desk.emma.press("Взять", on=card)
    await desk.seen(thread, "у кого: Аксакова Э. Ю.")
    own = await desk.vera.say("Стояк перекрыли с утра", thread=thread)
    await desk.seen(thread, lambda one: one.id == own.id and one.reactions == ["✍"])
    await world.resident.say("Когда будет?")
    asked = await desk.seen(thread, "Когда будет?")
    await desk.emma.reply(asked.id, "К вечеру")
    await world.resident.wait_for("К вечеру")
    mark = await desk.seen(thread, "✓ №1")
    assert mark.reply == "К вечеру"
    assert ("comment", "Стояк перекрыли с утра") in await world.entries(1)
    assert not [one for one in await world.resident.history() if "Стояк" in one.text]
    said = await desk.texts(thread)
    assert said.count("К вечеру") == said.count("Стояк перекрыли с утра") == 1
