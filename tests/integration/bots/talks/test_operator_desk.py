"""The operator's other conversations, each driven as a person would: what was shown is pressed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiogram.types import CallbackQuery

from bots.common.talk import Talk
from hub.domain.staff import SYSTEM
from tests.support.botworld import BotWorld
from tests.support.phone import Answer, Phone, Seen


async def taken(world: BotWorld, text: str = "Нет горячей воды") -> Seen:
    """A case that Emma has; returns her card."""
    await world.resident.say(text)
    await world.emma.press("Взять")
    return await world.emma.wait_for("у меня")


async def press_on(phone: Phone, button: str, text: str) -> Answer:
    """Press the button under the message with this text, once it is there."""
    return await phone.press(button, on=await phone.wait_for(text))


async def test_transfer_needs_a_note_and_comes_back_with_one(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Передать")
    await world.emma.press("Петрова В. И. · 0")
    await world.emma.wait_for("Напишите пояснение")
    await world.emma.say("Нужен сварщик, звонила в аварийную")
    await press_on(world.emma, "Передать", "Передать №1")
    given = await world.vera.wait_for("Передано вам")
    assert "Нужен сварщик" in given.text
    await world.emma.wait_for("№1 передано")
    await world.vera.press("Вернуть")
    await world.vera.wait_for("Напишите пояснение")
    await world.vera.say("Сварщика нет до завтра")
    await press_on(world.vera, "Передать", "Передать №1")
    back = await world.emma.wait_for("Сварщика нет")
    assert "Передано вам" in back.text
    case = await world.services.book.load(1)
    assert case.operator == "emma"
    assert [kind for kind, _ in await world.entries(1)].count("comment") == 2


async def test_transfer_to_a_group_lands_in_its_queue(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Передать")
    await world.emma.press("👥 Второй этаж")
    await world.emma.wait_for("Напишите пояснение")
    await world.emma.say("Это к вам")
    await press_on(world.emma, "Передать", "Передать №1")
    card = await world.vera.wait_for("Передано в вашу группу")
    assert card.has_button("Взять")
    case = await world.services.book.load(1)
    assert (case.group, case.operator) == ("vip", "")


async def test_quick_reply_is_previewed_changed_and_sent(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Ответы")
    await world.emma.press("📁 Вода (1)")
    await world.emma.press("Мастер едет")
    preview = await world.emma.wait_for("получит")
    assert "Светлана, мастер будет сегодня. Аксакова Э. Ю." in preview.text
    await world.emma.press("Изменить")
    await world.emma.wait_for("Пришлите исправленный текст")
    await world.emma.say("Мастер будет завтра, {имя}")
    again = await world.emma.wait_for("завтра, Светлана")
    assert len(await world.entries(1)) == 1
    await world.emma.press("Отправить", on=again)
    await world.resident.wait_for("Мастер будет завтра, Светлана")
    sent = await world.emma.wait_for(lambda seen: seen.id == again.id and "✓" in seen.text)
    assert "Мастер будет завтра" in sent.text
    reply = await world.store.catalog.quick_reply("r1")
    assert reply is not None
    assert sum(reply.used.values()) == 1


async def test_quick_reply_by_word_asks_for_the_case(world: BotWorld) -> None:
    await taken(world)
    await world.emma.say("/q показания")
    await world.emma.press("Показания")
    await world.emma.press("№1 · Светлана Иванова")
    await world.emma.press("Отправить")
    await world.resident.wait_for("Передайте показания")


async def test_closing_shows_what_the_resident_will_get(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Закрыть")
    await world.emma.press("Выполнено")
    await world.emma.wait_for("Житель получит")
    await world.emma.say("Заменили стояк")
    shown = await world.emma.wait_for(lambda seen: "Заменили стояк" in seen.text and seen.from_bot)
    assert "Обращение №1: выполнено." in shown.text
    await world.emma.press("Закрыть обращение", on=shown)
    told = await world.resident.wait_for("Заменили стояк")
    assert "выполнено" in told.text
    await world.resident.wait_for(lambda seen: seen.has_button("👍"))
    await world.resident.press("Не решено")
    reopened = await world.emma.wait_for("Открыто снова")
    assert "Нет горячей воды" in reopened.text


async def test_spam_is_confirmed_and_undone(world: BotWorld) -> None:
    await taken(world, "Купите слона")
    before = len(await world.resident.history())
    await world.emma.press("Спам")
    await world.emma.press("Да, спам")
    said = await world.emma.wait_for("№1: спам.")
    assert (await world.services.book.load(1)).status == "spam"
    await world.emma.press("Вернуть", on=said)
    await world.emma.wait_for("не спам")
    assert (await world.services.book.load(1)).status == "in_progress"
    assert len(await world.resident.history()) == before


async def test_rejecting_needs_a_reason(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Ещё")
    await world.emma.press("Отклонить")
    await world.emma.wait_for("Напишите причину: житель её увидит")
    await world.emma.say("Это не наш дом")
    await world.emma.wait_for("Житель увидит: Это не наш дом")
    await press_on(world.emma, "Отклонить", "Отклонить №1")
    told = await world.resident.wait_for(
        lambda seen: seen.has_button("Не решено") and "отклонено" in seen.text
    )
    assert (told.text.split("\n")[0], told.edited) == ("Обращение №1 отклонено.", False)
    assert "Это не наш дом" in told.text
    case = await world.services.book.load(1)
    assert (case.status, case.reason) == ("rejected", "Это не наш дом")
    await world.resident.press("Не решено", on=told)
    await world.emma.wait_for("Открыто снова")
    assert (await world.services.book.load(1)).status == "in_progress"


async def test_deadline_type_and_responsible_change(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Ещё")
    await world.emma.press("Срок")
    await world.emma.press("Другое время")
    await world.emma.wait_for("Напишите дату и время")
    await world.emma.say("завтра")
    await world.emma.wait_for("Срок: не понять, напишите, например, 25.11 15:00")
    await world.emma.say("31.12.2030 15:00")
    await world.emma.wait_for("срок 31 декабря 2030")
    await world.emma.press("Ещё")
    await world.emma.press("Тип")
    await world.emma.press("Жалоба")
    await world.emma.wait_for("тип изменён")
    await world.emma.press("Ещё")
    await world.emma.press("Ответственный")
    await world.emma.press("Петрова В. И. · 0 задач")
    await world.vera.wait_for("Вы ответственный")
    case = await world.services.book.load(1)
    assert (case.type, case.responsible) == ("complaint", "vera")


async def test_queue_mine_and_find(world: BotWorld) -> None:
    await world.emma.say("/queue")
    await world.emma.wait_for("Очередь пуста")
    await world.resident.say("Сломан домофон")
    await world.emma.wait_for("Сломан домофон")
    await world.emma.say("/queue")
    queue = await world.emma.wait_for(lambda seen: seen.text.startswith("Очередь"), fresh=True)
    await world.emma.press("Взять", on=queue)
    await world.emma.wait_for("у меня")
    await world.emma.say("/my")
    mine = await world.emma.wait_for(lambda seen: seen.text.startswith("Мои обращения"))
    await world.emma.press("№1", on=mine)
    await world.vera.say("/find домофон")
    found = await world.vera.wait_for("Нашлось")
    assert "№1" in found.text
    await world.vera.say("/find")
    await world.vera.wait_for("Что искать?")
    await world.vera.say("слон")
    await world.vera.wait_for("ничего не нашлось")
    await world.vera.say("/qqq")
    await world.vera.wait_for("Такой команды нет")


async def test_a_case_that_has_ended_runs_out_of_no_time(world: BotWorld) -> None:
    await world.resident.say("Сломан домофон")
    await world.emma.wait_for("Сломан домофон")
    until = world.services.deps.clock.now() + timedelta(hours=2)
    await world.services.casework.deadline(1, until, SYSTEM)
    await world.services.casework.resolve(1, "done", SYSTEM)
    await world.services.casework.close(1, SYSTEM)
    await world.vera.say("/find домофон")
    found = await world.vera.wait_for("Нашлось")
    assert "ещё" not in found.text
    assert "просрочено" not in found.text


async def test_files_go_both_ways(world: BotWorld) -> None:
    card = await taken(world, "Вот фото")
    await world.resident.photo("Смотрите, течёт")
    await world.emma.wait_for("Смотрите, течёт")
    picture = await world.emma.wait_for(lambda seen: seen.media == "photo")
    assert "№1" in picture.text
    # A file may be answered as well.
    await world.emma.reply(picture.id, "Вижу")
    await world.resident.wait_for("Вижу")
    await world.emma.document("Акт.pdf", b"%PDF-1.4 act", "Акт осмотра", reply_to=card.id)
    got = await world.resident.wait_for(lambda seen: seen.media == "document" and seen.from_bot)
    assert "Акт осмотра" in got.text
    assert await world.resident.fetch(got) == b"%PDF-1.4 act"
    await world.emma.press("Ещё")
    await world.emma.press("Файлы")
    await world.emma.wait_for(lambda seen: seen.media == "document" and seen.from_bot)


async def test_blocked_resident_is_said_with_the_reason_and_retried(world: BotWorld) -> None:
    card = await taken(world)
    await world.resident.block()
    await world.emma.reply(card.id, "Мастер едет")
    mark = await world.emma.wait_for("не отправлено")
    assert "заблокировал" in mark.text
    trouble = await world.emma.wait_for("ответ не дошёл")
    nowhere = await world.emma.press("Другой адрес", on=trouble)
    assert "нет" in nowhere.text
    await world.resident.unblock()
    await world.emma.press("Повторить", on=trouble)
    await world.resident.wait_for("Мастер едет")
    await world.emma.wait_for(lambda seen: seen.id == mark.id and "✓" in seen.text)


async def test_edit_of_a_resident_is_shown_as_before_and_after(world: BotWorld) -> None:
    await taken(world)
    said = await world.resident.say("Квартира 12")
    await world.emma.wait_for("Квартира 12")
    await world.resident.edit(said, "Квартира 21")
    changed = await world.emma.wait_for("Стало: Квартира 21")
    assert "Было: Квартира 12" in changed.text


async def test_old_menu_says_what_changed_and_goes_on(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Закрыть")
    await world.emma.press("Выполнено")
    asked = await world.emma.wait_for("Житель получит")
    await world.resident.say("Стало хуже!")
    await world.emma.wait_for("Стало хуже!")
    answer = await world.emma.press("Закрыть обращение", on=asked)
    assert answer.alert
    assert "новые сообщения" in answer.text
    assert (await world.services.book.load(1)).status == "in_progress"
    await world.emma.press("Закрыть обращение", on=asked.id)
    await world.emma.wait_for("закрыто с результатом")


async def test_putting_off_until_tomorrow(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Ещё")
    await world.emma.press("Отложить")
    await world.emma.press("завтра, 12:00")
    await world.emma.wait_for("отложено до завтра, 12:00")
    assert (await world.services.book.load(1)).status == "deferred"


async def test_release_gives_the_case_back_to_everybody(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Ещё")
    await world.emma.press("Вернуть в очередь")
    card = await world.vera.wait_for("Вернулось в очередь")
    assert card.has_button("Взять")
    assert (await world.services.book.load(1)).operator == ""


async def test_impatient_taps_do_a_thing_once(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    card = await world.emma.wait_for("Нет горячей воды")
    taps = await asyncio.gather(*(world.emma.press("Взять", on=card) for _ in range(2)))
    assert not any(tap.alert for tap in taps)
    await world.emma.wait_for("у меня")
    await world.emma.press("Ответы")
    await world.emma.press("📁 Вода (1)")
    await world.emma.press("Мастер едет")
    preview = await world.emma.wait_for("получит")
    await asyncio.gather(*(world.emma.press("Отправить", on=preview) for _ in range(3)))
    await world.emma.wait_for("✓")
    await world.emma.say("Записка")
    menu = await world.emma.wait_for("Что сделать с этим?")
    await asyncio.gather(*(world.emma.press("Ответ в №1", on=menu) for _ in range(3)))
    await world.resident.wait_for("Записка")
    await world.emma.say("/help")
    await world.emma.wait_for("/queue", fresh=True)
    assert [kind for kind, _ in await world.entries(1)] == ["in", "out", "out"]
    assert sum("мастер" in seen.text for seen in await world.resident.history()) == 1


async def test_a_key_of_an_old_card_says_what_changed(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    card = await world.emma.wait_for("Нет горячей воды")
    old = (await world.services.book.load(1)).version
    await world.resident.say("И холодной тоже")
    await world.emma.wait_for(lambda seen: seen.id == card.id and "И холодной" in seen.text)
    body = (
        '{"update_id": 9, "callback_query": {"id": "1", "chat_instance": "1", "from": {"id": 502,'
        f' "is_bot": false, "first_name": "Э"}}, "data": "c:take:1:{old}:0", "message":'
        f' {{"message_id": {card.id}, "date": 1, "chat": {{"id": 502, "type": "private"}}}}}}}}'
    )
    said: list[str] = []
    answer = world.bots.conversation._answer

    async def heard(talk: Talk, query: CallbackQuery) -> None:
        said.append(talk.answer)
        await answer(talk, query)

    world.bots.conversation._answer = heard  # type: ignore[method-assign]
    await world.bots.conversation.handle("old", "shift", body.encode())
    assert said == [
        "№1 изменилось: есть новые сообщения; сейчас новое. Проверьте и нажмите ещё раз."
    ]
    assert (await world.services.book.load(1)).operator == ""


async def test_where_there_is_nothing_to_choose_there_is_nothing_to_cancel(
    world: BotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none() -> list[object]:
        return []

    monkeypatch.setattr(world.services.setup, "results", none)
    monkeypatch.setattr(world.services.setup, "types", none)
    await taken(world)
    await world.emma.press("Закрыть")
    assert (await world.emma.wait_for("Нет ни одного результата")).buttons == []
    await world.emma.press("Ещё")
    await world.emma.press("Тип")
    assert (await world.emma.wait_for("Типы ещё не заведены")).buttons == []
