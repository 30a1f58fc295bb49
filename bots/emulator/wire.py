"""Chats and messages as the Bot API shows them to one bot."""

from __future__ import annotations

from typing import Any

from bots.emulator.chats import Chat, Message
from bots.emulator.files import Files
from bots.emulator.world import World


def chat_json(world: World, chat: Chat) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": chat.id, "type": chat.kind}
    if not chat.private:
        shown["title"] = chat.title
        if chat.is_forum:
            shown["is_forum"] = True
        return shown
    person = world.people[chat.id]
    shown["first_name"] = person.first_name
    if person.last_name:
        shown["last_name"] = person.last_name
    if person.username:
        shown["username"] = person.username
    return shown


def _for_bot(world: World, bot_id: int, value: Any) -> Any:
    """Content with file keys turned into file ids of this bot and mentions into users."""
    if isinstance(value, list):
        return [_for_bot(world, bot_id, item) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {name: _for_bot(world, bot_id, item) for name, item in value.items()}
    if "file_id" in shown:
        shown["file_id"] = Files.id_for(bot_id, shown["file_id"])
    if shown.get("type") == "text_mention":
        shown["user"] = world.user(shown["user"]["id"]) or {
            "id": shown["user"]["id"],
            "is_bot": False,
            "first_name": "?",
        }
    return shown


def message_json(
    world: World, message: Message, bot_id: int, *, with_reply: bool = True
) -> dict[str, Any]:
    """A `Message`; the one it replies to is shown without its own reply, as Telegram does."""
    chat = world.chats[message.chat]
    shown: dict[str, Any] = {
        "message_id": message.id,
        "date": message.date,
        "chat": chat_json(world, chat),
        "from": world.user(message.sender),
    }
    if message.thread is not None:
        shown["message_thread_id"] = message.thread
        if chat.is_forum:
            shown["is_topic_message"] = True
    if message.album is not None:
        shown["media_group_id"] = message.album
    if message.edited is not None:
        shown["edit_date"] = message.edited
    if message.via_bot is not None:
        shown["via_bot"] = world.user(message.via_bot)
    if message.forwarded_from is not None:
        shown["forward_origin"] = {
            "type": "user",
            "date": message.date,
            "sender_user": world.user(message.forwarded_from),
        }
    content = dict(message.content)
    pinned = content.pop("pinned_message", None)
    shown |= _for_bot(world, bot_id, content)
    if pinned is not None:
        shown["pinned_message"] = referred(world, chat, int(pinned), bot_id)
    if message.markup is not None:
        shown["reply_markup"] = message.markup
    replies_to = message.reply_to
    if replies_to is None and chat.is_forum and message.thread not in {None, message.id}:
        # In a topic whatever answers nothing answers the message that made the topic.
        replies_to = message.thread
    if with_reply and replies_to is not None:
        replied = world.message(chat, replies_to)
        if replied is not None:
            shown["reply_to_message"] = message_json(world, replied, bot_id, with_reply=False)
    return shown


def referred(world: World, chat: Chat, message_id: int, bot_id: int) -> dict[str, Any]:
    """A message that may be gone by now."""
    message = world.message(chat, message_id)
    if message is not None:
        return message_json(world, message, bot_id, with_reply=False)
    return {"chat": chat_json(world, chat), "message_id": message_id, "date": 0}
