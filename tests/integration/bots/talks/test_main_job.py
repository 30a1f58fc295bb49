"""The main job: a message becomes a case, an operator answers, the resident has the answer."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.botworld import BotWorld


async def test_a_message_becomes_a_case_and_a_swipe_reply_the_answer(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды второй день")
    accepted = await world.resident.wait_for("принято")
    assert accepted.has_button("Дополнить")
    assert accepted.has_button("Отменить")

    card = await world.emma.wait_for("Нет горячей воды")
    assert "Новое обращение" in card.text
    assert "Светлана Иванова" in card.text
    assert await world.vera.wait_for("Нет горячей воды")

    answer = await world.emma.press("Взять")
    assert "Взято" in answer.text
    await world.emma.wait_for(lambda seen: seen.id == card.id and "в работе" in seen.text)
    # Everybody's card of it says whose it is now.
    await world.vera.wait_for("Аксакова")
    await world.resident.wait_for("в работе")

    await world.emma.reply(card.id, "Мастер будет сегодня до 15:00.")
    got = await world.resident.wait_for("Мастер будет")
    assert "УК «Дом»" in got.text
    await world.emma.wait_for("✓")

    await world.resident.say("Спасибо, ждём")
    message = await world.emma.wait_for("Спасибо, ждём")
    await world.emma.reply(message.id, "Пожалуйста!")
    await world.resident.wait_for("Пожалуйста!")


async def test_second_tap_hears_whose_it_is(world: BotWorld) -> None:
    await world.resident.say("Лифт стоит")
    emma_card = await world.emma.wait_for("Лифт стоит")
    vera_card = await world.vera.wait_for("Лифт стоит")
    answers = await asyncio.gather(
        world.emma.press("Взять", on=emma_card), world.vera.press("Взять", on=vera_card)
    )
    case = await world.services.book.load(1)
    assert case.operator in {"emma", "vera"}
    late = next(answer for answer in answers if answer.alert)
    assert ("Аксакова" if case.operator == "emma" else "Петрова") in late.text


async def test_plain_text_never_goes_out(world: BotWorld) -> None:
    await world.resident.say("Течёт кран")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.say("Какой-то там кран")
    asked = await world.emma.wait_for("Что сделать с этим?")
    assert await world.entries(1) == [("in", "Течёт кран")]
    await world.emma.press("Заметка в №1", on=asked)
    await world.emma.wait_for("Записано к №1")
    assert ("comment", "Какой-то там кран") in await world.entries(1)
    seen = [message.text for message in await world.resident.history()]
    assert not any("Какой-то" in text and "Течёт" not in text for text in seen[1:])

    await world.emma.say("Мастер едет")
    await world.emma.press("Ответ в №1")
    await world.resident.wait_for("Мастер едет")
    await world.emma.wait_for("отправлено")


async def test_strangers_get_no_access(world: BotWorld) -> None:
    await world.stranger.say("/queue")
    await world.stranger.wait_for("Нет доступа")
    await world.stranger.start("wrong-token")
    await world.stranger.wait_for("Ссылка уже использована")


async def test_executor_hears_comments_and_answers_by_swipe(world: BotWorld) -> None:
    await world.resident.say("Нет воды, Ленина 5-12")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.press("Ещё")
    await world.emma.press("Исполнители")
    await world.emma.press("Белов Р. С., сантехник · 0 задач")
    task = await world.roma.wait_for("Задача №1")
    assert "Нет воды" in task.text
    await world.emma.press("Заметка")
    await world.emma.wait_for("Комментарий к №1")
    await world.emma.say("Код домофона 12К3456")
    comment = await world.roma.wait_for("Код домофона")
    assert comment.text.startswith("Диспетчер:")
    mine = await world.roma.reply(comment.id, "Понял, выезжаю")
    await world.roma.wait_for(lambda seen: seen.id == mine.id and seen.reactions == ["👌"])
    heard = await world.emma.wait_for("Понял, выезжаю")
    assert "Белов" in heard.text
    # An answer to a colleague's comment stays inside.
    await world.emma.reply(heard.id, "Хорошо")
    await world.roma.wait_for("Хорошо")
    assert ("comment", "Хорошо") in await world.entries(1)
    assert not any("Хорошо" in message.text for message in await world.resident.history())


async def test_commands_stand_in_the_menu_of_who_came_in(world: BotWorld) -> None:
    def named(chat: dict[str, Any]) -> set[str]:
        return {command["command"] for command in chat["commands"]}

    async with asyncio.timeout(60):
        while "queue" not in named(await world.emma.chat()):
            await world.emma.changes(1)
        while "tasks" not in named(await world.roma.chat()):
            await world.roma.changes(1)
    assert "queue" not in named(await world.roma.chat())
