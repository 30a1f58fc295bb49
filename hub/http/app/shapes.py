"""What the resident app sends and is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hub.http.api.ask import Input
from hub.services.appviews import AppCase, AppMessage

PREFIX = "/app/v1"
MAX_TEXT = 20_000
MAX_FILES = 20

Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
"""What the app itself calls something it wants: the same key again is the same wish."""
MessageId = Annotated[str, Meta(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")]
FileId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Files = Annotated[list[FileId], Meta(max_length=MAX_FILES)]


class CasesQuery(Input):
    """`before`: cases with a smaller number than this one."""

    before: Annotated[int, Meta(ge=1, le=999_999_999)] | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 20


class MessagesQuery(Input):
    """`before`: messages older than the one with this id."""

    before: MessageId | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class KeyQuery(Input):
    """The same `key` again is the same wish, of an upload the same file."""

    key: Key


class NewCase(Input):
    """A case begins with a message: text, files (ids of uploads), or both."""

    key: Key
    text: Text = ""
    subject: Annotated[str, Meta(max_length=200)] = ""
    files: Files = msgspec.field(default_factory=list)


class NewMessage(Input):
    """One more message; `reply_to` is the id of the one it answers."""

    key: Key
    text: Text = ""
    files: Files = msgspec.field(default_factory=list)
    reply_to: MessageId | None = None


class ChangedMessage(Input):
    """Other words for a message; what stood there before stays visible to staff."""

    key: Key
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class Upto(Input):
    """Everything up to this message."""

    upto: MessageId


class Wish(Input):
    """Something to be done once."""

    key: Key


class Rating(Input):
    """`value` 1: content, -1: not; `text` may say why."""

    key: Key
    value: Literal[1, -1]
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""


class Sent(msgspec.Struct, kw_only=True):
    """What became of something sent. kept: it is written down and cannot be lost any more; filed:
    it stands in `case`."""

    key: str
    state: Literal["kept", "filed"]
    case: int | None = None


class Done(msgspec.Struct, kw_only=True):
    """How many messages it was about."""

    messages: int


class UploadedFile(msgspec.Struct, kw_only=True):
    """A stored file, to be named in `files` of a message. `size` in bytes."""

    id: str
    name: str
    mime: str
    size: int
    url: str


class Me(msgspec.Struct, kw_only=True):
    """Who asks, as the token says, and with what they may reckon. Sizes in bytes."""

    id: str
    name: str
    phone: str
    phone_proven: bool
    email: str
    premises: str
    organisation: str
    organisation_phone: str
    expires: datetime
    max_text: int
    max_file: int
    max_files: int


class Cases(msgspec.Struct, kw_only=True):
    """`next` is the `before` of the older ones, null at the end."""

    items: list[AppCase]
    next: int | None


class Messages(msgspec.Struct, kw_only=True):
    """Oldest first; `next` is the `before` of the older ones, null at the end."""

    items: list[AppMessage]
    next: str | None


class CaseWithMessages(msgspec.Struct, kw_only=True):
    """A case and the newest part of its dialogue."""

    case: AppCase
    messages: Messages
