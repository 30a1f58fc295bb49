"""The names that MAX's events bear in the hub. MAX numbers no events: each is named by what it
is about. A message's `mid` is unique over all chats and bots."""

from __future__ import annotations

from typing import Any

import msgspec

from hub.domain.message import stable_id
from hub.ports.channel import Key, Malformed

LONGEST = 200
NAMELESS = "forwarded:"
"""Begins our name of a message that MAX gives none: nothing but a forwarded one was sent."""


class Ids:
    """Names for one account."""

    def __init__(self, account: str) -> None:
        self.account = account

    def conversation(self, user: int) -> str:
        """The thread key: one person with this account, whatever its token."""
        return f"{self.account}:{user}"

    def event(self, body: bytes, part: str = "") -> str:
        """The key of what an update says."""
        return f"{self.account}:{self.key(body).external_id}{part}"

    def key(self, body: bytes) -> Key:
        """The event's name and who speaks. Raises Malformed for what is no update.

        Anything that says its `update_type` gets a name, however odd the rest is: it is kept, and
        shown in the quarantine, and no poller stops at it.
        """
        update = _read(body)
        kind = update.get("update_type")
        if not isinstance(kind, str) or not kind:
            raise Malformed("no update")
        user = _number(_speaker(kind, update))
        lane = f"{self.account}:{'unknown' if user is None else user}"
        return Key(_name(kind, update, user) or f"other:{stable_id(body.decode())}", lane)


def _read(body: bytes) -> dict[str, Any]:
    try:
        update = msgspec.json.decode(body)
        body.decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(update, dict):
        raise Malformed("no update")
    return update


def _speaker(kind: str, update: dict[str, Any]) -> object:
    if kind == "message_callback":
        return _in(update, "callback", "user", "user_id")
    if kind in {"message_created", "message_edited"}:
        return _in(update, "message", "sender", "user_id")
    if kind == "message_removed":
        return update.get("user_id")
    return _in(update, "user", "user_id")


def _name(kind: str, update: dict[str, Any], user: int | None) -> str:
    at = _number(update.get("timestamp"))
    if kind in {"message_created", "message_edited"}:
        mid = _text(_in(update, "message", "body", "mid"))
        if kind == "message_edited":
            return f"edited:{mid}:{at}" if mid and at is not None else ""
        return mid or _forwarded(update)
    if kind == "message_removed":
        mid = _text(update.get("message_id"))
        return f"removed:{mid}" if mid else ""
    if kind == "message_callback":
        callback = update.get("callback")
        told = callback if isinstance(callback, dict) else {}
        pressed, when = _text(told.get("callback_id")), _number(told.get("timestamp"))
        # Whether the id is of the press or of the keyboard is not said: the time tells them apart.
        return f"callback:{stable_id(pressed, str(when))}" if pressed else ""
    return f"{kind[:60]}:{user}:{at}" if user is not None and at is not None else ""


def _forwarded(update: dict[str, Any]) -> str:
    mid = _text(_in(update, "message", "link", "message", "mid"))
    at = _number(_in(update, "message", "timestamp"))
    return f"{NAMELESS}{mid}:{at}" if mid and at is not None else ""


def _in(value: object, *path: str) -> object:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _number(value: object) -> int | None:
    good = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value if good and isinstance(value, int) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST else ""
