"""Forum groups come, move, are lost and found again; their budget and their topics hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bots.emulator.members import bot_comes, bot_leaves, set_admin
from bots.operator.forum import maker
from hub.domain.staff import Group
from tests.support.botworld import ADMIN, EMMA, BotWorld
from tests.support.forumworld import SHIFT_BOT, ForumDesk


@pytest.fixture
async def ends(world: BotWorld) -> AsyncIterator[AsyncExitStack]:
    """What is put here is closed, however the test ends."""
    async with AsyncExitStack() as ends:
        yield ends


@pytest.fixture
async def desk(world: BotWorld, ends: AsyncExitStack) -> ForumDesk:
    return opened(ends, await ForumDesk.connected(world))


def opened(ends: AsyncExitStack, desk: ForumDesk) -> ForumDesk:
    ends.push_async_callback(desk.close)
    return desk


async def migrate(desk: ForumDesk) -> int:
    """The group becomes a supergroup; returns its new number."""
    url = f"{desk.world.url}/phones/api/groups/{desk.chat}/migrate"
    async with aiohttp.ClientSession() as http, http.post(url) as answer:
        return int((await answer.json())["ref"])


async def test_only_an_admin_with_a_code_connects_a_group(
    world: BotWorld, ends: AsyncExitStack
) -> None:
    desk = opened(ends, await ForumDesk.made(world))
    code = await world.services.places.code("main", ADMIN)
    await desk.stranger.say(f"/connect {code}")
    await desk.emma.wait_for("Нет доступа")
    await desk.vera.say(f"/connect {code}")
    await desk.emma.wait_for("Недостаточно прав")
    await desk.promote()
    await desk.emma.say("/connect 0000")
    await desk.emma.wait_for("устарела")
    # Of the code nothing was used up by those who may not.
    await desk.emma.say(f"/connect {code}")
    await desk.emma.wait_for("подключена к очереди «Диспетчерская»")
    (place,) = await world.store.forums.places()
    assert (place.group, place.chat, place.title) == ("main", desk.chat, "Диспетчеры")
    await desk.emma.say(f"/connect {code}")
    await desk.emma.wait_for("Очередь пуста")
    # The same code never opens the door that links of people open.
    other = await world.services.places.code("main", ADMIN)
    await world.stranger.start(other)
    await world.stranger.wait_for("устарела")


async def test_what_was_open_before_gets_its_topic(world: BotWorld, ends: AsyncExitStack) -> None:
    await world.resident.say("Нет горячей воды")
    await world.emma.wait_for("Нет горячей воды")
    desk = opened(ends, await ForumDesk.connected(world))
    thread = await desk.topic("1 · ")
    assert "Нет горячей воды" in (await desk.card(thread)).text


async def test_a_group_that_becomes_a_supergroup_goes_on(
    world: BotWorld, ends: AsyncExitStack
) -> None:
    desk = opened(ends, await ForumDesk.made(world, forum=False, basic=True))
    await desk.promote()
    await desk.connect("main")
    await desk.emma.wait_for("выключены темы")
    new = await migrate(desk)
    moved = opened(ends, ForumDesk(world, new))
    moved.group.is_forum = True
    await moved.emma.say("Темы включила")
    await moved.emma.wait_for("продолжаю")
    await world.resident.say("Нет горячей воды")
    thread = await moved.topic("1 · ")
    await moved.vera.reply((await moved.card(thread)).id, "Едем")
    await world.resident.wait_for("Едем")
    (place,) = await world.store.forums.places()
    assert (place.chat, place.trouble) == (new, "")


async def test_a_move_that_nobody_told_of_is_followed(
    world: BotWorld, ends: AsyncExitStack
) -> None:
    desk = opened(ends, await ForumDesk.made(world, forum=False, basic=True))
    await desk.promote()
    await desk.connect("main")
    await desk.emma.wait_for("выключены темы")
    new = await migrate(desk)
    moved = opened(ends, ForumDesk(world, new))
    moved.group.is_forum = True
    (place,) = await world.store.forums.places()
    # As if the words of it had been lost: the old number stands there, and all seems well.
    place.chat, place.trouble = desk.chat, ""
    await world.store.forums.save_place(place)
    world.store.staff.forget()
    await world.resident.say("Нет горячей воды")
    await moved.topic("1 · ")
    (place,) = await world.store.forums.places()
    assert place.chat == new


async def test_a_case_moves_to_the_desk_of_its_new_group(
    world: BotWorld, desk: ForumDesk, ends: AsyncExitStack
) -> None:
    other = opened(ends, await ForumDesk.connected(world, "vip", title="Второй этаж"))
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · ")
    await desk.emma.press("Передать", on=await desk.card(thread))
    await desk.emma.press("👥 Второй этаж", on=await desk.seen(thread, "Кому передать"))
    await desk.seen(thread, "Напишите пояснение")
    await desk.emma.say("Это ваш подъезд", thread=thread)
    await desk.emma.press("Передать", on=await desk.seen(thread, "Передать №1"))
    gone = await desk.seen(thread, lambda one: one.pinned and "передано в группу" in one.text)
    assert "Это ваш подъезд" in gone.text
    assert gone.buttons == []
    await desk.topic("➡️ 1 · Иванова", closed=True)
    await desk.seen(await desk.topic("Служебное"), "передано в группу «Второй этаж»")
    new = await other.topic("1 · Иванова")
    card = await other.card(new)
    assert card.has_button("Взять")
    await other.seen(new, "Это ваш подъезд")
    await other.seen(await other.topic("Служебное"), "пришло из группы «Диспетчерская»")
    await world.resident.say("Ну что?")
    await other.seen(new, "Ну что?")
    assert "Ну что?" not in await desk.texts(thread)


async def test_a_lost_group_is_told_to_admins_and_its_queue_comes_home(
    world: BotWorld, desk: ForumDesk
) -> None:
    emulator = world.emulator.world
    bot_leaves(emulator, desk.group, SHIFT_BOT, EMMA.id, "kicked")
    told = await world.emma.wait_for("Бота удалили из группы")
    assert "Диспетчеры" in told.text
    await world.resident.say("Нет горячей воды")
    await world.vera.wait_for("Нет горячей воды")
    assert await desk.topics() == {}
    bot_comes(emulator, desk.group, SHIFT_BOT, EMMA.id, admin=False)
    set_admin(emulator, desk.group, SHIFT_BOT, EMMA.id, admin=True)
    await desk.emma.wait_for("продолжаю")
    assert "Нет горячей воды" in (await desk.card(await desk.topic("1 · "))).text


async def test_rights_that_were_taken_are_said(world: BotWorld, desk: ForumDesk) -> None:
    set_admin(world.emulator.world, desk.group, SHIFT_BOT, EMMA.id, admin=False)
    await world.emma.wait_for("нет прав на темы")
    (place,) = await world.store.forums.places()
    assert place.trouble == "rights"
    await world.resident.say("Нет горячей воды")
    await world.vera.wait_for("Нет горячей воды")


async def test_a_death_between_making_a_topic_and_writing_it_down(
    world: BotWorld, desk: ForumDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = asyncio.Event()
    whole = maker.TopicMaker.made

    async def dies(self: Any, topic: Any, thread: int, name: str) -> None:
        if not died.is_set():
            died.set()
            raise RuntimeError("killed")
        await whole(self, topic, thread, name)

    monkeypatch.setattr(maker.TopicMaker, "made", dies)
    await world.resident.say("Нет горячей воды")
    await asyncio.wait_for(died.wait(), 60)
    # Telegram's own word of what was made comes by the updates: it is used, no second one is made.
    thread = await desk.topic("1 · Иванова")
    await desk.card(thread)
    assert list(await desk.topics()) == [thread]


async def test_two_topics_of_one_case_are_noticed(
    world: BotWorld, desk: ForumDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maker, "PATIENCE", maker.PATIENCE * 0)
    heard = asyncio.Event()
    whole, listen = maker.TopicMaker.made, maker.TopicMaker.heard
    deaths = ["killed"]

    async def dies(self: Any, topic: Any, thread: int, name: str) -> None:
        if deaths:
            raise RuntimeError(deaths.pop())
        await whole(self, topic, thread, name)
        heard.set()

    async def late(self: Any, place: Any, thread: int, name: str) -> int:
        await heard.wait()
        return await listen(self, place, thread, name)

    monkeypatch.setattr(maker.TopicMaker, "made", dies)
    monkeypatch.setattr(maker.TopicMaker, "heard", late)
    await world.resident.say("Нет горячей воды")
    first = await desk.topic("1 · Иванова")
    second = await desk.topic("1 · Иванова", but=first)
    await desk.card(second)
    await desk.seen(await desk.topic("Служебное"), "связь оборвалась")
    # The one too many has gone as soon as Telegram's word of it came.
    while first in await desk.topics():
        await desk.emma.changes(0.2)
    assert second in await desk.topics()


async def test_a_group_that_is_let_go_hears_so_and_is_told_nothing_more(
    world: BotWorld, desk: ForumDesk
) -> None:
    (place,) = await world.store.forums.places()
    await world.services.places.disconnect(place.id, ADMIN)
    await desk.emma.wait_for("Группа отключена от очереди «Диспетчерская»")
    await world.resident.say("Нет горячей воды")
    await world.vera.wait_for("Нет горячей воды")
    assert await desk.topics() == {}


async def test_an_answer_of_telegram_that_is_lost_leaves_one_topic_and_marked_words(
    world: BotWorld, desk: ForumDesk
) -> None:
    faults = world.emulator.world.faults
    faults.add("lost", count=1, method="createForumTopic", bot="shift_bot")
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · Иванова")
    await desk.card(thread)
    assert list(await desk.topics()) == [thread]
    faults.add("lost", count=1, method="sendMessage", bot="shift_bot")
    await world.resident.say("Когда будет?")
    await desk.seen(thread, "(повтор)\nКогда будет?")
    said = [text for text in await desk.texts(thread) if "Когда будет?" in text]
    assert said == ["Когда будет?", "(повтор)\nКогда будет?"]
    # Whichever of them is answered, it goes to the resident.
    await desk.vera.reply(said[1], "Вечером")
    await world.resident.wait_for("Вечером")


async def test_trouble_of_telegram_and_doubled_updates_change_nothing(
    world: BotWorld, desk: ForumDesk
) -> None:
    faults = world.emulator.world.faults
    faults.add("double", bot="shift_bot")
    for method in ("createForumTopic", "sendMessage", "pinChatMessage", "editForumTopic"):
        faults.add("429", count=1, method=method, bot="shift_bot", seconds=1)
        faults.add("5xx", count=1, method=method, bot="dom_bot")
    await world.resident.say("Нет горячей воды")
    thread = await desk.topic("1 · Иванова")
    card = await desk.card(thread)
    await desk.emma.press("Взять", on=card)
    await desk.emma.say("Заметка", thread=thread)
    await desk.emma.reply(card.id, "Едем")
    await world.resident.wait_for("Едем")
    await desk.topic("🔧 1 · Иванова")
    assert [text for _, text in await world.entries(1)] == ["Нет горячей воды", "Заметка", "Едем"]
    assert len(await desk.topics()) == 1


async def test_who_is_called_when_nobody_takes_it_reads_so_in_both_groups(
    world: BotWorld, desk: ForumDesk, ends: AsyncExitStack
) -> None:
    other = opened(ends, await ForumDesk.connected(world, "vip", title="Второй этаж"))
    main = Group(
        id="main", name="Диспетчерская", default=True, escalate_minutes=5, next_group="vip"
    )
    await world.store.staff.put_group(main)
    world.store.staff.forget()
    await world.resident.say("Нет горячей воды")
    await desk.card(await desk.topic("1 · "))
    case = await world.services.book.load(1)
    case.escalate_at = world.clock.now() - timedelta(seconds=1)
    await world.store.cases.save(case, "late")
    await world.timers.deadlines()
    line = await desk.seen(await desk.topic("Служебное"), "никто не взял вовремя")
    assert "зовём группу «Второй этаж»" in line.text
    called = await other.seen(await other.topic("Служебное"), "не взяла вовремя")
    assert "«Диспетчерская»" in called.text
    # It is still worked on where it stands.
    assert not [name for name, _ in (await other.topics()).values() if " · " in name]
