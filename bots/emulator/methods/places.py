"""Finding what a call speaks of, and refusing as Telegram does where it is not there."""

from __future__ import annotations

from typing import Any

from aiogram import types

from bots.emulator.chats import Chat, Message
from bots.emulator.errors import bad_request, forbidden
from bots.emulator.keyboards import check_inline, check_reply
from bots.emulator.methods.registry import Call
from bots.emulator.posting import show_chat


def find_chat(call: Call, chat_id: int | str) -> Chat:
    """The chat that this bot may know under this id."""
    world = call.world
    try:
        number = int(chat_id)
    except ValueError:
        number = 0
    chat = world.chats.get(f"p{call.bot_id}:{number}") or world.chats.get(f"g{number}")
    if chat is None or (chat.private and not chat.started):
        if any(call.bot_id in one.bots and number in one.people for one in world.groups()):
            # Known from a group, and yet a bot never speaks first.
            raise forbidden("bot can't initiate conversation with a user")
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        raise bad_request(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
        )
    if call.bot_id not in chat.bots:
        if chat.gone.get(call.bot_id) == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def administers(chat: Chat, bot_id: int) -> bool:
    return not chat.private and bot_id in chat.bots and bot_id not in chat.plain


def need_admin(call: Call, chat: Chat, words: str) -> None:
    """Refuse a bot that is a plain member of the group; `words` are Telegram's for this act."""
    if not chat.private and not administers(chat, call.bot_id):
        raise bad_request(words)


def speak_in(call: Call, chat_id: int | str, thread: int | None = None, messages: int = 1) -> Chat:
    """The chat, if the bot may put something into it now; counts against the limits."""
    chat = find_chat(call, chat_id)
    if chat.private and chat.blocked:
        raise forbidden("bot was blocked by the user")
    check_thread(chat, thread)
    topic = chat.topics.get(thread or 0)
    if chat.general_closed if thread is None else topic is not None and topic.closed:
        need_admin(call, chat, "TOPIC_CLOSED")
    call.world.limiter.charge(call.bot_id, chat, messages)
    return chat


def check_thread(chat: Chat, thread: int | None) -> None:
    # «General» is no thread to Telegram: who writes there names none, and 1 is not found.
    if thread is not None and thread not in chat.topics:
        raise bad_request("message thread not found")


def find_message(call: Call, chat: Chat, message_id: int | None, what: str) -> Message:
    """`what` is the act in Telegram's words: edit, delete, copy, forward, pin, react."""
    message = call.world.message(chat, message_id or 0)
    if message is None:
        raise bad_request(f"message to {what} not found")
    return message


def replied(
    call: Call,
    chat: Chat,
    parameters: types.ReplyParameters | None,
    message_id: int | None = None,
    without: bool | None = None,
) -> int | None:
    """Id of the message replied to; None if there is none and that is allowed."""
    if parameters is not None:
        message_id = parameters.message_id
        # aiogram puts a mark in place of what was left out.
        without = parameters.allow_sending_without_reply is True
    if message_id is None:
        return None
    if call.world.message(chat, message_id) is not None:
        return message_id
    if without:
        return None
    raise bad_request("message to be replied not found")


def placed(call: Call, chat: Chat, markup: Any) -> dict[str, Any] | None:
    """Keyboard to stand under the message; one in place of the keyboard is put into the chat."""
    if markup is None:
        return None
    if isinstance(markup, types.InlineKeyboardMarkup):
        return check_inline(markup, private=chat.private)
    checked = check_reply(markup, private=chat.private)
    chat.keyboard = None if checked.get("remove_keyboard") else checked
    show_chat(call.world, chat)
    return None
