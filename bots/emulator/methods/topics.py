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
from bots.emulator.methods.places import find_chat
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import post, remove, show, show_chat

NAME_LIMIT = 128
_COLOURS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


def _forum(call: Call, chat_id: int | str) -> Chat:
    chat = find_chat(call, chat_id)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return chat


def _topic(chat: Chat, thread: int) -> Topic:
    topic = chat.topics.get(thread)
    if topic is None:
        raise bad_request("message thread not found")
    return topic


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise bad_request("topic name must be non-empty")
    if len(name) > NAME_LIMIT:
        raise bad_request("TOPIC_TITLE_TOO_LONG")
    return name


def _say(call: Call, chat: Chat, topic: Topic, content: dict[str, Any]) -> None:
    post(call.world, chat, call.bot_id, content, thread=topic.id, service=True)
    show_chat(call.world, chat)


@method(CreateForumTopic)
async def create_forum_topic(call: Call, asked: CreateForumTopic) -> dict[str, Any]:
    chat = _forum(call, asked.chat_id)
    name = _name(asked.name)
    colour = _COLOURS[0] if asked.icon_color is None else asked.icon_color
    if colour not in _COLOURS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    call.world.limiter.charge(call.bot_id, chat)
    said = post(
        call.world,
        chat,
        call.bot_id,
        {"forum_topic_created": {"name": name, "icon_color": colour}},
        service=True,
    )
    chat.topics[said.id] = Topic(said.id, name, colour)
    show_chat(call.world, chat)
    return {"message_thread_id": said.id, "name": name, "icon_color": colour}


@method(EditForumTopic)
async def edit_forum_topic(call: Call, asked: EditForumTopic) -> bool:
    chat = _forum(call, asked.chat_id)
    topic = _topic(chat, asked.message_thread_id)
    name = topic.name if asked.name is None else _name(asked.name)
    if name == topic.name and asked.icon_custom_emoji_id is None:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.world.limiter.charge(call.bot_id, chat)
    topic.name = name
    _say(call, chat, topic, {"forum_topic_edited": {"name": name}})
    return True


@method(CloseForumTopic)
async def close_forum_topic(call: Call, asked: CloseForumTopic) -> bool:
    return _switch(call, asked.chat_id, asked.message_thread_id, closed=True)


@method(ReopenForumTopic)
async def reopen_forum_topic(call: Call, asked: ReopenForumTopic) -> bool:
    return _switch(call, asked.chat_id, asked.message_thread_id, closed=False)


def _switch(call: Call, chat_id: int | str, thread: int, *, closed: bool) -> bool:
    chat = _forum(call, chat_id)
    topic = _topic(chat, thread)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.world.limiter.charge(call.bot_id, chat)
    topic.closed = closed
    _say(call, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


@method(DeleteForumTopic)
async def delete_forum_topic(call: Call, asked: DeleteForumTopic) -> bool:
    chat = _forum(call, asked.chat_id)
    topic = _topic(chat, asked.message_thread_id)
    del chat.topics[topic.id]
    for message in list(call.world.messages[chat.key].values()):
        if message.thread == topic.id:
            remove(call.world, message)
    show_chat(call.world, chat)
    return True


@method(UnpinAllForumTopicMessages)
async def unpin_all_forum_topic_messages(call: Call, asked: UnpinAllForumTopicMessages) -> bool:
    chat = _forum(call, asked.chat_id)
    topic = _topic(chat, asked.message_thread_id)
    messages = [call.world.message(chat, pinned) for pinned in chat.pinned]
    freed = [m for m in messages if m is not None and m.thread == topic.id]
    chat.pinned = [pinned for pinned in chat.pinned if pinned not in {m.id for m in freed}]
    show_chat(call.world, chat)
    for message in freed:
        show(call.world, message, "edited")
    return True


@method(GetForumTopicIconStickers)
async def get_forum_topic_icon_stickers(
    call: Call, asked: GetForumTopicIconStickers
) -> list[dict[str, Any]]:
    return []
