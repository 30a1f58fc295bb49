"""What the two sides of the WebSocket say to each other, one JSON document a frame."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.http.app.shapes import MessageId
from hub.services.appviews import AppCase, AppMessage

Number = Annotated[int, Meta(ge=1, le=999_999_999)]
Position = Annotated[str, Meta(max_length=400)]
Token = Annotated[str, Meta(max_length=8192)]


class Hello(msgspec.Struct, kw_only=True, tag_field="type", tag="hello"):
    """From the app, first of all: who is there, and by case what it knows already (the `position`
    of a card, or of the last event about the case). What it does not name is new to it."""

    token: Token
    positions: Annotated[dict[str, Position], Meta(max_length=500)] = {}


class Auth(msgspec.Struct, kw_only=True, tag_field="type", tag="auth"):
    """From the app: a fresh token of the same resident."""

    token: Token


class Read(msgspec.Struct, kw_only=True, tag_field="type", tag="read"):
    """From the app: everything up to this message is read."""

    case: Number
    upto: MessageId


class Got(msgspec.Struct, kw_only=True, tag_field="type", tag="got"):
    """From the app: everything up to this message has come."""

    case: Number
    upto: MessageId


class Typing(msgspec.Struct, kw_only=True, tag_field="type", tag="typing"):
    """From either side: somebody writes just now."""

    case: Number


class Ping(msgspec.Struct, kw_only=True, tag_field="type", tag="ping"):
    """From the app: is anybody there?"""


class Pong(msgspec.Struct, kw_only=True, tag_field="type", tag="pong"):
    """To the app: yes."""


class Welcome(msgspec.Struct, kw_only=True, tag_field="type", tag="welcome"):
    """To the app: it is known who is there, until this time."""

    expires: datetime
    heartbeat: float


class Expiring(msgspec.Struct, kw_only=True, tag_field="type", tag="expiring"):
    """To the app: the token ends soon (`after` seconds); send another one."""

    after: int


class CaseSeen(msgspec.Struct, kw_only=True, tag_field="type", tag="case"):
    """To the app: how a case stands now. It may come again."""

    case: Number
    card: AppCase
    position: Position


class MessageCame(msgspec.Struct, kw_only=True, tag_field="type", tag="message"):
    """To the app: a message that it did not know. After a break the same one does not come again
    if its position is given back."""

    case: Number
    message: AppMessage
    position: Position


class MessageChanged(msgspec.Struct, kw_only=True, tag_field="type", tag="changed"):
    """To the app: a message it knows looks like this now. It may come again."""

    case: Number
    message: AppMessage


class Synced(msgspec.Struct, kw_only=True, tag_field="type", tag="synced"):
    """To the app: all that it had missed has been told."""


class Refused(msgspec.Struct, kw_only=True, tag_field="type", tag="refused"):
    """To the app: what it said is refused; `key` and `detail` as in a problem document."""

    key: str
    detail: str


FROM_APP = (Hello, Auth, Read, Got, Typing, Ping)
TO_APP = (
    Welcome,
    Expiring,
    CaseSeen,
    MessageCame,
    MessageChanged,
    Synced,
    Refused,
    Pong,
)
FRAMES = (*FROM_APP, *TO_APP)
FromApp = Hello | Auth | Read | Got | Typing | Ping
from_app: msgspec.json.Decoder[Hello | Auth | Read | Got | Typing | Ping] = msgspec.json.Decoder(
    FromApp
)
