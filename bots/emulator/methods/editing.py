"""Changing and taking away what was sent."""

from __future__ import annotations

from typing import Any

from aiogram import types
from aiogram.methods import (
    DeleteMessage,
    DeleteMessages,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
)

from bots.emulator.chats import Chat, Message
from bots.emulator.errors import bad_request
from bots.emulator.keyboards import check_inline
from bots.emulator.methods.media import album_item
from bots.emulator.methods.places import administers, find_chat, find_message
from bots.emulator.methods.registry import Call, method
from bots.emulator.methods.sending import chosen, plain_entities
from bots.emulator.posting import change, now, remove
from bots.emulator.texts import caption_of, text_of
from bots.emulator.wire import message_json

DELETABLE_SECONDS = 48 * 3600
_MEDIA = {"photo", "video", "animation", "document", "audio"}
_CAPTIONED = _MEDIA | {"voice"}


def own(call: Call, asked: Any) -> tuple[Chat, Message]:
    """A message that the bot may change: its own, or one sent by its inline mode."""
    if asked.inline_message_id is not None:
        inlined = call.world.inlined(call.bot_id, asked.inline_message_id)
        if inlined is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return call.world.chats[inlined.chat], inlined
    if asked.chat_id is None or asked.message_id is None:
        raise bad_request("message identifier is not specified")
    chat = find_chat(call, asked.chat_id)
    message = find_message(call, chat, asked.message_id, "edit")
    if message.sender != call.bot_id:
        raise bad_request("message can't be edited")
    return chat, message


def _markup(asked: Any, chat: Chat) -> dict[str, Any] | None:
    given = asked.reply_markup
    if not isinstance(given, types.InlineKeyboardMarkup):
        return None
    return check_inline(given, private=chat.private)


def applied(
    call: Call, asked: Any, chat: Chat, message: Message, content: dict[str, Any]
) -> dict[str, Any] | bool:
    """Change the message; what is answered: the message, or only yes for one of inline mode."""
    markup = _markup(asked, chat)
    if content == message.content and markup == message.markup:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    if asked.inline_message_id is None:
        call.world.limiter.charge(call.bot_id, chat)
    change(call.world, message, content, markup)
    if asked.inline_message_id is not None:
        return True
    return message_json(call.world, message, call.bot_id)


@method(EditMessageText)
async def edit_message_text(call: Call, asked: EditMessageText) -> dict[str, Any] | bool:
    chat, message = own(call, asked)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    content = text_of(asked.text or "", chosen(asked.parse_mode), plain_entities(asked.entities))
    return applied(call, asked, chat, message, content)


@method(EditMessageCaption)
async def edit_message_caption(call: Call, asked: EditMessageCaption) -> dict[str, Any] | bool:
    chat, message = own(call, asked)
    if not _CAPTIONED & set(message.content):
        raise bad_request("there is no caption in the message to edit")
    media = {
        name: value
        for name, value in message.content.items()
        if name not in ("caption", "caption_entities")
    }
    words = caption_of(
        asked.caption, chosen(asked.parse_mode), plain_entities(asked.caption_entities)
    )
    return applied(call, asked, chat, message, media | words)


@method(EditMessageMedia)
async def edit_message_media(call: Call, asked: EditMessageMedia) -> dict[str, Any] | bool:
    chat, message = own(call, asked)
    if not _MEDIA & set(message.content):
        raise bad_request("there is no media in the message to edit")
    _, content = await album_item(call, asked.media)
    return applied(call, asked, chat, message, content)


@method(EditMessageReplyMarkup)
async def edit_message_reply_markup(
    call: Call, asked: EditMessageReplyMarkup
) -> dict[str, Any] | bool:
    chat, message = own(call, asked)
    return applied(call, asked, chat, message, message.content)


@method(DeleteMessage)
async def delete_message(call: Call, asked: DeleteMessage) -> bool:
    chat = find_chat(call, asked.chat_id)
    message = find_message(call, chat, asked.message_id, "delete")
    if not _may_delete(call, chat, message):
        raise bad_request("message can't be deleted")
    if now(call.world) - message.date > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    remove(call.world, message)
    return True


@method(DeleteMessages)
async def delete_messages(call: Call, asked: DeleteMessages) -> bool:
    if not 1 <= len(asked.message_ids) <= 100:
        raise bad_request("message identifiers are not specified")
    chat = find_chat(call, asked.chat_id)
    for message_id in asked.message_ids:
        message = call.world.message(chat, message_id)
        if message is None or not _may_delete(call, chat, message):
            continue
        if now(call.world) - message.date <= DELETABLE_SECONDS:
            remove(call.world, message)
    return True


def _may_delete(call: Call, chat: Chat, message: Message) -> bool:
    """In a group those of others are deleted by administrators alone."""
    return chat.private or message.sender == call.bot_id or administers(chat, call.bot_id)
