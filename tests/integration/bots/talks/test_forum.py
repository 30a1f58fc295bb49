"""The forum group as a desk, driven as people would: what stands there is answered and pressed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bots.emulator.posting import remove
from bots.emulator.topics import drop_topic
from hub.domain.staff import Actor
from tests.support.botworld import EMMA, ROMA, VERA, BotWorld
from tests.support.forumworld import ForumDesk
from tests.support.phone import Phone
from tests.support.samples import png


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


async def test_the_second_who_takes_hears_whose_it_is(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Нет горячей воды")
    card = await desk.card(await desk.topic("1 · "))
    answers = await asyncio.gather(
        desk.vera.press("Взять", on=card), desk.emma.press("Взять", on=card)
    )
    owner = (await world.services.book.load(1)).operator
    told = {"vera": answers[0], "emma": answers[1]}
    assert told.pop(owner).text == "Взято: №1"
    (late,) = told.values()
    assert late.alert
    assert {"vera": "Петрова", "emma": "Аксакова"}[owner] in late.text
    await desk.topic("🔧 1 · Иванова")


async def test_a_stranger_changes_nothing(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    card = await desk.card(thread)
    answer = await desk.stranger.press("Взять", on=card)
    assert answer.alert
    assert answer.text == "Нет доступа."
    await desk.stranger.reply(card.id, "Это я отвечаю жителю")
    await desk.seen(thread, "Нет доступа.")
    await desk.stranger.say("И заметку пишу", thread=thread)
    await desk.stranger.say("/queue")
    await desk.emma.say("Кто это тут?")
    await desk.emma.say("Моя заметка", thread=thread)
    await desk.seen(thread, lambda one: one.text == "Моя заметка" and bool(one.reactions))
    # Once is enough: a stranger must not use up what the group may say.
    assert (await desk.texts(thread)).count("Нет доступа.") == 1
    assert [text for _, text in await world.entries(1)] == ["Нет горячей воды", "Моя заметка"]
    assert (await world.services.book.load(1)).operator == ""


async def test_two_in_one_topic_are_asked_apart(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    card = await desk.card(thread)
    await desk.emma.press("Взять", on=card)
    await desk.emma.press("Передать", on=await desk.card(thread))
    await desk.emma.press("Петрова В. И. · 0", on=await desk.seen(thread, "Кому передать"))
    await desk.seen(thread, "Напишите пояснение")
    # Vera was asked nothing: what she writes is a note.
    await desk.vera.say("Я уже звонила в аварийную", thread=thread)
    await desk.seen(thread, lambda one: one.text.startswith("Я уже") and bool(one.reactions))
    await desk.emma.say("Нужен сварщик", thread=thread)
    confirm = await desk.seen(thread, "Передать №1")
    assert "Нужен сварщик" in confirm.text
    await desk.emma.press("Передать", on=confirm)
    await desk.seen(thread, "№1 передано")
    case = await world.services.book.load(1)
    assert case.operator == "vera"
    # It is hers now, so she is told in private too.
    await world.vera.wait_for("Передано вам")
    await desk.vera.press("Принять", on=await desk.card(thread))
    await desk.seen(thread, lambda one: one.pinned and "в работе" in one.text)


async def test_closing_renames_and_closes_and_not_solved_opens_again(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await desk.emma.press("Взять", on=await desk.card(thread))
    await desk.emma.press("Закрыть", on=await desk.card(thread))
    await desk.emma.press("Выполнено", on=await desk.seen(thread, "результат"))
    await desk.seen(thread, "Житель получит")
    await desk.emma.say("Заменили стояк", thread=thread)
    shown = await desk.seen(thread, lambda one: "Заменили стояк" in one.text and one.from_bot)
    await desk.emma.press("Закрыть обращение", on=shown)
    assert await desk.topic("✅ 1 · Иванова", closed=True) == thread
    await world.resident.press("Не решено")
    assert await desk.topic("🔧 1 · Иванова", closed=False) == thread
    await desk.seen(thread, "снова открыто")
    assert len(await desk.topics()) == 1


async def test_a_deleted_topic_is_made_again_and_said(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await world.resident.say("Совсем холодная")
    await desk.seen(thread, "Совсем холодная")
    drop_topic(desk.world.emulator.world, desk.group, desk.group.topics[thread])
    await world.resident.say("Вы где?")
    again = await desk.topic("1 · Иванова", but=thread)
    said = await desk.seen(again, "удалили")
    assert "№1" in said.text
    await desk.seen(again, "Вы где?")
    card = await desk.card(again)
    assert card.has_button("Взять")
    service = await desk.topic("Служебное")
    await desk.seen(service, "тему удалили, сделана новая")
    await desk.vera.reply("Вы где?", "Едем")
    await world.resident.wait_for("Едем")


async def test_what_did_not_arrive_is_said_with_its_reason_and_sent_again(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    card = await desk.card(thread)
    await desk.emma.press("Взять", on=card)
    await world.resident.block()
    await desk.emma.reply(card.id, "Мастер едет")
    trouble = await desk.seen(thread, "ответ не дошёл")
    mark = await desk.seen(thread, "⚠️ №1: не отправлено")
    service = await desk.topic("Служебное")
    await desk.seen(service, "ответ не дошёл до жителя")
    await world.resident.unblock()
    await desk.vera.press("Повторить", on=trouble)
    await world.resident.wait_for("Мастер едет")
    await desk.seen(thread, lambda one: one.id == mark.id and "✓" in one.text)
    over = await desk.seen(thread, lambda one: one.id == trouble.id and not one.buttons)
    assert "со второй попытки ответ ушёл жителю" in over.text


async def test_spam_has_its_line_and_a_way_back(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Купите слона")
    thread = await desk.topic("1 · ")
    await desk.emma.press("Спам", on=await desk.card(thread))
    await desk.emma.press("Да, спам", on=await desk.seen(thread, "спам"))
    assert await desk.topic("🚫 1 · Иванова", closed=True) == thread
    line = await desk.seen(await desk.topic("Спам"), "отмечено как спам")
    await desk.vera.press("Не спам", on=line)
    assert await desk.topic("1 · Иванова", closed=False) == thread
    assert (await world.services.book.load(1)).status == "new"


async def test_what_is_overdue_has_its_line(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await desk.card(thread)
    case = await world.services.book.load(1)
    case.deadline = world.clock.now() - timedelta(minutes=1)
    await world.store.cases.save(case, "late")
    await world.services.book.change(1, lambda late: late.expire(world.clock.now()))
    line = await desk.seen(await desk.topic("Просрочено"), "истёк срок ответа")
    assert "никто не взял" in line.text
    await desk.seen(None, "просрочено 1")


async def test_edits_and_pictures_of_a_resident_come_to_the_topic(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await desk.card(thread)
    said = await world.resident.say("Квартира 12")
    await desk.seen(thread, "Квартира 12")
    await world.resident.edit(said, "Квартира 21")
    await desk.seen(thread, "Стало: Квартира 21")
    await world.resident.photo("Смотрите")
    picture = await desk.seen(thread, lambda one: one.media == "photo")
    await desk.vera.reply(picture.id, "Вижу")
    await world.resident.wait_for("Вижу")
    await desk.vera.photo("Акт", thread=thread)
    await desk.seen(thread, lambda one: one.media == "photo" and bool(one.reactions))
    case = await world.services.book.load(1)
    assert [entry.kind for entry in case.thread if entry.files] == ["message", "comment"]


async def test_an_album_is_never_said_to_be_one_file(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await desk.card(thread)
    await world.resident.album([png(), png(9, 9)], "Вот протечка")
    told = await desk.seen(thread, "Вот протечка")
    assert told.text.splitlines()[-1] == "📎 несколько файлов"


async def test_what_is_done_in_the_web_is_seen_in_the_topic(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await desk.card(thread)
    vera = Actor.of(await world.services.people.get("vera"))
    await world.services.replies.comment(1, vera, "Позвонила в сеть")
    await desk.seen(thread, "Позвонила в сеть")
    await world.services.replies.send(1, vera, "Починим к вечеру")
    answer = await desk.seen(thread, "Починим к вечеру")
    assert "Петрова В. И." in answer.text
    await desk.seen(thread, lambda one: one.id == answer.id and "✓ отправлено" in one.text)


async def test_commands_in_a_topic_mean_its_case(world: BotWorld, desk: ForumDesk) -> None:
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await desk.card(thread)
    await desk.vera.say("/take", thread=thread)
    await desk.topic("🔧 1 · Иванова")
    assert (await world.services.book.load(1)).operator == "vera"
    await desk.vera.say("/q мастер", thread=thread)
    await desk.vera.press("Мастер едет", on=await desk.seen(thread, "Мастер едет"))
    preview = await desk.seen(thread, "мастер будет сегодня")
    await desk.vera.press("Отправить", on=preview)
    await world.resident.wait_for("мастер будет сегодня")
    await desk.seen(thread, lambda one: one.id == preview.id and "✓" in one.text)
    # A command to another bot of the group is not ours to answer.
    await desk.vera.say("/ban@other_bot", thread=thread)
    await desk.vera.say("Просто заметка", thread=thread)
    await desk.seen(thread, lambda one: one.text == "Просто заметка" and bool(one.reactions))
    assert not [text for text in await desk.texts(thread) if "Такой команды нет" in text]


async def test_the_queue_and_the_fixed_topics_come_back_when_deleted(
    world: BotWorld, desk: ForumDesk
) -> None:
    await world.resident.say("Купите слона")
    thread = await desk.topic("1 · ")
    queue = await desk.seen(None, "№1")
    emulator = world.emulator.world
    remove(emulator, emulator.messages[desk.group.key][queue.id])
    await desk.emma.press("Спам", on=await desk.card(thread))
    await desk.emma.press("Да, спам", on=await desk.seen(thread, "спам"))
    spam = await desk.topic("Спам")
    line = await desk.seen(spam, "отмечено как спам")
    again = await desk.seen(None, "Очередь пуста")
    assert again.id != queue.id
    drop_topic(emulator, desk.group, desk.group.topics[spam])
    await world.services.casework.unspam(1, Actor.of(await world.services.people.get("vera")))
    assert await desk.topic("1 · Иванова", closed=False) == thread
    await world.services.casework.spam(1, Actor.of(await world.services.people.get("vera")))
    other = await desk.topic("Спам", but=spam)
    await desk.seen(other, "удалили, продолжаем здесь")
    assert (await desk.seen(other, "отмечено как спам")).id != line.id


async def test_an_executor_in_the_group_writes_to_the_topic_of_their_task(world: BotWorld) -> None:
    desk = await ForumDesk.connected(world, people=[EMMA.id, VERA.id, ROMA.id])
    roma = Phone(world.url, ROMA.id, str(desk.chat))
    try:
        await world.resident.say("Нет горячей воды")
        thread = await desk.topic("1 · ")
        await roma.say("Чья это задача?", thread=thread)
        await desk.seen(thread, "У вас нет задач")
        emma = Actor.of(await world.services.people.get("emma"))
        await world.services.casework.executors(1, emma, add=["roma"])
        await roma.say("Перекрыл стояк", thread=thread)
        await desk.seen(thread, lambda one: one.text == "Перекрыл стояк" and bool(one.reactions))
        said = [text for kind, text in await world.entries(1) if kind == "comment"]
        assert said == ["Перекрыл стояк"]
    finally:
        await roma.close()
        await desk.close()
