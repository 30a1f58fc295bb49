"""A process may die at any moment: an update that is handled again does and says nothing twice."""

from __future__ import annotations

import pytest

from tests.support.botworld import EMMA, BotWorld


@pytest.fixture
def handled(world: BotWorld) -> list[tuple[str, bytes]]:
    """Every row that the staff conversation was given."""
    rows: list[tuple[str, bytes]] = []
    first = world.bots.conversation.handle

    async def handle(row_id: str, account: str, body: bytes) -> None:
        rows.append((row_id, body))
        await first(row_id, account, body)

    world.bots.conversation.handle = handle  # type: ignore[method-assign]
    return rows


async def test_a_whole_talk_again_says_nothing_new(
    world: BotWorld, handled: list[tuple[str, bytes]]
) -> None:
    await world.resident.say("Нет воды")
    await world.emma.press("Взять")
    card = await world.emma.wait_for("у меня")
    await world.emma.reply(card.id, "Мастер едет")
    await world.emma.wait_for("✓")
    await world.emma.press("Заметка")
    await world.emma.wait_for("Комментарий к №1")
    await world.emma.say("Позвонить Петрову")
    await world.emma.wait_for("Записано")
    await world.emma.press("Передать")
    await world.emma.press("Петрова В. И. · 0")
    await world.emma.wait_for("Напишите пояснение")
    await world.emma.say("Заканчиваю смену")
    asked = await world.emma.wait_for("Передать №1")
    await world.emma.press("Передать", on=asked)
    await world.emma.wait_for("№1 передано")
    entries = await world.entries(1)
    said = [message.text for message in await world.emma.history()]
    got = [message.text for message in await world.resident.history()]
    assert len(handled) == 8

    for row_id, body in list(handled):
        await world.bots.conversation.handle(row_id, "shift", body)
    await world.emma.say("/help")
    await world.emma.wait_for("/queue", fresh=True)
    assert await world.entries(1) == entries
    # What was answered at pressed keys is said again; in the chat nothing is.
    assert [message.text for message in await world.emma.history()][: len(said)] == said
    assert len(await world.emma.history()) == len(said) + 2
    assert [message.text for message in await world.resident.history()] == got


async def test_a_dialogue_outlives_the_process(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.press("Заметка")
    await world.emma.wait_for("Комментарий к №1")
    kept = await world.store.dialogues.get(f"shift:{EMMA.id}:{EMMA.id}")
    assert kept is not None
    assert (kept.state, kept.data) == ("Asked:note", {"case": "1"})


async def test_what_a_bot_cannot_read_stops_nobody(world: BotWorld) -> None:
    await world.bots.conversation.handle("row", "shift", b'{"update_id": 1, "message": {"x": 1}}')
    await world.bots.conversation.handle("row", "shift", b"not json")
    await world.bots.conversation.handle("row", "shift", b'{"update_id": 2, "news": {}}')
