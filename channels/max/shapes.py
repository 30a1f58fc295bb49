"""The part of MAX's objects that the hub reads (dev.max.ru/docs-api, schema 0.0.33).

Whatever the schema calls optional may also be there as null.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class User(msgspec.Struct):
    user_id: Number
    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    username: str | None = None
    is_bot: bool = False

    @property
    def called(self) -> str:
        """The name that is shown."""
        full = f"{self.first_name or ''} {self.last_name or ''}".strip()
        return full or (self.name or "").strip()


class Recipient(msgspec.Struct):
    """`user_id` is there where the chat is a dialogue."""

    chat_id: Number | None = None
    chat_type: str = "dialog"
    user_id: Number | None = None


class Markup(msgspec.Struct):
    """`start` and `length` in UTF-16 code units."""

    type: str = ""
    start: Number = msgspec.field(name="from", default=0)
    length: Number = 0
    url: str | None = None


class Payload(msgspec.Struct):
    """Of any attachment. `hash` proves that a contact came by our own button."""

    url: str | None = None
    token: str | None = None
    code: str | None = None
    vcf_info: str | None = None
    hash: str | None = None
    max_info: User | None = None


class Attachment(msgspec.Struct):
    """`type`: image, video, audio, file, sticker, contact, location, share, inline_keyboard …"""

    type: str = ""
    payload: Payload | None = None
    filename: str | None = None
    size: Count | None = None
    duration: Count | None = None
    latitude: float | None = None
    longitude: float | None = None


class Body(msgspec.Struct):
    """`seq` grows within a chat: milliseconds and a counter."""

    mid: Name
    seq: Number = 0
    text: str | None = None
    attachments: list[Attachment] | None = None
    markup: list[Markup] | None = None


class Linked(msgspec.Struct):
    """`type`: reply or forward."""

    type: str = ""
    message: Body | None = None


class Message(msgspec.Struct):
    """`body` is missing where nothing but a forwarded message was sent. Milliseconds."""

    timestamp: Count
    recipient: Recipient
    sender: User | None = None
    body: Body | None = None
    link: Linked | None = None


class Callback(msgspec.Struct):
    callback_id: str
    user: User
    timestamp: Count
    payload: str | None = None


class Update(msgspec.Struct):
    """One event; what else is there depends on `update_type`."""

    update_type: str
    timestamp: Count = 0
    message: Message | None = None
    callback: Callback | None = None
    user: User | None = None
    chat_id: Number | None = None
    user_id: Number | None = None
    message_id: Name | None = None
    payload: str | None = None
    user_locale: str | None = None


class Batch(msgspec.Struct):
    """An answer of GET /updates; each update stays as the bytes that came."""

    updates: list[msgspec.Raw] = []
    marker: Number | None = None


update = msgspec.json.Decoder(Update)
batch = msgspec.json.Decoder(Batch)
