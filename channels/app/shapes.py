"""What is kept of what residents do in the app, and what its backend is told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

MAX_TEXT = 20_000
MAX_FILES = 20
MOST_ENTRIES = 200

# Letters, digits and the signs of UUIDs: a key is a part of other names as it is.
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,100}\Z")]
CaseNumber = Annotated[int, msgspec.Meta(ge=0, le=999_999_999)]
Seq = Annotated[int, msgspec.Meta(ge=1, le=999_999_999)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]


class Said(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type", tag="message"):
    """A message. `id` is the app's own; `thread` names a conversation of theirs, `case` a case of
    theirs that is led elsewhere; `files` are ids of what they uploaded; `reply_to` is the
    provider's id of the message they answer."""

    id: Name
    text: Text = ""
    subject: Annotated[str, msgspec.Meta(max_length=200)] = ""
    files: Annotated[list[Name], msgspec.Meta(max_length=MAX_FILES)] = []
    thread: Name | None = None
    case: CaseNumber = 0
    reply_to: Annotated[str, msgspec.Meta(max_length=600)] = ""


class Changed(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type", tag="edit"):
    """They changed (or took back) the message that they sent as `message`."""

    id: Name
    message: Name
    text: Text = ""
    deleted: bool = False


class Reported(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="type", tag="report"):
    """Answers (`entries` of `case`) came to the app, or were read there."""

    id: Name
    state: Literal["delivered", "read"]
    case: CaseNumber
    entries: Annotated[list[Seq], msgspec.Meta(min_length=1, max_length=MOST_ENTRIES)]


Kept = Said | Changed | Reported
kept: msgspec.json.Decoder[Said | Changed | Reported] = msgspec.json.Decoder(Kept)


class PushFile(msgspec.Struct):
    name: str
    mime: str
    url: str


class Push(msgspec.Struct):
    """What the app's backend is posted about an answer. `id` is the same in every repeat. notice:
    something that belongs to no case and stands in no thread."""

    id: str
    type: Literal["message", "edited", "notice"]
    resident: str
    case: int
    message: str
    text: str
    files: list[PushFile]
    signature: str | None
    at: datetime
