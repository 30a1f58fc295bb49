"""Nothing goes to a bot that aiogram's types do not know."""

from __future__ import annotations

from typing import Any

from aiogram import Bot, types
from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)
from pydantic import BaseModel

from bots.emulator.mailbox import KINDS
from bots.emulator.methods import METHODS
from tests.integration.bots.emulator.test_groups import make_group
from tests.support.phone import Phone
from tests.support.samples import ogg, png

EMMA = 502


def unknown(value: Any, at: str) -> list[str]:
    """Places of fields that the type does not have."""
    if isinstance(value, BaseModel):
        found = [f"{at}.{name}" for name in value.model_extra or {}]
        for name, field in value:
            found += unknown(field, f"{at}.{name}")
        return found
    if isinstance(value, list | tuple):
        return [place for n, item in enumerate(value) for place in unknown(item, f"{at}[{n}]")]
    return []


class Watch(BaseRequestMiddleware):
    def __init__(self) -> None:
        self.found: list[str] = []
        self.called: set[str] = set()

    async def __call__(self, make_request: Any, bot: Bot, method: TelegramMethod[Any]) -> Any:
        result = await make_request(bot, method)
        self.called.add(method.__api_method__)
        self.found += unknown(result, method.__api_method__)
        return result


async def test_answers_and_updates_hold_only_known_fields(staff_bot: Bot, url: str) -> None:
    watch = Watch()
    staff_bot.session.middleware(watch)
    kinds = ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"]
    await staff_bot.get_updates(allowed_updates=kinds)
    async with Phone(url, EMMA, "shift_bot") as phone:
        await phone.start("x")
        keys = [[InlineKeyboardButton(text="Да", callback_data="1")]]
        card = await staff_bot.send_message(
            EMMA,
            "<b>№1</b> <a href='tg://user?id=501'>имя</a>",
            parse_mode="HTML",
            reply_markup=InlineKeyboardMarkup(inline_keyboard=keys),
        )
        await phone.press_at(card.message_id, 0, 0, 0)
        await phone.react(card.message_id, "👍")
        await phone.photo("вид")
        await phone.voice()
        await phone.video(b"\0" * 8)
        await phone.document("акт.pdf", b"%PDF")
        await phone.location(59.9, 30.3)
        await phone.contact()
        own = await phone.reply(card.message_id, "ответ")
        await phone.edit(own, "другой ответ")
        await phone.album([png(), png()])
        reply = ReplyParameters(message_id=own.id)
        await staff_bot.send_voice(EMMA, BufferedInputFile(ogg(), "v.ogg"), reply_parameters=reply)
        await staff_bot.send_location(EMMA, 59.9, 30.3)
        await staff_bot.send_venue(EMMA, 59.9, 30.3, "Дом", "Ленина 5")
        await staff_bot.send_contact(EMMA, "+7922", "Иван")
        video = await staff_bot.send_video(EMMA, BufferedInputFile(b"\0", "v.mp4"), caption="c")
        await staff_bot.edit_message_media(
            InputMediaPhoto(media=BufferedInputFile(png(), "p.png")),
            chat_id=EMMA,
            message_id=video.message_id,
        )
        await staff_bot.pin_chat_message(EMMA, card.message_id)
        await phone.block()
        await phone.unblock()
    chat_id = await make_group(url, forum=True)
    topic = await staff_bot.create_forum_topic(chat_id, "тема")
    await staff_bot.send_message(chat_id, "x", message_thread_id=topic.message_thread_id)
    await staff_bot.forward_message(chat_id, EMMA, own.id)
    await staff_bot.get_chat(chat_id)
    await staff_bot.get_chat(EMMA)
    await staff_bot.get_chat_administrators(chat_id)
    await staff_bot.set_my_commands([BotCommand(command="my", description="x")])
    updates = await staff_bot.get_updates()
    assert {u.event_type for u in updates} == set(kinds)
    assert watch.found == []
    assert {"sendVenue", "getUpdates", "editMessageMedia", "getChat"} <= watch.called
    content = {u.message.content_type for u in updates if u.message}
    assert content >= {
        types.ContentType.PHOTO, types.ContentType.VOICE, types.ContentType.DOCUMENT,
        types.ContentType.CONTACT, types.ContentType.LOCATION, types.ContentType.PINNED_MESSAGE,
        types.ContentType.FORUM_TOPIC_CREATED,
    }  # fmt: skip


async def test_rarer_updates_hold_only_known_fields_too(staff_bot: Bot, url: str) -> None:
    watch = Watch()
    staff_bot.session.middleware(watch)
    await staff_bot.get_updates(allowed_updates=sorted(KINDS))
    chat_id = await make_group(url, forum=True)
    keys = {"inline_keyboard": [[{"text": "Ещё", "callback_data": "more"}]]}
    offer = {"id": "1", "content": {"text": "Мастер едет"}, "markup": keys}
    async with Phone(url, EMMA, "shift_bot") as phone, Phone(url, EMMA, str(chat_id)) as group:
        await phone.start("x")
        await phone.inline("shift_bot", "мастер", wait=0)
        chosen = await phone.choose("shift_bot", "мастер", offer)
        await phone.press_at(chosen.id, 0, 0, 0)
        place = (await phone.do("location", latitude=1, longitude=2, live=60))["message"]["id"]
        await phone.do("move", message_id=place, latitude=1.5, longitude=2)
        await phone.do("app_data", label="Показания", data="128")
        await phone.do("pin", message_id=chosen.id)
        thread = (await group.do("topic_new", name="тема"))["thread"]
        said = await group.say("в теме", thread=thread)
        await group.react(said, "🔥")
        await group.do("topic_name", thread=thread, name="тема 2")
        await group.do("topic_close", thread=thread)
        await group.do("topic_close", thread=thread, closed=False)
        await group.do("forward", message_id=said.id, to="shift_bot")
        await group.do("bot_rights", bot="shift_bot", admin=False)
        await group.do("bot_rights", bot="shift_bot", admin=True)
        await staff_bot.set_chat_title(chat_id, "Смена 2")
        await staff_bot.hide_general_forum_topic(chat_id)
        await staff_bot.unhide_general_forum_topic(chat_id)
        await group.do("leave")
    updates = await staff_bot.get_updates()
    assert watch.found == []
    assert {u.event_type for u in updates} == {
        "message",
        "edited_message",
        "callback_query",
        "inline_query",
        "chosen_inline_result",
        "message_reaction",
        "my_chat_member",
        "chat_member",
    }
    content = {u.message.content_type.value for u in updates if u.message}
    assert content >= {
        "web_app_data",
        "pinned_message",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "new_chat_title",
        "left_chat_member",
    }


def test_methods_are_found_whatever_their_case() -> None:
    assert METHODS["sendmessage"].name == "sendMessage"
    assert all(name == known.model.__api_method__.lower() for name, known in METHODS.items())
