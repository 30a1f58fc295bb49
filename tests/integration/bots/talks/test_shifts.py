"""Shifts and notices of one's own, by the keys that the bot shows."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiogram.methods import SendMessage, SetMyCommands

from hub.domain.notices import NoticeSettings, Quiet
from hub.domain.shift import Shift
from hub.domain.staff import Actor
from tests.support.botworld import BotWorld
from tests.support.forumworld import ForumDesk


async def at(world: BotWorld, login: str) -> Shift | None:
    return (await world.services.people.get(login)).shift


async def test_a_shift_with_a_break_and_what_came_meanwhile(world: BotWorld) -> None:
    await world.emma.say("/shift")
    shift = await world.emma.wait_for("Смену вы пока не отмечали")
    assert shift.buttons == [["На смене", "Перерыв", "Ушёл"]]
    answer = await world.emma.press("На смене", on=shift)
    assert answer.text == "Хорошей смены"
    await world.emma.wait_for(lambda seen: seen.id == shift.id and "Вы на смене" in seen.text)
    await world.emma.press("Перерыв", on=shift.id)
    await world.emma.wait_for(lambda seen: seen.id == shift.id and seen.text.startswith("Перерыв"))
    await world.resident.say("Нет горячей воды")
    await world.vera.wait_for("Нет горячей воды")
    assert not any("горячей" in seen.text for seen in await world.emma.history())
    await world.emma.press("На смене", on=shift.id)
    told = await world.emma.wait_for("Пока вас не было")
    assert "1 новое." in told.text
    assert "Нет горячей воды" in told.text
    await world.emma.press("№1", on=told)
    await world.emma.press("Взять", on=await world.emma.wait_for("№1 · новое"))
    await world.emma.wait_for("у меня")
    await world.emma.press("Ушёл", on=shift.id)
    gone = await world.emma.wait_for(lambda seen: seen.id == shift.id and "закончена" in seen.text)
    assert "✓ Ушёл" in gone.buttons[0]
    found = await at(world, "emma")
    assert found is not None
    assert found.state == "off"
    spans = await world.store.shifts.since(world.clock.now() - timedelta(days=1), "emma")
    assert [span.state for span in spans] == ["on", "break", "on"]


async def test_what_was_done_by_others_meanwhile_needs_nobody(world: BotWorld) -> None:
    emma = Actor.of(await world.services.people.get("emma"))
    await world.services.shifts.change("off", emma)
    await world.resident.say("Нет горячей воды")
    await world.vera.press("Взять", on=await world.vera.wait_for("Нет горячей воды"))
    await world.vera.wait_for("у меня")
    await world.emma.say("/shift")
    await world.emma.press("На смене", on=await world.emma.wait_for("Смена закончена"))
    told = await world.emma.wait_for("Пока вас не было")
    assert "уже в работе у других" in told.text
    assert told.buttons == []


async def test_an_executor_has_a_shift_too_and_a_menu_that_names_it(world: BotWorld) -> None:
    await world.roma.say("/help")
    helped = await world.roma.wait_for("/shift — смена и перерыв")
    assert "/notices" in helped.text
    assert "/queue" not in helped.text
    await world.roma.say("/shift")
    await world.roma.press("На смене", on=await world.roma.wait_for("пока не отмечали"))
    await world.roma.wait_for("Вы на смене")
    found = await at(world, "roma")
    assert found is not None
    assert found.state == "on"


async def test_what_to_hear_of_is_chosen_by_keys(world: BotWorld) -> None:
    await world.emma.say("/notices")
    menu = await world.emma.wait_for("Уведомления")
    assert menu.buttons == [["✓ Всё", "Моё", "Срочное"], ["Тихие часы", "Сводка"]]
    await world.emma.press("Моё", on=menu)
    await world.emma.wait_for(lambda seen: seen.id == menu.id and seen.has_button("✓ Моё"))
    await world.emma.press("Тихие часы", on=menu.id)
    await world.emma.wait_for(lambda seen: seen.id == menu.id and seen.has_button("21:00–8:00"))
    await world.emma.press("21:00–8:00", on=menu.id)
    await world.emma.wait_for("Тихие часы: с 21:00 до 8:00")
    await world.emma.press("Сводка", on=menu.id)
    await world.emma.wait_for(lambda seen: seen.id == menu.id and seen.has_button("✓ Сразу"))
    await world.emma.press("В 9, 17 ч", on=menu.id)
    await world.emma.wait_for("Когда: в 9 и 17 ч")
    chosen = (await world.services.people.get("emma")).notices
    assert chosen == NoticeSettings(
        scope="mine", quiet=Quiet(21 * 60, 8 * 60), digest="at", hours=(9, 17)
    )
    await world.emma.press("Тихие часы", on=menu.id)
    await world.emma.press("Без тихих часов", on=menu.id)
    await world.emma.wait_for("Тихие часы: нет")
    # Only one's own cases from now on: the queue is heard of by the colleague alone.
    await world.resident.say("Нет горячей воды")
    await world.vera.wait_for("Нет горячей воды")
    assert not any("горячей" in seen.text for seen in await world.emma.history())


async def test_times_of_ones_own_are_typed_and_a_slip_is_typed_again(world: BotWorld) -> None:
    await world.emma.say("/notices")
    menu = await world.emma.wait_for("Уведомления")
    await world.emma.press("Тихие часы", on=menu)
    await world.emma.wait_for(lambda seen: seen.id == menu.id and seen.has_button("Своё время"))
    await world.emma.press("Своё время", on=menu.id)
    await world.emma.wait_for("Напишите, с какого")
    await world.emma.say("ночью не надо")
    await world.emma.wait_for("Тихие часы: не понять, напишите, например, 22:00–7:30")
    await world.emma.say("с 22 до 7:30")
    again = await world.emma.wait_for("Тихие часы: с 22:00 до 7:30")
    await world.emma.press("Сводка", on=again)
    await world.emma.wait_for(lambda seen: seen.id == again.id and seen.has_button("Раз в час"))
    await world.emma.press("Своё время", on=again.id)
    await world.emma.wait_for("Напишите часы")
    await world.emma.say("25")
    await world.emma.wait_for("Часы сводки: не понять, напишите, например, 9, 13, 18")
    await world.emma.say("8, 12 и 18:00")
    await world.emma.wait_for("Когда: в 8, 12 и 18 ч")
    chosen = (await world.services.people.get("emma")).notices
    assert (chosen.quiet, chosen.hours) == (Quiet(22 * 60, 450), (8, 12, 18))


async def test_while_times_are_asked_for_commands_and_answers_stay_what_they_are(
    world: BotWorld,
) -> None:
    """What is asked must not swallow an answer to a resident."""
    await world.resident.say("Нет горячей воды")
    card = await world.emma.wait_for("Нет горячей воды")
    await world.emma.press("Взять", on=card)
    await world.emma.wait_for("у меня")
    await world.emma.say("/notices")
    menu = await world.emma.wait_for("Уведомления")
    await world.emma.press("Тихие часы", on=menu)
    await world.emma.wait_for(lambda seen: seen.id == menu.id and seen.has_button("Своё время"))
    await world.emma.press("Своё время", on=menu.id)
    await world.emma.wait_for("Напишите, с какого")
    await world.emma.reply(card.id, "Будет с 10 до 12")
    await world.resident.wait_for("Будет с 10 до 12")
    await world.emma.say("/my")
    await world.emma.wait_for("Мои")
    assert (await world.services.people.get("emma")).notices.quiet is None


async def test_at_rest_a_comment_comes_to_the_executor_without_a_sound(world: BotWorld) -> None:
    now = world.clock.now().astimezone(ZoneInfo("Europe/Moscow"))
    minute = now.hour * 60 + now.minute
    rest = Quiet((minute - 60) % 1440, (minute + 120) % 1440)
    roma = Actor.of(await world.services.people.get("roma"))
    await world.services.shifts.choose(NoticeSettings(quiet=rest), roma)
    sent: list[SendMessage] = []

    async def overheard(send: Any, bot: Any, method: Any) -> Any:
        if isinstance(method, SendMessage):
            sent.append(method)
        return await send(bot, method)

    world.staff_bot.bot.session.middleware(overheard)
    await world.resident.say("Течёт кран")
    await world.emma.wait_for("Течёт кран")
    emma = Actor.of(await world.services.people.get("emma"))
    await world.services.casework.executors(1, emma, add=["roma"])
    await world.roma.wait_for("Задача №1")
    await world.services.replies.comment(1, emma, "Ключ у консьержа")
    await world.roma.wait_for("Ключ у консьержа")

    def silent(words: str) -> list[bool]:
        return [bool(one.disable_notification) for one in sent if words in one.text]

    assert silent("Ключ у консьержа") == [True]
    assert silent("Задача №1") == [False]


async def test_in_a_group_everybody_speaks_for_themselves(world: BotWorld) -> None:
    desk = await ForumDesk.connected(world)
    try:
        await desk.emma.say("/shift")
        shift = await desk.seen(None, "Аксакова Э. Ю.")
        answer = await desk.vera.press("На смене", on=shift.id)
        assert answer.alert
        assert "Это смена коллеги" in answer.text
        assert await at(world, "vera") is None
        await desk.emma.press("На смене", on=shift.id)
        await desk.seen(None, lambda one: one.id == shift.id and "Вы на смене" in one.text)
        found = await at(world, "emma")
        assert found is not None
        assert found.state == "on"
        await desk.emma.say("/notices")
        await desk.seen(None, "в личном чате с ботом")
    finally:
        await desk.close()


async def test_who_came_in_with_an_earlier_version_gets_the_commands_of_this_one(
    world: BotWorld,
) -> None:
    sent: list[SetMyCommands] = []

    async def overheard(send: Any, bot: Any, method: Any) -> Any:
        if isinstance(method, SetMyCommands):
            sent.append(method)
        return await send(bot, method)

    world.staff_bot.bot.session.middleware(overheard)
    await world.roma.say("/help")
    await world.roma.wait_for("/notices — уведомления")
    async with asyncio.timeout(60):
        while not sent:
            await asyncio.sleep(0.02)
    assert sent[-1].scope.chat_id == 504  # type: ignore[union-attr]
    assert [one.command for one in sent[-1].commands] == ["tasks", "shift", "notices", "help"]
