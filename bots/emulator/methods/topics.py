"""Topics of a forum group."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    CloseForumTopic,
    CreateForumTopic,
    DeleteForumTopic,
    EditForumTopic,
    GetForumTopicIconStickers,
    ReopenForumTopic,
    UnpinAllForumTopicMessages,
)

from bots.emulator.chats import Chat, Topic
from bots.emulator.errors import bad_request
from bots.emulator.methods.places import find_chat, need_admin
from bots.emulator.methods.registry import Call, method
from bots.emulator.topics import COLOURS, close_topic, drop_topic, new_topic, rename_topic, unpin

NAME_LIMIT = 128
RIGHTS = "not enough rights to manage topics"


def forum(call: Call, chat_id: int | str, words: str = RIGHTS) -> Chat:
    """A forum whose topics the bot may manage."""
    chat = find_chat(call, chat_id)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    need_admin(call, chat, words)
    return chat


def _topic(chat: Chat, thread: int) -> Topic:
    topic = chat.topics.get(thread)
    if topic is None:
        raise bad_request("message thread not found")
    return topic


def topic_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise bad_request("topic name must be non-empty")
    if len(name) > NAME_LIMIT:
        raise bad_request("TOPIC_TITLE_TOO_LONG")
    return name


@method(CreateForumTopic)
async def create_forum_topic(call: Call, asked: CreateForumTopic) -> dict[str, Any]:
    chat = forum(call, asked.chat_id, "not enough rights to create a topic")
    name = topic_name(asked.name)
    colour = COLOURS[0] if asked.icon_color is None else asked.icon_color
    if colour not in COLOURS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    call.world.limiter.charge(call.bot_id, chat)
    topic = new_topic(call.world, chat, call.bot_id, name, colour)
    return {"message_thread_id": topic.id, "name": name, "icon_color": colour}


@method(EditForumTopic)
async def edit_forum_topic(call: Call, asked: EditForumTopic) -> bool:
    chat = forum(call, asked.chat_id)
    topic = _topic(chat, asked.message_thread_id)
    name = topic.name if asked.name is None else topic_name(asked.name)
    if name == topic.name and asked.icon_custom_emoji_id is None:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.world.limiter.charge(call.bot_id, chat)
    rename_topic(call.world, chat, topic, call.bot_id, name)
    return True


@method(CloseForumTopic)
async def close_forum_topic(call: Call, asked: CloseForumTopic) -> bool:
    return _switch(call, asked.chat_id, asked.message_thread_id, closed=True)


@method(ReopenForumTopic)
async def reopen_forum_topic(call: Call, asked: ReopenForumTopic) -> bool:
    return _switch(call, asked.chat_id, asked.message_thread_id, closed=False)


def _switch(call: Call, chat_id: int | str, thread: int, *, closed: bool) -> bool:
    chat = forum(call, chat_id)
    topic = _topic(chat, thread)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.world.limiter.charge(call.bot_id, chat)
    close_topic(call.world, chat, topic, call.bot_id, closed=closed)
    return True


@method(DeleteForumTopic)
async def delete_forum_topic(call: Call, asked: DeleteForumTopic) -> bool:
    chat = forum(call, asked.chat_id)
    drop_topic(call.world, chat, _topic(chat, asked.message_thread_id))
    return True


@method(UnpinAllForumTopicMessages)
async def unpin_all_forum_topic_messages(call: Call, asked: UnpinAllForumTopicMessages) -> bool:
    chat = forum(call, asked.chat_id)
    topic = _topic(chat, asked.message_thread_id)
    unpin(call.world, chat, topic.id)
    return True


@method(GetForumTopicIconStickers)
async def get_forum_topic_icon_stickers(
    call: Call, asked: GetForumTopicIconStickers
) -> list[dict[str, Any]]:
    return []
