"""A day of an executor, each screen driven as a person would: what was shown is pressed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.domain.errors import Forbidden, WrongState
from hub.domain.staff import Actor
from hub.services.newcases import NewCase
from tests.support.botworld import BotWorld
from tests.support.phone import Seen
from tests.support.samples import png

MOSCOW = ZoneInfo("Europe/Moscow")


async def emma_of(world: BotWorld) -> Actor:
    return Actor.of(await world.services.people.get("emma"))


async def given(world: BotWorld, *, photo: bool = False) -> Seen:
    """A case of Emma's that Roma is to carry out; returns the card of the task."""
    if photo:
        await world.resident.photo("Течёт кран на кухне")
    else:
        await world.resident.say("Течёт кран на кухне")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    if photo:
        await world.emma.wait_for(lambda seen: seen.media == "photo")
    emma = await emma_of(world)
    await world.services.casework.edit(1, emma, premises="ул. Ленина, 5-12")
    await world.services.casework.executors(1, emma, add=["roma"])
    return await world.roma.wait_for(lambda seen: "Задача №1" in seen.text and "12" in seen.text)


async def test_the_operator_hands_out_the_work_seeing_who_has_how_much(world: BotWorld) -> None:
    await world.resident.say("Течёт кран на кухне")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.press("Ещё")
    await world.emma.press("Исполнители")
    await world.emma.press("Белов Р. С., сантехник · 0 задач")
    await world.roma.wait_for("Задача №1")
    await world.emma.wait_for(lambda seen: seen.has_button("✓ Белов Р. С., сантехник · 1 задача"))
    await world.emma.wait_for("Исполнители: Белов Р. С.")
    await world.emma.press("Ещё")
    await world.emma.press("Срок")
    asked = await world.emma.wait_for("Новый срок для")
    assert "Белов Р. С.: 1 задача" in asked.text


async def test_from_accepting_to_the_report_with_a_photo(world: BotWorld) -> None:
    task = await given(world, photo=True)
    assert "На карте" in task.text
    await world.roma.wait_for(lambda seen: seen.media == "photo" and seen.from_bot)
    await world.roma.press("Принять", on=task.id)
    await world.emma.wait_for("Белов Р. С. (принял)")
    await world.roma.press("Выехал")
    await world.emma.wait_for("Белов Р. С. (выехал)")
    await world.roma.press("На месте")
    await world.emma.wait_for("Белов Р. С. (на месте)")
    await world.roma.press("Готово")
    await world.roma.wait_for("чем закончилась работа?")
    await world.roma.press("Сделано")
    await world.roma.wait_for("Пришлите фото")
    await world.roma.photo("Заменил смеситель", png())
    await world.roma.wait_for("📎 1 файл")
    await world.roma.say("Проверил, не течёт")
    report = await world.roma.wait_for("Проверил")
    assert "Заменил смеситель" in report.text
    assert not any("смеситель" in text for _, text in await world.entries(1))
    await asyncio.gather(*(world.roma.press("Отправить", on=report) for _ in range(2)))
    heard = await world.emma.wait_for("Заменил смеситель")
    assert heard.text.startswith("Белов Р. С., сантехник: Результат: сделано.")
    pictures = [seen for seen in await world.emma.history() if seen.media == "photo"]
    await world.emma.wait_until(
        lambda seen: sum(one.media == "photo" for one in seen) > len(pictures) - 1
    )
    await world.emma.wait_for("Белов Р. С. (готово)")
    assert not any("смеситель" in said.text for said in await world.resident.history())
    await world.roma.wait_for(lambda seen: seen.id == task.id and not seen.has_button("Готово"))
    assert [kind for kind, _ in await world.entries(1)].count("comment") == 1


async def test_an_album_of_photos_is_one_report(world: BotWorld) -> None:
    await given(world)
    for key in ("Принять", "Выехал", "На месте", "Готово"):
        await world.roma.press(key)
    await world.roma.press("Сделано частично")
    await world.roma.wait_for("Пришлите фото")
    await world.roma.album([png(), png(), png()], "Стояк")
    report = await world.roma.wait_for("📎 3 файла")
    await world.roma.press("Отправить", on=report)
    await world.roma.wait_for("диспетчер получил отчёт")
    case = await world.services.book.load(1)
    assert [len(entry.files) for entry in case.thread if entry.kind == "comment"] == [3]
    assert case.thread[-1].text == "Результат: сделано частично.\nСтояк"


async def test_a_report_says_nothing_without_a_word_or_a_photo(world: BotWorld) -> None:
    await given(world)
    for key in ("Принять", "На месте", "Готово"):
        await world.roma.press(key)
    await world.roma.press("Сделано")
    asked = await world.roma.wait_for("Пришлите фото")
    assert not asked.has_button("Отправить")
    await world.roma.press("Отмена", on=asked)
    await world.roma.say("/help")
    await world.roma.wait_for("/tasks", fresh=True)
    assert (await world.services.book.load(1)).steps == {"roma": "there"}


async def test_declining_gives_the_work_back_with_reason_and_note(world: BotWorld) -> None:
    task = await given(world)
    await world.roma.press("Не могу", on=task.id)
    await world.roma.press("Нет материала или инструмента")
    asked = await world.roma.wait_for("Вернуть №1 диспетчеру?")
    assert "Можно добавить пояснение" in asked.text
    await world.roma.say("Нужен американский кран на 20")
    confirm = await world.roma.wait_for("Пояснение: Нужен американский кран")
    assert (await world.services.book.load(1)).executors == ["roma"]
    await asyncio.gather(*(world.roma.press("Вернуть диспетчеру", on=confirm) for _ in range(2)))
    heard = await world.emma.wait_for("Нет материала или инструмента")
    assert "американский кран" in heard.text
    await world.roma.wait_for("вернули диспетчеру")
    case = await world.services.book.load(1)
    assert case.executors == []
    roma = Actor.of(await world.services.people.get("roma"))
    await world.services.tasks.decline(1, roma, reason="ещё раз", key="again")
    assert len(await world.entries(1)) == 2
    with pytest.raises(Forbidden):
        await world.services.tasks.advance(1, "going", roma)
    with pytest.raises(WrongState):
        await world.services.tasks.advance(1, "going", await emma_of(world))


async def test_declining_in_ones_own_words(world: BotWorld) -> None:
    task = await given(world)
    await world.roma.press("Не могу", on=task.id)
    await world.roma.wait_for("Почему не получается")
    await world.roma.photo()
    await world.roma.wait_for("Сейчас жду текст")
    await world.roma.say("Заболел")
    await world.roma.press("Вернуть диспетчеру", on=await world.roma.wait_for("Причина: Заболел"))
    await world.emma.wait_for("Заболел")
    await world.roma.wait_for(
        lambda seen: seen.id == task.id and not seen.buttons and "больше не ваша" in seen.text
    )


async def test_a_task_that_was_taken_away_is_nobodys_to_press_or_read(world: BotWorld) -> None:
    task = await given(world)
    await world.roma.press("Принять", on=task.id)
    at_it = await world.roma.wait_for(lambda seen: seen.id == task.id and "принял" in seen.text)
    emma = await emma_of(world)
    await world.services.casework.executors(1, emma, remove=["roma"])
    body = (
        '{"update_id": 9, "callback_query": {"id": "1", "chat_instance": "1", "from": {"id": 504,'
        ' "is_bot": false, "first_name": "Р"}, "data": "c:task_there:1:2:0", "message":'
        f' {{"message_id": {at_it.id}, "date": 1, "chat": {{"id": 504, "type": "private"}}}}}}}}'
    )
    await world.bots.conversation.handle("old", "shift", body.encode())
    await world.roma.wait_for("задача с вас снята")
    card = await world.roma.wait_for(lambda seen: seen.id == task.id and not seen.buttons)
    assert "больше не ваша" in card.text
    assert "Иванова" not in card.text


async def test_tasks_by_day_with_counts(world: BotWorld) -> None:
    await given(world)
    emma, now = await emma_of(world), world.clock.now()
    await world.services.casework.deadline(1, now + timedelta(days=2), emma)
    await world.stranger.start()
    # As the people there count days, at whatever hour the test is run.
    tomorrow = (now.astimezone(MOSCOW) + timedelta(days=1)).replace(hour=23, minute=50)
    due = (("Лампа", now - timedelta(hours=1)), ("Домофон", tomorrow))
    for number, (text, when) in enumerate(due, 2):
        case = await open_by_phone(world, text)
        assert case == number
        await world.services.casework.executors(case, emma, add=["roma"])
        await world.services.casework.deadline(case, when, emma)
    await world.services.tasks.advance(
        1, "accepted", Actor.of(await world.services.people.get("roma"))
    )
    await world.roma.say("/tasks")
    tasks = await world.roma.wait_for("Задачи: 3")
    assert "Новые: 2 · Сегодня: 0 · Просрочены: 1" in tasks.text
    assert tasks.text.index("Лампа") < tasks.text.index("Домофон") < tasks.text.index("Течёт")
    assert "завтра" in tasks.text
    await world.roma.press("Просрочены 1", on=tasks)
    late = await world.roma.wait_for("Просроченные задачи: 1")
    assert "Лампа" in late.text
    assert "Домофон" not in late.text
    await world.roma.press("Новые 2", on=late.id)
    await world.roma.wait_for("Новые задачи: 2")
    await world.roma.press("Все 3", on=late.id)
    await world.roma.press("№1 · ул. Ленина, 5-12", on=late.id)
    await world.roma.wait_for(lambda seen: "Задача №1" in seen.text and seen.has_button("Выехал"))


async def open_by_phone(world: BotWorld, text: str) -> int:
    case = await world.services.new_cases.open(NewCase(text=text, key=text), await emma_of(world))
    return case.number


async def test_what_is_done_or_over_is_no_task(world: BotWorld) -> None:
    await given(world)
    roma = Actor.of(await world.services.people.get("roma"))
    await world.services.tasks.finish(1, roma, text="Готово", files=[], key="r")
    await world.roma.say("/tasks")
    await world.roma.wait_for("Задач нет")


async def test_plain_words_go_to_the_dispatcher_of_the_chosen_task(world: BotWorld) -> None:
    await given(world)
    said = await world.roma.say("Где ключ от подвала?")
    await world.roma.press("№1 · ул. Ленина, 5-12", on=await world.roma.wait_for("О какой задаче"))
    await world.emma.wait_for("Где ключ от подвала?")
    await world.roma.wait_for(lambda seen: seen.id == said.id and seen.reactions == ["👌"])
    await world.roma.say("/queue")
    await world.roma.wait_for("Такой команды нет")
    await world.roma.press("Переписка")
    thread = await world.roma.wait_for("последнее")
    assert "Течёт кран" in thread.text


async def test_plain_words_of_who_has_no_task_are_for_nobody(world: BotWorld) -> None:
    await world.roma.say("Кому писать?")
    told = await world.roma.wait_for("У вас нет задач")
    assert told.buttons == []


async def test_comments_go_both_ways_with_files_and_are_answered_by_a_swipe(
    world: BotWorld,
) -> None:
    await given(world)
    await world.emma.press("Заметка")
    await world.emma.wait_for("напишите следующим сообщением")
    await world.emma.document("Схема.pdf", b"%PDF-1.4 plan", "Кран за щитком")
    heard = await world.roma.wait_for("Диспетчер: Кран за щитком")
    plan = await world.roma.wait_for(lambda seen: seen.media == "document" and seen.from_bot)
    assert await world.roma.fetch(plan) == b"%PDF-1.4 plan"
    answer = await world.roma.reply(heard.id, "Нашёл")
    await world.roma.wait_for(lambda seen: seen.id == answer.id and seen.reactions == ["👌"])
    await world.emma.wait_for("Белов Р. С., сантехник: Нашёл")
    await world.roma.photo("Вот так", png(), reply_to=plan.id)
    await world.emma.wait_for("Белов Р. С., сантехник: Вот так")
    picture = await world.emma.wait_for(lambda seen: seen.media == "photo" and seen.from_bot)
    # An answer to a colleague's photo stays inside as well.
    await world.emma.reply(picture.id, "Переделай хомут")
    await world.roma.wait_for("Диспетчер: Переделай хомут")
    assert not any("хомут" in seen.text for seen in await world.resident.history())
    await world.roma.press("Написать диспетчеру")
    await world.roma.wait_for("напишите следующим сообщением")
    await world.roma.say("Сделаю")
    await world.emma.wait_for("Белов Р. С., сантехник: Сделаю")
    await world.roma.voice(reply_to=plan.id)
    await world.emma.wait_for(lambda seen: seen.media == "voice" and seen.from_bot)


async def test_a_changed_comment_shows_before_and_after(world: BotWorld) -> None:
    task = await given(world)
    said = await world.roma.reply(task.id, "Буду в 15")
    await world.emma.wait_for("Буду в 15")
    await world.roma.edit(said, "Буду в 16")
    changed = await world.emma.wait_for("Стало: Буду в 16")
    assert "Было: Буду в 15" in changed.text


async def test_the_phone_of_the_resident_is_for_who_is_at_it(world: BotWorld) -> None:
    task = await given(world)
    contact = (await world.services.book.load(1)).contact.id
    await world.services.contacts.edit(contact, {"phone": "+79220000001"}, await emma_of(world))
    await world.roma.wait_for(lambda seen: seen.id == task.id)
    assert "922" not in task.text
    await world.roma.press("Принять", on=task.id)
    await world.roma.wait_for(lambda seen: seen.id == task.id and "+7 (922)" in seen.text)
    roma = Actor.of(await world.services.people.get("roma"))
    await world.services.tasks.finish(1, roma, text="Готово", files=[], key="r")
    await world.roma.wait_for(lambda seen: seen.id == task.id and "922" not in seen.text)


async def test_the_map_link_holds_whatever_the_address_holds(world: BotWorld) -> None:
    await given(world)
    address = 'ул. "Правды" <5> & корп. 2'
    await world.services.casework.edit(1, await emma_of(world), premises=address)
    card = await world.roma.wait_for(lambda seen: address in seen.text)
    links = [mark["url"] for mark in card.raw["entities"] if mark["type"] == "text_link"]
    assert links == [
        "https://yandex.ru/maps/?text=%D1%83%D0%BB.%20%22%D0%9F%D1%80%D0%B0%D0%B2%D0%B4%D1%8B%22"
        "%20%3C5%3E%20%26%20%D0%BA%D0%BE%D1%80%D0%BF.%202"
    ]


async def test_an_old_key_of_a_task_says_what_changed(world: BotWorld) -> None:
    task = await given(world)
    old = (await world.services.book.load(1)).version
    await world.services.casework.reject(1, "Не наш дом", await emma_of(world))
    await world.roma.wait_for(lambda seen: seen.id == task.id and "закрыто" in seen.text)
    body = (
        '{"update_id": 9, "callback_query": {"id": "1", "chat_instance": "1", "from": {"id": 504,'
        f' "is_bot": false, "first_name": "Р"}}, "data": "c:task_accept:1:{old}:0", "message":'
        f' {{"message_id": {task.id}, "date": 1, "chat": {{"id": 504, "type": "private"}}}}}}}}'
    )
    await world.bots.conversation.handle("old", "shift", body.encode())
    assert (await world.services.book.load(1)).steps == {}


async def test_an_executor_cannot_press_an_operators_key(world: BotWorld) -> None:
    """A key from somebody else's card, forged or forwarded, is no way round the rights."""
    task = await given(world)
    body = (
        '{"update_id": 9, "callback_query": {"id": "1", "chat_instance": "1", "from": {"id": 504,'
        ' "is_bot": false, "first_name": "Р"}, "data": "c:release:1:0:0", "message": {"message_id":'
        f' {task.id}, "date": 1, "chat": {{"id": 504, "type": "private"}}}}}}}}'
    )
    await world.bots.conversation.handle("forged", "shift", body.encode())
    case = await world.services.book.load(1)
    assert case.operator == "emma"


async def test_who_dispatches_and_carries_out_does_both_from_one_chat(world: BotWorld) -> None:
    person = await world.store.staff.get("vera")
    assert person is not None
    person.roles = ["operator", "executor"]
    await world.store.staff.save(person)
    await world.resident.say("Течёт кран на кухне")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.services.casework.executors(1, await emma_of(world), add=["vera"])
    task = await world.vera.wait_for("Задача №1")
    await world.vera.press("Написать диспетчеру", on=task)
    await world.vera.wait_for("напишите следующим сообщением")
    await world.vera.say("Выезжаю сама")
    await world.emma.wait_for("Выезжаю сама")
    await world.vera.press("Не могу", on=task.id)
    await world.vera.wait_for("Почему не получается")
    await world.vera.say("Заболела")
    await world.vera.press("Вернуть диспетчеру")
    await world.emma.wait_for("Заболела")
    await world.vera.say("/queue")
    await world.vera.wait_for("Очередь пуста")
    assert not any("ыезжаю" in seen.text for seen in await world.resident.history())
