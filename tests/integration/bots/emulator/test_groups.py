"""Groups, topics, reactions, pins, copies, inline mode."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramMigrateToChat
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    ReactionTypeEmoji,
)

from bots.emulator.server import Emulator
from tests.support.phone import Phone
from tests.support.samples import png

EMMA = 502
PERSON = 501


async def make_group(url: str, **body: Any) -> int:
    given = {"title": "Операторы", "people": [EMMA, PERSON], "bots": ["shift_bot"], **body}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/phones/api/groups", json=given) as answer,
    ):
        return int((await answer.json())["ref"])


async def test_a_bot_hears_that_it_was_added(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)
    (update,) = await staff_bot.get_updates()
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "administrator"
    assert update.my_chat_member.chat.id == chat_id
    assert (await staff_bot.get_chat_member(chat_id, EMMA)).status == "creator"
    assert (await staff_bot.get_chat_member(chat_id, PERSON)).status == "member"


async def test_topics_live_and_die(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url, forum=True)
    topic = await staff_bot.create_forum_topic(chat_id, "1842 · Ленина 5-12 · Иванов")
    thread = topic.message_thread_id
    sent = await staff_bot.send_message(chat_id, "карточка", message_thread_id=thread)
    assert sent.is_topic_message
    async with Phone(url, EMMA, str(chat_id)) as operator:
        await operator.reply("карточка", "Мастер выехал")
        update = (await staff_bot.get_updates(offset=-1))[0]
        assert update.message is not None
        assert update.message.message_thread_id == thread
        assert update.message.reply_to_message is not None
        await staff_bot.edit_forum_topic(chat_id, thread, name="1842 · закрыто")
        with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
            await staff_bot.edit_forum_topic(chat_id, thread, name="1842 · закрыто")
        await staff_bot.close_forum_topic(chat_id, thread)
        (shown,) = (await operator.chat())["topics"]
        assert shown == {"id": thread, "name": "1842 · закрыто", "closed": True}
        await staff_bot.delete_forum_topic(chat_id, thread)
        assert await operator.history(thread) == []
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await staff_bot.send_message(chat_id, "ещё", message_thread_id=thread)
    with pytest.raises(TelegramBadRequest, match="TOPIC_TITLE_TOO_LONG"):
        await staff_bot.create_forum_topic(chat_id, "я" * 129)


async def test_topics_only_in_a_forum(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await staff_bot.create_forum_topic(chat_id, "тема")


async def test_a_group_becomes_a_supergroup(staff_bot: Bot, url: str) -> None:
    old = await make_group(url, basic=True)
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/phones/api/groups/{old}/migrate") as answer,
    ):
        new = int((await answer.json())["ref"])
    with pytest.raises(TelegramMigrateToChat) as moved:
        await staff_bot.send_message(old, "очередь")
    assert moved.value.migrate_to_chat_id == new
    await staff_bot.send_message(new, "очередь")
    messages = [u.message for u in await staff_bot.get_updates() if u.message]
    assert [m.migrate_to_chat_id for m in messages] == [new, None]
    assert [m.migrate_from_chat_id for m in messages] == [None, old]


async def test_reactions_of_a_bot(bot: Bot, phone: Phone) -> None:
    own = await phone.start()
    eyes = [ReactionTypeEmoji(emoji="👀")]
    await bot.set_message_reaction(PERSON, own.id, eyes)
    assert (await phone.history())[0].reactions == ["👀"]
    await bot.set_message_reaction(PERSON, own.id, [])
    assert (await phone.history())[0].reactions == []
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(PERSON, own.id, [ReactionTypeEmoji(emoji="⏳")])
    with pytest.raises(TelegramBadRequest, match="REACTIONS_TOO_MANY"):
        await bot.set_message_reaction(PERSON, own.id, eyes * 2)
    with pytest.raises(TelegramBadRequest, match="message to react not found"):
        await bot.set_message_reaction(PERSON, 999, eyes)


async def test_pins_and_their_end(bot: Bot, phone: Phone) -> None:
    await phone.start()
    sent = await bot.send_message(PERSON, "карточка")
    await bot.pin_chat_message(PERSON, sent.message_id)
    assert (await phone.wait_for("карточка")).pinned
    pinned = (await bot.get_updates(offset=-1))[0].message
    assert pinned is not None
    assert pinned.pinned_message is not None
    assert pinned.pinned_message.message_id == sent.message_id
    await bot.unpin_chat_message(PERSON, message_id=sent.message_id)
    assert not (await phone.wait_for("карточка")).pinned
    with pytest.raises(TelegramBadRequest, match="message to unpin not found"):
        await bot.unpin_chat_message(PERSON, message_id=sent.message_id)


async def test_copies_and_forwards(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)
    async with Phone(url, EMMA, "shift_bot") as operator:
        await operator.start()
        await operator.photo("вид сверху")
        source = (await operator.history())[-1].id
        copy = await staff_bot.copy_message(chat_id, EMMA, source, caption="без слов")
        moved = await staff_bot.forward_message(chat_id, EMMA, source)
        assert moved.forward_origin is not None
        with pytest.raises(TelegramBadRequest, match="message to copy not found"):
            await staff_bot.copy_message(chat_id, EMMA, 999)
        files = [BufferedInputFile(png(), f"{i}.png") for i in range(2)]
        album = await staff_bot.send_media_group(EMMA, [InputMediaPhoto(media=f) for f in files])
        copies = await staff_bot.copy_messages(chat_id, EMMA, [m.message_id for m in album])
    async with Phone(url, EMMA, str(chat_id)) as group:
        seen = {m.id: m for m in await group.history()}
    assert (seen[copy.message_id].media, seen[copy.message_id].text) == ("photo", "без слов")
    assert len({seen[c.message_id].raw["album"] for c in copies}) == 1


async def test_inline_mode(bot: Bot, emulator: Emulator, url: str, phone: Phone) -> None:
    await phone.start()
    last = (await bot.get_updates(offset=-1))[0].update_id

    async def offer() -> None:
        (update,) = await bot.get_updates(offset=last + 1, timeout=50)
        assert update.inline_query is not None
        article = InlineQueryResultArticle(
            id="1",
            title="Нет воды",
            input_message_content=InputTextMessageContent(
                message_text="<b>Ждите</b>", parse_mode="HTML"
            ),
        )
        await bot.answer_inline_query(update.inline_query.id, [article])

    root = f"{url}/phones/api/people/{PERSON}/chats/dom_bot"
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as both:
        both.create_task(offer())
        asked = {"bot": "dom_bot", "query": "вода"}
        async with http.post(f"{root}/inline", json=asked) as answer:
            (result,) = (await answer.json())["results"]
        async with http.post(f"{root}/choose", json={**asked, "result": result}) as answer:
            assert answer.status == 200
    kinds = [u.event_type for u in await bot.get_updates(offset=-2)]
    assert kinds == ["message", "chosen_inline_result"]
    assert (await phone.history())[-1].text == "Ждите"


async def test_commands_stand_in_the_menu(bot: Bot, phone: Phone) -> None:
    await phone.start()
    commands = [BotCommand(command="my", description="Мои обращения")]
    await bot.set_my_commands(commands)
    assert [c.command for c in await bot.get_my_commands()] == ["my"]
    assert (await phone.chat())["commands"][0]["command"] == "my"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Мои", description="x")])
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == []
