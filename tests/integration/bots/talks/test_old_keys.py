"""A key of an old message never does what the message no longer says: it says what changed.

Each test draws the message, changes the case behind its back, and presses the key that was shown
then (a phone shows it for as long as the change of the message has not come).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiogram.types import CallbackQuery

from bots.common.talk import Talk
from hub.domain.case import Case
from hub.domain.staff import Actor
from tests.support.botworld import BotWorld
from tests.support.phone import Phone, Seen


async def actor(world: BotWorld, login: str) -> Actor:
    return Actor.of(await world.services.people.get(login))


@dataclass(frozen=True)
class Kept:
    """A message of the bot as it stood once."""

    phone: Phone
    seen: Seen
    markup: dict[str, Any]


class Presser:
    """Presses a key of a message as it once was, past what the phone shows now."""

    def __init__(self, world: BotWorld) -> None:
        self.world = world
        self.said: list[tuple[str, bool]] = []
        self.number = 1000
        answer = world.bots.conversation._answer

        async def heard(talk: Talk, query: CallbackQuery) -> None:
            self.said.append((talk.answer, talk.alert))
            await answer(talk, query)

        world.bots.conversation._answer = heard  # type: ignore[method-assign]

    def keep(self, phone: Phone, seen: Seen) -> Kept:
        """The message with its keys as they are now."""
        telegram = self.world.emulator.world
        bot = telegram.bot_by_name("shift_bot")
        assert bot is not None
        stands = telegram.messages[telegram.private(bot.id, phone.person_id).key][seen.id]
        return Kept(phone, seen, copy.deepcopy(stands.markup or {}))

    async def press(self, kept: Kept, label: str) -> tuple[str, bool]:
        phone, seen = kept.phone, kept.seen
        rows = kept.markup["inline_keyboard"]
        keys = [key for row in rows for key in row if key["text"] == label]
        assert keys, f"no {label!r} under {seen.text!r}"
        self.number += 1
        chat = {"id": phone.person_id, "type": "private", "first_name": "Х"}
        message = {
            "message_id": seen.id,
            "date": 1,
            "chat": chat,
            "text": seen.text,
            "reply_markup": kept.markup,
        }
        query = {
            "id": str(self.number),
            "chat_instance": "1",
            "from": {"id": phone.person_id, "is_bot": False, "first_name": "Х"},
            "data": keys[0]["callback_data"],
            "message": message,
        }
        update = {"update_id": self.number, "callback_query": query}
        handle = self.world.bots.conversation.handle
        await handle(f"old{self.number}", "shift", json.dumps(update).encode())
        return self.said[-1]


async def mine(world: BotWorld) -> Seen:
    await world.resident.say("Нет горячей воды")
    await world.emma.press("Взять")
    return await world.emma.wait_for("у меня")


async def moved(world: BotWorld) -> Case:
    """Vera hands the case to herself and puts it off."""
    emma, vera = await actor(world, "emma"), await actor(world, "vera")
    await world.services.casework.release(1, emma)
    case = await world.services.casework.take(1, vera)
    return await world.services.casework.defer(
        1, world.clock.now() + timedelta(days=1), vera, expect=case.version
    )


@pytest.mark.parametrize("label", ["Передать", "Спам", "Закрыть"])
async def test_keys_of_a_card_that_change_something(world: BotWorld, label: str) -> None:
    presser = Presser(world)
    card = presser.keep(world.emma, await mine(world))
    await moved(world)
    said, alert = await presser.press(card, label)
    assert alert
    assert "№1 изменилось" in said
    assert "Петрова В. И." in said
    assert len(said) <= 200


MENUS = [
    ("Срок", "Новый срок"),
    ("Отложить", "До какого времени"),
    ("Тип", "Какого типа"),
    ("Ответственный", "Кто отвечает"),
    ("Исполнители", "Кто выполняет"),
    ("Отклонить", "Почему отклоняем"),
    ("Ждём жителя", ""),
    ("Вернуть в очередь", ""),
    ("Ответить через…", ""),
]


@pytest.mark.parametrize("label", [label for label, _ in MENUS])
async def test_keys_of_the_menu_of_a_card(world: BotWorld, label: str) -> None:
    await mine(world)
    await world.emma.press("Ещё")
    menu = await world.emma.wait_for("что ещё сделать?")
    presser = Presser(world)
    kept = presser.keep(world.emma, menu)
    before = (await moved(world)).version
    said, alert = await presser.press(kept, label)
    assert alert
    assert "№1 изменилось" in said
    assert (await world.services.book.load(1)).version == before
    # The menu goes on with the case as it is now: the second tap has read what changed.
    held = world.store.shown._rows
    here = ("shift", world.emma.person_id, menu.id)
    await world.emma.wait_until(lambda _: held[here].version == before)


async def closing(world: BotWorld) -> tuple[Seen, str]:
    await world.emma.press("Закрыть")
    await world.emma.press("Выполнено")
    return await world.emma.wait_for("Житель получит"), "Закрыть обращение"


async def choosing_a_result(world: BotWorld) -> tuple[Seen, str]:
    await world.emma.press("Закрыть")
    return await world.emma.wait_for("С каким результатом"), "Выполнено"


async def rejecting(world: BotWorld) -> tuple[Seen, str]:
    await world.emma.press("Ещё")
    await world.emma.press("Отклонить")
    await world.emma.wait_for("Напишите причину")
    await world.emma.say("Не наш дом")
    return await world.emma.wait_for("Отклонить №1?"), "Отклонить"


async def transferring(world: BotWorld) -> tuple[Seen, str]:
    await world.emma.press("Передать")
    await world.emma.press("Петрова В. И. · 0")
    await world.emma.wait_for("Напишите пояснение")
    await world.emma.say("Возьми, пожалуйста")
    return await world.emma.wait_for("Передать №1"), "Передать"


async def spamming(world: BotWorld) -> tuple[Seen, str]:
    await world.emma.press("Спам")
    return await world.emma.wait_for("как спам?"), "Да, спам"


async def previewing(world: BotWorld) -> tuple[Seen, str]:
    await world.emma.press("Ответы")
    await world.emma.press("📁 Вода (1)")
    await world.emma.press("Мастер едет")
    return await world.emma.wait_for("получит"), "Отправить"


async def writing_to_nobody(world: BotWorld) -> tuple[Seen, str]:
    await world.emma.say("Мастер едет")
    return await world.emma.wait_for("Что сделать с этим?"), "Ответ в №1"


@pytest.mark.parametrize(
    "drawn",
    [
        closing,
        choosing_a_result,
        rejecting,
        transferring,
        spamming,
        previewing,
        writing_to_nobody,
    ],
)
async def test_the_last_key_of_a_conversation(
    world: BotWorld, drawn: Callable[[BotWorld], Awaitable[tuple[Seen, str]]]
) -> None:
    await mine(world)
    menu, label = await drawn(world)
    presser = Presser(world)
    kept = presser.keep(world.emma, menu)
    before = (await moved(world)).version
    said, alert = await presser.press(kept, label)
    assert alert
    assert "№1 изменилось" in said
    case = await world.services.book.load(1)
    assert (case.version, case.operator) == (before, "vera")
    assert not any("Мастер" in seen.text for seen in await world.resident.history())


async def test_what_was_closed_is_said_with_who_and_when(world: BotWorld) -> None:
    presser = Presser(world)
    card = presser.keep(world.emma, await mine(world))
    vera = await actor(world, "vera")
    await world.services.casework.resolve(1, "done", vera)
    said, _ = await presser.press(card, "Передать")
    assert "решено только что, Петрова В. И." in said


async def test_undo_of_spam_when_somebody_was_quicker(world: BotWorld) -> None:
    await mine(world)
    await world.emma.press("Спам")
    await world.emma.press("Да, спам")
    undo = await world.emma.wait_for(lambda seen: seen.has_button("Вернуть"))
    presser = Presser(world)
    kept = presser.keep(world.emma, undo)
    vera = await actor(world, "vera")
    await world.services.casework.unspam(1, vera)
    said, alert = await presser.press(kept, "Вернуть")
    assert alert
    assert "№1 изменилось" in said
    assert (await world.services.book.load(1)).status == "in_progress"


async def test_keys_of_a_task(world: BotWorld) -> None:
    await mine(world)
    emma = await actor(world, "emma")
    await world.services.casework.executors(1, emma, add=["roma"])
    task = await world.roma.wait_for("Задача №1")
    await world.roma.press("Не могу", on=task)
    menu = await world.roma.wait_for("Почему не получается")
    presser = Presser(world)
    card, asked = presser.keep(world.roma, task), presser.keep(world.roma, menu)
    await world.services.casework.edit(1, emma, premises="Ленина, 7")
    for kept, label in ((card, "Принять"), (card, "Не могу"), (asked, "Занят на другой заявке")):
        said, alert = await presser.press(kept, label)
        assert alert
        assert "адрес изменён" in said
    assert (await world.services.book.load(1)).steps == {}


async def test_a_key_of_a_card_that_was_drawn_anew_meanwhile(world: BotWorld) -> None:
    """A second key pressed before the first had changed the card: what the first did is named,
    though the hub knows the message as newer than that."""
    await world.resident.say("Нет горячей воды")
    await world.emma.wait_for("Нет горячей воды")
    emma = await actor(world, "emma")
    await world.services.casework.executors(1, emma, add=["roma"])
    task = await world.roma.wait_for(lambda seen: seen.has_button("Принять"))
    presser = Presser(world)
    kept = presser.keep(world.roma, task)
    await world.roma.press("Принять", on=task)
    await world.roma.wait_for(lambda seen: seen.id == task.id and seen.has_button("Выехал"))
    said, alert = await presser.press(kept, "Не могу")
    assert alert
    assert "исполнитель принял только что" in said
    assert "новые сообщения" not in said
    assert ".." not in said


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        (("Закрыть", "Выполнено", "Закрыть обращение"), "№1: закрыто с результатом"),
        (("Спам", "Да, спам"), "№1: помечено как спам"),
        (("Ещё", "Вернуть в очередь"), "№1: возвращено в очередь"),
    ],
)
async def test_the_same_key_twice_hears_what_the_first_did(
    world: BotWorld, ways: tuple[str, ...], told: str
) -> None:
    await mine(world)
    *before, last = ways
    for label in before:
        await world.emma.press(label)
    menu = await world.emma.wait_for(lambda seen: seen.has_button(last))
    presser = Presser(world)
    kept = presser.keep(world.emma, menu)
    await presser.press(kept, last)
    version = (await world.services.book.load(1)).version
    # Pressed at once, and again when its message has changed.
    assert await presser.press(kept, last) == (told, False)
    await world.emma.wait_until(
        lambda seen: all(not one.has_button(last) for one in seen if one.id == menu.id)
    )
    assert await presser.press(kept, last) == (told, False)
    assert (await world.services.book.load(1)).version == version


async def test_a_step_twice_hears_what_the_first_did(world: BotWorld) -> None:
    await mine(world)
    emma = await actor(world, "emma")
    await world.services.casework.executors(1, emma, add=["roma"])
    task = await world.roma.wait_for(lambda seen: seen.has_button("Принять"))
    presser = Presser(world)
    kept = presser.keep(world.roma, task)
    await presser.press(kept, "Принять")
    assert await presser.press(kept, "Принять") == ("Задача принята", False)
