"""Ответы: folders and replies six a page, search, and what a preview warns of."""

from __future__ import annotations

from hub.domain.catalog import QuickReply
from hub.ports.channel import Capabilities
from tests.support.botworld import BotWorld
from tests.support.phone import Seen


async def taken(world: BotWorld) -> Seen:
    await world.resident.say("Нет горячей воды")
    await world.emma.press("Взять")
    return await world.emma.wait_for("у меня")


async def add(world: BotWorld, ident: str, title: str, text: str, folder: str = "") -> None:
    reply = QuickReply(
        id=ident, title=title, text=text, folder=folder, updated_at=world.clock.now()
    )
    await world.store.catalog.put_quick_reply(reply, new=True)


async def test_folders_and_replies_come_six_a_page(world: BotWorld) -> None:
    await taken(world)
    for number in range(8):
        await add(world, f"f{number}", f"Ответ {number}", "Да", f"Папка {number}")
        await add(world, f"v{number}", f"Про воду {number}", "Да", "Вода")
    await world.emma.press("Ответы")
    menu = await world.emma.wait_for("Быстрые ответы для №1")
    assert len(menu.buttons) == 8
    await world.emma.press("Вперёд ›", on=menu)
    await world.emma.wait_for(lambda seen: seen.id == menu.id and len(seen.buttons) == 6)
    await world.emma.press("‹ Назад", on=menu.id)
    await world.emma.press("📁 Вода (9)", on=menu.id)
    replies = await world.emma.wait_for(
        lambda seen: seen.id == menu.id and seen.has_button("Про воду 0")
    )
    assert sum(len(row) for row in replies.buttons) == 8
    await world.emma.press("Вперёд ›", on=replies)
    await world.emma.press("Про воду 7", on=menu.id)
    preview = await world.emma.wait_for(lambda seen: seen.id == menu.id and "получит" in seen.text)
    await world.emma.press("‹ К ответам", on=preview)
    await world.emma.wait_for(
        lambda seen: seen.id == menu.id and "Быстрые ответы для №1" in seen.text
    )


async def test_a_search_in_an_answer_to_a_card_is_for_its_case(world: BotWorld) -> None:
    card = await taken(world)
    await world.emma.reply(card.id, "/q мастер")
    found = await world.emma.wait_for("Ответы для №1")
    assert "«мастер»" in found.text
    await world.emma.press("Мастер едет", on=found)
    await world.emma.press("Отправить")
    await world.resident.wait_for("Светлана, мастер будет сегодня.")
    await world.emma.say("/q слон")
    assert (await world.emma.wait_for("Ничего не нашлось")).buttons == []


async def test_a_preview_names_what_nothing_filled_and_what_is_too_long(world: BotWorld) -> None:
    await taken(world)
    world.channel.caps = Capabilities(  # type: ignore[attr-defined]
        max_text=40, files=True, status_card=True
    )
    await add(world, "w", "Срок", "Сделаем до {срок}, {имя}. Приносим извинения за неудобства.")
    await world.emma.say("/q извинения")
    await world.emma.press("Срок")
    await world.emma.press("№1 · Светлана Иванова")
    preview = await world.emma.wait_for("получит")
    assert "Сделаем до {срок}, Светлана." in preview.text
    assert "Не заполнено: {срок}" in preview.text
    assert "из 40 знаков" in preview.text


async def test_a_private_reply_is_in_nobody_elses_folders(world: BotWorld) -> None:
    reply = QuickReply(
        id="p", title="Моё", text="Да", folder="Вера", owner="vera", updated_at=world.clock.now()
    )
    await world.store.catalog.put_quick_reply(reply, new=True)
    await taken(world)
    await world.emma.press("Ответы")
    menu = await world.emma.wait_for("Быстрые ответы для №1")
    assert not any("Вера" in label for row in menu.buttons for label in row)


async def test_a_reply_chosen_first_where_there_is_no_case_to_send_it_in(world: BotWorld) -> None:
    await world.emma.say("/q едет")
    await world.emma.press("Мастер едет")
    told = await world.emma.wait_for("У вас нет открытых обращений")
    assert told.buttons == []


async def test_a_preview_of_a_long_text_says_that_all_of_it_goes(world: BotWorld) -> None:
    await taken(world)
    await add(world, "long", "Длинный", "я" * 3600, "Вода")
    await world.emma.say("/q длинный")
    await world.emma.press("Длинный")
    await world.emma.press("№1 · Светлана Иванова")
    preview = await world.emma.wait_for("получит")
    assert "Здесь только начало, уйдёт всё: 3600 знаков." in preview.text
