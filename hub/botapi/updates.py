"""Updates as raw bytes: their number, and who speaks in them."""

from __future__ import annotations

from typing import Any

import msgspec

from hub.ports.channel import Key, Malformed

# Asked for by name: reactions are sent to nobody who does not.
ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "inline_query",
)


class _Id(msgspec.Struct):
    id: int


class _InChat(msgspec.Struct):
    chat: _Id | None = None


class _Event(msgspec.Struct):
    chat: _Id | None = None
    message: _InChat | None = None
    sender: _Id | None = msgspec.field(name="from", default=None)
    user: _Id | None = None


class _Update(msgspec.Struct):
    update_id: int
    message: _Event | None = None
    edited_message: _Event | None = None
    callback_query: _Event | None = None
    my_chat_member: _Event | None = None
    message_reaction: _Event | None = None
    inline_query: _Event | None = None


class _Numbered(msgspec.Struct):
    update_id: int


class Batch(msgspec.Struct):
    """An answer of getUpdates; each update stays as the bytes that came."""

    ok: bool = False
    result: list[msgspec.Raw] = []
    error_code: int = 0
    description: str = ""
    parameters: dict[str, Any] = {}


_update = msgspec.json.Decoder(_Update)
_numbered = msgspec.json.Decoder(_Numbered)
batch = msgspec.json.Decoder(Batch)


def bot_id(token: str) -> str:
    """The bot's own id: the part of its token before the colon, no secret."""
    return token.partition(":")[0]


def number(body: bytes | msgspec.Raw) -> int:
    """The update's number; raises Malformed."""
    try:
        return _numbered.decode(body).update_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("no update") from None


def key(account: str, bot: str, body: bytes) -> Key:
    """Name an update and its lane, the chat (or the person, where there is no chat).

    The numbers of updates start again with another token, so the bot's id is part of the name.
    Raises Malformed.
    """
    try:
        update = _update.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # A shape that we do not know is kept all the same, if it only has a number.
        return Key(f"{bot}:{number(body)}", account)
    who = 0
    for name in ALLOWED:
        event: _Event | None = getattr(update, name)
        if event is not None:
            who = _who(event)
            break
    return Key(f"{bot}:{update.update_id}", f"{account}:{who}" if who else account)


def _who(event: _Event) -> int:
    if event.chat is not None:
        return event.chat.id
    if event.message is not None and event.message.chat is not None:
        return event.message.chat.id
    person = event.sender or event.user
    return person.id if person is not None else 0
