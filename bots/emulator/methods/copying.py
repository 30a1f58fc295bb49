"""Copies and forwards."""

from __future__ import annotations

from typing import Any

from aiogram.methods import CopyMessage, CopyMessages, ForwardMessage, ForwardMessages

from bots.emulator.chats import Chat, Message
from bots.emulator.errors import bad_request
from bots.emulator.methods.places import find_chat, find_message, placed, replied, speak_in
from bots.emulator.methods.registry import Call, method
from bots.emulator.methods.sending import chosen, plain_entities
from bots.emulator.posting import post
from bots.emulator.texts import caption_of
from bots.emulator.wire import message_json

_KINDS = (
    "text",
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "animation",
    "document",
    "sticker",
    "location",
    "contact",
    "venue",
)
_CAPTION = ("caption", "caption_entities")


def _source(call: Call, chat_id: int | str, message_id: int, what: str) -> Message:
    message = find_message(call, find_chat(call, chat_id), message_id, what)
    if not any(kind in message.content for kind in _KINDS):
        raise bad_request(f"the message can't be {'copied' if what == 'copy' else 'forwarded'}")
    return message


def _several(call: Call, chat_id: int | str, ids: list[int], what: str) -> list[Message]:
    """Those of the messages that are there; the others are passed over, as Telegram does."""
    if not 1 <= len(ids) <= 100 or ids != sorted(set(ids)):
        raise bad_request("message identifiers must be in strictly increasing order")
    chat = find_chat(call, chat_id)
    found = [m for m in (call.world.message(chat, i) for i in ids) if m is not None]
    if not found:
        raise bad_request(f"there are no messages to {what}")
    return found


@method(CopyMessage)
async def copy_message(call: Call, asked: CopyMessage) -> dict[str, Any]:
    source = _source(call, asked.from_chat_id, asked.message_id, "copy")
    content = dict(source.content)
    if asked.caption is not None and not {"text", "location", "contact"} & set(content):
        for name in _CAPTION:
            content.pop(name, None)
        content |= caption_of(
            asked.caption, chosen(asked.parse_mode), plain_entities(asked.caption_entities)
        )
    chat = speak_in(call, asked.chat_id, asked.message_thread_id)
    reply_to = replied(
        call,
        chat,
        asked.reply_parameters,
        asked.reply_to_message_id,
        asked.allow_sending_without_reply,
    )
    copy = post(
        call.world,
        chat,
        call.bot_id,
        content,
        reply_to=reply_to,
        thread=asked.message_thread_id,
        markup=placed(call, chat, asked.reply_markup),
    )
    return {"message_id": copy.id}


@method(CopyMessages)
async def copy_messages(call: Call, asked: CopyMessages) -> list[dict[str, Any]]:
    sources = _several(call, asked.from_chat_id, asked.message_ids, "copy")
    chat = speak_in(call, asked.chat_id, asked.message_thread_id, len(sources))
    copies = []
    albums = _albums(call)
    for source in sources:
        content = {
            name: value
            for name, value in source.content.items()
            if not (asked.remove_caption and name in _CAPTION)
        }
        copies.append(_put(call, chat, content, asked.message_thread_id, albums(source), None))
    return [{"message_id": copy.id} for copy in copies]


@method(ForwardMessage)
async def forward_message(call: Call, asked: ForwardMessage) -> dict[str, Any]:
    source = _source(call, asked.from_chat_id, asked.message_id, "forward")
    chat = speak_in(call, asked.chat_id, asked.message_thread_id)
    content = dict(source.content)
    copy = _put(call, chat, content, asked.message_thread_id, None, source.sender)
    return message_json(call.world, copy, call.bot_id)


@method(ForwardMessages)
async def forward_messages(call: Call, asked: ForwardMessages) -> list[dict[str, Any]]:
    sources = _several(call, asked.from_chat_id, asked.message_ids, "forward")
    chat = speak_in(call, asked.chat_id, asked.message_thread_id, len(sources))
    albums = _albums(call)
    copies = [
        _put(call, chat, dict(s.content), asked.message_thread_id, albums(s), s.sender)
        for s in sources
    ]
    return [{"message_id": copy.id} for copy in copies]


def _put(
    call: Call,
    chat: Chat,
    content: dict[str, Any],
    thread: int | None,
    album: str | None,
    origin: int | None,
) -> Message:
    return post(
        call.world,
        chat,
        call.bot_id,
        content,
        thread=thread,
        album=album,
        forwarded_from=origin,
    )


def _albums(call: Call) -> Any:
    """Gives messages of one album an album of their own in the new chat."""
    known: dict[str, str] = {}

    def album(source: Message) -> str | None:
        if source.album is None:
            return None
        return known.setdefault(source.album, call.world.token())

    return album
