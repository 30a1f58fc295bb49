"""Chats and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["private", "group", "supergroup"]


@dataclass(slots=True)
class Message:
    """A message; `content` holds the Bot API's content fields, files by key and not by file_id.

    `seq` is the number of the last change that people could see. `inline_id` is how the bot by
    whose inline mode it was sent may change it; only one with keys has it.
    """

    id: int
    chat: str
    sender: int
    date: int
    content: dict[str, Any]
    reply_to: int | None = None
    thread: int | None = None
    album: str | None = None
    markup: dict[str, Any] | None = None
    edited: int | None = None
    via_bot: int | None = None
    inline_id: str = ""
    forwarded_from: int | None = None
    reactions: dict[int, list[str]] = field(default_factory=dict)
    seq: int = 0


@dataclass(slots=True)
class Topic:
    """A forum topic; its id is the id of the message that made it."""

    id: int
    name: str
    icon_color: int
    closed: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat of one person with one bot, or a group of many.

    `key` is unique over all bots; `id` is what the Bot API calls chat_id (in a private chat
    the id of the person, so it repeats from bot to bot).
    """

    key: str
    id: int
    kind: Kind
    title: str = ""
    people: list[int] = field(default_factory=list)
    bots: list[int] = field(default_factory=list)
    is_forum: bool = False
    started: bool = False
    blocked: bool = False
    last_id: int = 0
    keyboard: dict[str, Any] | None = None
    pinned: list[int] = field(default_factory=list)
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: int | None = None
    # Bots are administrators of a group unless they stand here; who left or was thrown out stands
    # in `gone` with that.
    plain: list[int] = field(default_factory=list)
    general_closed: bool = False
    general_hidden: bool = False
    general_name: str = ""
    gone: dict[int, str] = field(default_factory=dict)

    @property
    def owner(self) -> int:
        """Who made the group."""
        return self.people[0] if self.people and not self.private else 0

    @property
    def private(self) -> bool:
        return self.kind == "private"


def private_key(bot_id: int, person_id: int) -> str:
    return f"p{bot_id}:{person_id}"


def group_key(chat_id: int) -> str:
    return f"g{chat_id}"
