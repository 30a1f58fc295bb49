"""What a person does in a group and with messages of others: topics, pins, members, forwarding."""

from __future__ import annotations

from typing import Any

from bots.emulator.chats import Chat, Message, Topic
from bots.emulator.errors import PhoneError
from bots.emulator.members import bot_comes, bot_leaves, person_leaves, set_admin
from bots.emulator.phones.acts import Phone
from bots.emulator.posting import post, show, show_chat
from bots.emulator.topics import close_topic, drop_topic, new_topic, rename_topic
from bots.emulator.world import Bot

NAME_LIMIT = 128


def _group(phone: Phone) -> Chat:
    if phone.chat.private:
        raise PhoneError("only in a group")
    return phone.chat


def _forum(phone: Phone) -> Chat:
    if not phone.chat.is_forum:
        raise PhoneError("only in a group with topics")
    return phone.chat


def _topic(phone: Phone, body: dict[str, Any]) -> Topic:
    topic = _forum(phone).topics.get(int(body["thread"]))
    if topic is None:
        raise PhoneError("no such topic", 404)
    return topic


def _name(body: dict[str, Any]) -> str:
    name = str(body.get("name", "")).strip()
    if not 1 <= len(name) <= NAME_LIMIT:
        raise PhoneError("bad name")
    return name


def _bot(phone: Phone, body: dict[str, Any], *, inside: bool) -> Bot:
    bot = phone.world.bot_by_name(str(body.get("bot", "")))
    if bot is None or (bot.id in _group(phone).bots) != inside:
        raise PhoneError("no such bot", 404)
    return bot


# ── topics ───────────────────────────────────────────────────────────────────────────────────


async def make_topic(phone: Phone, body: dict[str, Any]) -> dict[str, Any]:
    topic = new_topic(phone.world, _forum(phone), phone.person.id, _name(body))
    return {"thread": topic.id}


async def name_topic(phone: Phone, body: dict[str, Any]) -> None:
    rename_topic(phone.world, phone.chat, _topic(phone, body), phone.person.id, _name(body))


async def shut_topic(phone: Phone, body: dict[str, Any]) -> None:
    topic, closed = _topic(phone, body), bool(body.get("closed", True))
    if topic.closed != closed:
        close_topic(phone.world, phone.chat, topic, phone.person.id, closed=closed)


async def delete_topic(phone: Phone, body: dict[str, Any]) -> None:
    drop_topic(phone.world, phone.chat, _topic(phone, body))


# ── members ──────────────────────────────────────────────────────────────────────────────────


async def add_bot(phone: Phone, body: dict[str, Any]) -> None:
    bot = _bot(phone, body, inside=False)
    admin = bool(body.get("admin", True))
    bot_comes(phone.world, phone.chat, bot.id, phone.person.id, admin=admin)


async def remove_bot(phone: Phone, body: dict[str, Any]) -> None:
    bot = _bot(phone, body, inside=True)
    bot_leaves(phone.world, phone.chat, bot.id, phone.person.id, "kicked")


async def set_rights(phone: Phone, body: dict[str, Any]) -> None:
    bot, admin = _bot(phone, body, inside=True), bool(body.get("admin", True))
    set_admin(phone.world, phone.chat, bot.id, phone.person.id, admin=admin)


async def leave(phone: Phone, body: dict[str, Any]) -> None:
    person_leaves(phone.world, _group(phone), phone.person.id)


# ── messages ─────────────────────────────────────────────────────────────────────────────────


async def pin(phone: Phone, body: dict[str, Any]) -> None:
    """Pin a message, or free it with `off`."""
    message, chat = phone.seen(int(body["message_id"])), phone.chat
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    if not body.get("off"):
        chat.pinned.append(message.id)
    show_chat(phone.world, chat)
    show(phone.world, message, "edited")
    if not body.get("off"):
        said = {"pinned_message": message.id}
        post(phone.world, chat, phone.person.id, said, thread=message.thread, service=True)


async def forward(phone: Phone, body: dict[str, Any]) -> Message:
    """Hand a message on into another chat of the same person."""
    message = phone.seen(int(body["message_id"]))
    world, ref = phone.world, str(body.get("to", ""))
    bot = world.bot_by_name(ref)
    chat = world.private(bot.id, phone.person.id) if bot else world.chats.get(f"g{ref}")
    if chat is None or phone.person.id not in chat.people:
        raise PhoneError("no such chat", 404)
    thread = body.get("thread")
    there = Phone(world, phone.person, chat)
    return there.hand_on(message, None if thread is None else int(thread))


COMPANY = {
    "topic_new": make_topic,
    "topic_name": name_topic,
    "topic_close": shut_topic,
    "topic_delete": delete_topic,
    "bot_add": add_bot,
    "bot_remove": remove_bot,
    "bot_rights": set_rights,
    "leave": leave,
    "pin": pin,
    "forward": forward,
}
