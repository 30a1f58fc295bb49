"""What programs post, and what they are posted (docs: the account kind `http`)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

MAX_ID = 200
MAX_FILES = 50

Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Short = Annotated[str, msgspec.Meta(max_length=1000)]


class From(msgspec.Struct, omit_defaults=True):
    """Who wrote, as the program says."""

    name: Short | None = None
    phone: Short | None = None
    email: Short | None = None
    external_id: Short | Number | None = None


class PostedFile(msgspec.Struct):
    """`data` is base64 in JSON; either it or `url`."""

    name: Short | None = None
    mime: Short | None = None
    data: bytes | None = None
    url: Annotated[str, msgspec.Meta(max_length=4000)] | None = None


class Posted(msgspec.Struct):
    """One message."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)] | Number
    sender: From | None = msgspec.field(name="from", default=None)
    text: str | None = None
    subject: Short | None = None
    sent_at: datetime | None = None
    thread: Annotated[str, msgspec.Meta(max_length=MAX_ID)] | Number | None = None
    files: Annotated[list[PostedFile], msgspec.Meta(max_length=MAX_FILES)] | None = None


class To(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom an answer is for, in the program's own words."""

    external_id: str | None = None
    phone: str | None = None
    email: str | None = None


class AnswerFile(msgspec.Struct):
    name: str
    mime: str
    url: str


class Answered(msgspec.Struct):
    """An answer, as it is posted to `reply_url`."""

    id: str
    case: int
    to: dict[str, str | None]
    in_reply_to: str | None
    text: str
    files: list[AnswerFile]
    signature: str | None


posted = msgspec.json.Decoder(Posted)
