"""Topics of a forum: made, renamed, closed, deleted, by bots and by people."""

from __future__ import annotations

from typing import Any

from bots.emulator.chats import Chat, Topic
from bots.emulator.posting import post, remove, show, show_chat
from bots.emulator.world import World

COLOURS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


def new_topic(world: World, chat: Chat, by: int, name: str, colour: int = COLOURS[0]) -> Topic:
    made = {"forum_topic_created": {"name": name, "icon_color": colour}}
    said = post(world, chat, by, made, service=True)
    topic = Topic(said.id, name, colour)
    chat.topics[said.id] = topic
    show_chat(world, chat)
    return topic


def rename_topic(world: World, chat: Chat, topic: Topic, by: int, name: str) -> None:
    topic.name = name
    _say(world, chat, topic, by, {"forum_topic_edited": {"name": name}})


def close_topic(world: World, chat: Chat, topic: Topic, by: int, *, closed: bool) -> None:
    topic.closed = closed
    _say(world, chat, topic, by, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})


def drop_topic(world: World, chat: Chat, topic: Topic) -> None:
    """Delete it with all that stands in it; bots are not told, as in Telegram."""
    del chat.topics[topic.id]
    for message in list(world.messages[chat.key].values()):
        if message.thread == topic.id:
            remove(world, message)
    show_chat(world, chat)


def unpin(world: World, chat: Chat, thread: int | None) -> None:
    """Free the pinned messages of a topic (None: of «General»)."""
    messages = [world.message(chat, pinned) for pinned in chat.pinned]
    freed = [m for m in messages if m is not None and m.thread == thread]
    chat.pinned = [pinned for pinned in chat.pinned if pinned not in {m.id for m in freed}]
    show_chat(world, chat)
    for message in freed:
        show(world, message, "edited")


def _say(world: World, chat: Chat, topic: Topic, by: int, content: dict[str, Any]) -> None:
    post(world, chat, by, content, thread=topic.id, service=True)
    show_chat(world, chat)
