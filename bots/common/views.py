"""What a bot shows: a text in Telegram HTML, keys under it, and what the message stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hub.domain.message import stable_id

MAX_TEXT = 4096
PART = 3500
"""Characters of somebody's words in one message; markup and headline have their place beside."""


class Key(msgspec.Struct, frozen=True):
    """An inline key: `data` comes back to us, `url` opens a page, `app` a Mini App (in private
    chats alone)."""

    text: str
    data: str = ""
    url: str = ""
    app: str = ""

    def content(self) -> dict[str, Any]:
        """The key as the Bot API takes it."""
        if self.app:
            return {"text": self.text, "web_app": {"url": self.app}}
        if self.url:
            return {"text": self.text, "url": self.url}
        return {"text": self.text, "callback_data": self.data}


Keys = Sequence[Sequence[Key]]


class View(msgspec.Struct, kw_only=True):
    """`what`, `case`, `entry`, `version` and `data` go into Shown, so that an answer to this
    message and its keys are understood later. An empty `what` is not remembered. `silent`: it
    comes without a sound."""

    text: str
    keys: Keys = ()
    what: str = ""
    case: int = 0
    entry: int = 0
    version: int = 0
    data: dict[str, str] = {}
    ask: bool = False
    silent: bool = False

    @property
    def digest(self) -> str:
        """The same for what looks the same."""
        return stable_id(self.text, msgspec.json.encode(self.keys).decode())

    def content(self) -> dict[str, Any]:
        """Parameters of sendMessage and editMessageText alike."""
        found: dict[str, Any] = {"text": self.text, "parse_mode": "HTML"}
        rows = [[key.content() for key in row] for row in self.keys if row]
        if rows:
            found["reply_markup"] = {"inline_keyboard": rows}
        elif self.ask:
            found["reply_markup"] = {"force_reply": True}
        return found

    def shown(self) -> dict[str, Any]:
        """What to remember of it."""
        if not self.what:
            return {}
        return {
            "what": self.what,
            "case": self.case,
            "entry": self.entry,
            "version": self.version,
            "data": {**self.data, "digest": self.digest},
        }


def listing(ids: Sequence[str]) -> dict[str, str]:
    """A list of choices as it is remembered with its menu."""
    return {"ids": msgspec.json.encode(list(ids)).decode()}


def listed(data: Mapping[str, str]) -> list[str]:
    """The choices of a menu, from what is remembered with it."""
    return msgspec.json.decode(data.get("ids", "[]"), type=list[str])


def parts(text: str, size: int = PART) -> list[str]:
    """Cut a long text into pieces that fit into a message, at lines or words where possible."""
    found: list[str] = []
    while len(text) > size:
        head = text[:size]
        cut = max(head.rfind("\n"), head.rfind(" "))
        head = head[:cut] if cut > size // 2 else head
        found.append(head)
        text = text[len(head) :].lstrip()
    return [*found, text] if text or not found else found
