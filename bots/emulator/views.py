"""Messages and chats as phones show them."""

from __future__ import annotations

from typing import Any

from bots.emulator.chats import Chat, Message
from bots.emulator.menus import commands_for, menu_button
from bots.emulator.world import World

_MEDIA = ("photo", "voice", "video", "video_note", "audio", "animation", "document", "sticker")
SERVICE = (
    "pinned_message",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "web_app_data",
)


def _name(world: World, user_id: int) -> str:
    if user_id in world.bots:
        return world.bots[user_id].account.name
    person = world.people.get(user_id)
    return person.full_name if person else ""


def _media(world: World, message: Message) -> dict[str, Any] | None:
    kind = next((kind for kind in _MEDIA if kind in message.content), None)
    if kind is None:
        return None
    fields = message.content[kind]
    if isinstance(fields, list):
        fields = fields[-1]
    file = world.files.get(fields["file_id"])
    known = {} if file is None else {"name": file.name, "mime": file.mime, "size": file.size}
    return {
        "kind": kind,
        "url": f"/phones/api/files/{fields['file_id']}",
        **known,
        **{n: fields[n] for n in ("width", "height", "duration", "title") if n in fields},
    }


def brief(world: World, message: Message) -> dict[str, Any]:
    """What a quote of the message shows."""
    content = message.content
    kind = next((k for k in (*_MEDIA, "location", "contact") if k in content), "")
    text = content.get("text") or content.get("caption") or ""
    return {
        "id": message.id,
        "name": _name(world, message.sender),
        "text": text[:200],
        "media": kind,
    }


def message_view(world: World, message: Message) -> dict[str, Any]:
    chat = world.chats[message.chat]
    content = message.content
    shown: dict[str, Any] = {
        "id": message.id,
        "chat": message.chat,
        "seq": message.seq,
        "from": {
            "id": message.sender,
            "name": _name(world, message.sender),
            "is_bot": message.sender in world.bots,
        },
        "date": message.date,
        "edited": message.edited,
        "text": content.get("text", content.get("caption", "")),
        "entities": content.get("entities", content.get("caption_entities", [])),
        "media": _media(world, message),
        "album": message.album,
        "thread": message.thread,
        "reply": None,
        "keyboard": message.markup["inline_keyboard"] if message.markup else [],
        "reactions": [
            {"emoji": emoji, "by": user}
            for user, all_ in message.reactions.items()
            for emoji in all_
        ],
        "pinned": message.id in chat.pinned,
        "service": None,
        "via": world.bots[message.via_bot].account.username if message.via_bot else "",
        "forwarded": _name(world, message.forwarded_from) if message.forwarded_from else "",
    }
    for name in ("location", "contact"):
        if name in content:
            shown[name] = content[name]
    if message.reply_to is not None:
        replied = world.message(chat, message.reply_to)
        shown["reply"] = brief(world, replied) if replied else {"id": message.reply_to}
    for kind in SERVICE:
        if kind in content:
            shown["service"] = _service(world, chat, kind, content[kind])
    return shown


def _service(world: World, chat: Chat, kind: str, body: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": kind, "name": ""}
    if kind == "pinned_message":
        pinned = world.message(chat, int(body))
        said["name"] = brief(world, pinned)["text"][:60] if pinned else ""
    elif kind == "web_app_data":
        said["name"] = body["button_text"]
    elif kind == "left_chat_member":
        said["name"] = str(body["first_name"])
    elif isinstance(body, dict):
        said["name"] = body.get("name", "")
    elif isinstance(body, str):
        said["name"] = body
    elif isinstance(body, list):
        said["name"] = ", ".join(str(user["first_name"]) for user in body)
    return said


def chat_view(world: World, chat: Chat) -> dict[str, Any]:
    """A chat in the list of a phone."""
    bots = [world.bots[b].account for b in chat.bots if b in world.bots]
    return {
        "key": chat.key,
        "ref": bots[0].username if chat.private and bots else str(chat.id),
        "kind": chat.kind,
        "title": chat.title or (bots[0].name if bots else ""),
        "bots": [{"id": b.id, "username": b.username, "name": b.name} for b in bots],
        "people": chat.people,
        "is_forum": chat.is_forum,
        "topics": [{"id": t.id, "name": t.name, "closed": t.closed} for t in chat.topics.values()],
        "general": {
            "name": chat.general_name,
            "closed": chat.general_closed,
            "hidden": chat.general_hidden,
        },
        "started": chat.started,
        "blocked": chat.blocked,
        "keyboard": chat.keyboard,
        "pinned": chat.pinned,
        "commands": {
            str(person): [found for b in bots for found in commands_for(world, b.id, chat, person)]
            for person in chat.people
        },
        "menu": menu_button(world.bots[bots[0].id], chat) if chat.private and bots else None,
        "admins": [b.id for b in bots if b.id not in chat.plain] if not chat.private else [],
        "migrated_to": chat.migrated_to,
    }
