"""Groups as people make them: who is in, what a bot may there, what each one is offered."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
)

from tests.integration.bots.emulator.test_groups import EMMA, PERSON, make_group
from tests.support.phone import Phone, PhoneRefused


async def last(bot: Bot, kinds: list[str] | None = None) -> Any:
    """The newest update."""
    return (await bot.get_updates(offset=-1, allowed_updates=kinds))[-1]


async def test_a_bot_without_rights_may_speak_and_no_more(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url, forum=True)
    topic = await staff_bot.create_forum_topic(chat_id, "1842")
    async with Phone(url, EMMA, str(chat_id)) as emma:
        said = await emma.say("Кто возьмёт?", thread=topic.message_thread_id)
        await emma.do("bot_rights", bot="shift_bot", admin=False)
        update = await last(staff_bot)
        assert update.my_chat_member.old_chat_member.status == "administrator"
        assert update.my_chat_member.new_chat_member.status == "member"
        assert (await staff_bot.get_chat_member(chat_id, staff_bot.id)).status == "member"
        admins = [one.status for one in await staff_bot.get_chat_administrators(chat_id)]
        assert admins == ["creator"]
        own = await staff_bot.send_message(chat_id, "очередь")
        for refused, words in (
            (staff_bot.create_forum_topic(chat_id, "ещё"), "not enough rights to create a topic"),
            (
                staff_bot.close_forum_topic(chat_id, topic.message_thread_id),
                "not enough rights to manage topics",
            ),
            (
                staff_bot.pin_chat_message(chat_id, own.message_id),
                "not enough rights to manage pinned messages",
            ),
            (staff_bot.set_chat_title(chat_id, "Иное"), "not enough rights to change chat title"),
            (staff_bot.delete_message(chat_id, said.id), "message can't be deleted"),
        ):
            with pytest.raises(TelegramBadRequest, match=words):
                await refused
        await emma.do("topic_close", thread=topic.message_thread_id)
        with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
            await staff_bot.send_message(chat_id, "ещё", message_thread_id=topic.message_thread_id)
        await emma.do("bot_rights", bot="shift_bot", admin=True)
        await staff_bot.send_message(chat_id, "ещё", message_thread_id=topic.message_thread_id)
        assert await staff_bot.delete_message(chat_id, said.id)


async def test_a_bot_is_thrown_out_and_comes_back(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)
    async with Phone(url, EMMA, str(chat_id)) as emma:
        await emma.do("bot_remove", bot="shift_bot")
        update = await last(staff_bot)
        assert update.my_chat_member.new_chat_member.status == "kicked"
        with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
            await staff_bot.send_message(chat_id, "очередь")
        with pytest.raises(PhoneRefused):
            await emma.do("bot_remove", bot="shift_bot")
        await emma.do("bot_add", bot="shift_bot", admin=False)
        updates = await staff_bot.get_updates()
        came = [u.my_chat_member for u in updates if u.my_chat_member][-1]
        assert (came.old_chat_member.status, came.new_chat_member.status) == ("kicked", "member")
        assert await staff_bot.send_message(chat_id, "очередь")
        await staff_bot.leave_chat(chat_id)
        with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup"):
            await staff_bot.send_message(chat_id, "очередь")


async def test_a_bot_never_speaks_first(staff_bot: Bot, url: str) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await staff_bot.send_message(EMMA, "Здравствуйте")
    await make_group(url)
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation"):
        await staff_bot.send_message(EMMA, "Здравствуйте")
    async with Phone(url, EMMA, "shift_bot") as emma:
        await emma.start()
        assert await staff_bot.send_message(EMMA, "Здравствуйте")


async def test_people_come_and_go(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url, people=[EMMA])
    await staff_bot.get_updates(allowed_updates=["message", "chat_member"])
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/phones/api/groups/{chat_id}/people", json={"person": PERSON}) as answer,
    ):
        assert answer.status == 200
    assert (await staff_bot.get_chat_member(chat_id, PERSON)).status == "member"
    async with Phone(url, PERSON, str(chat_id)) as person:
        await person.do("leave")
        with pytest.raises(PhoneRefused):
            await person.say("Ещё здесь?")
    assert (await staff_bot.get_chat_member(chat_id, PERSON)).status == "left"
    updates = await staff_bot.get_updates()
    changed = [u.chat_member.new_chat_member.status for u in updates if u.chat_member]
    assert changed == ["member", "left"]
    service = [u.message.content_type for u in updates if u.message]
    assert service == ["new_chat_members", "left_chat_member"]


async def test_topics_are_made_and_ended_by_people_too(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url, forum=True)
    async with Phone(url, EMMA, str(chat_id)) as emma, Phone(url, PERSON, str(chat_id)) as other:
        thread = (await emma.do("topic_new", name="Планёрка"))["thread"]
        update = await last(staff_bot)
        assert update.message.forum_topic_created.name == "Планёрка"
        assert update.message.message_thread_id == thread
        await emma.do("topic_name", thread=thread, name="Планёрка в 9:00")
        assert (await last(staff_bot)).message.forum_topic_edited.name == "Планёрка в 9:00"
        await emma.do("topic_close", thread=thread)
        with pytest.raises(PhoneRefused, match="the topic is closed"):
            await other.say("Можно?", thread=thread)
        # Who made the group may.
        assert await emma.say("Можно мне", thread=thread)
        await emma.do("topic_close", thread=thread, closed=False)
        assert await other.say("Теперь можно", thread=thread)
        await emma.do("topic_delete", thread=thread)
        with pytest.raises(TelegramBadRequest, match="message thread not found"):
            await staff_bot.send_message(chat_id, "x", message_thread_id=thread)


async def test_general_is_no_thread_and_has_methods_of_its_own(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url, forum=True)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await staff_bot.send_message(chat_id, "очередь", message_thread_id=1)
    queue = await staff_bot.send_message(chat_id, "очередь")
    assert queue.message_thread_id is None
    await staff_bot.pin_chat_message(chat_id, queue.message_id)
    await staff_bot.unpin_all_general_forum_topic_messages(chat_id)
    async with Phone(url, PERSON, str(chat_id)) as person:
        assert (await person.chat())["pinned"] == []
        await staff_bot.edit_general_forum_topic(chat_id, "Очередь")
        await staff_bot.close_general_forum_topic(chat_id)
        with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
            await staff_bot.close_general_forum_topic(chat_id)
        assert (await person.chat())["general"] == {
            "name": "Очередь",
            "closed": True,
            "hidden": False,
        }
        with pytest.raises(PhoneRefused, match="the topic is closed"):
            await person.say("Тут?")
        await staff_bot.reopen_general_forum_topic(chat_id)
        await staff_bot.hide_general_forum_topic(chat_id)
        await staff_bot.unhide_general_forum_topic(chat_id)
        assert not (await person.chat())["general"]["hidden"]


async def test_everybody_is_offered_their_own_commands(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)

    def named(name: str) -> list[BotCommand]:
        return [BotCommand(command=name, description=name)]

    async def offered(phone: Phone) -> list[str]:
        return [one["command"] for one in (await phone.chat())["commands"]]

    async with (
        Phone(url, EMMA, str(chat_id)) as emma,
        Phone(url, PERSON, str(chat_id)) as other,
        Phone(url, EMMA, "shift_bot") as private,
    ):
        await private.start()
        await staff_bot.set_my_commands(named("all"))
        assert await offered(emma) == await offered(private) == ["all"]
        await staff_bot.set_my_commands(named("private"), scope=BotCommandScopeAllPrivateChats())
        await staff_bot.set_my_commands(named("groups"), scope=BotCommandScopeAllGroupChats())
        assert (await offered(emma), await offered(private)) == (["groups"], ["private"])
        await staff_bot.set_my_commands(
            named("english"), scope=BotCommandScopeAllPrivateChats(), language_code="en"
        )
        assert await offered(private) == ["private"]
        await staff_bot.set_my_commands(
            named("russian"), scope=BotCommandScopeAllPrivateChats(), language_code="ru"
        )
        assert await offered(private) == ["russian"]
        await staff_bot.set_my_commands(named("here"), scope=BotCommandScopeChat(chat_id=chat_id))
        lead = BotCommandScopeChatAdministrators(chat_id=chat_id)
        await staff_bot.set_my_commands(named("lead"), scope=lead)
        assert (await offered(emma), await offered(other)) == (["lead"], ["here"])
        one = BotCommandScopeChatMember(chat_id=chat_id, user_id=PERSON)
        await staff_bot.set_my_commands(named("mine"), scope=one)
        assert await offered(other) == ["mine"]
        assert [c.command for c in await staff_bot.get_my_commands(scope=one)] == ["mine"]
        await staff_bot.delete_my_commands(scope=one)
        assert await offered(other) == ["here"]
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await staff_bot.set_my_commands(named("x"), scope=BotCommandScopeChat(chat_id=4))
    with pytest.raises(TelegramBadRequest, match="language"):
        await staff_bot.set_my_commands(named("x"), language_code="russian")


async def test_what_a_bot_says_of_itself_is_kept_by_language(staff_bot: Bot) -> None:
    await staff_bot.set_my_description("Рабочее место", language_code="ru")
    await staff_bot.set_my_description("Desk")
    assert (await staff_bot.get_my_description(language_code="ru")).description == "Рабочее место"
    assert (await staff_bot.get_my_description(language_code="de")).description == "Desk"
    await staff_bot.set_my_short_description("Смена диспетчеров")
    assert (await staff_bot.get_my_short_description()).short_description == "Смена диспетчеров"
    assert (await staff_bot.get_my_name()).name == "Смена"
    await staff_bot.set_my_name("Дежурная смена")
    assert (await staff_bot.get_my_name()).name == "Дежурная смена"
    with pytest.raises(TelegramBadRequest, match="BOT_TITLE_INVALID"):
        await staff_bot.set_my_name("я" * 65)
