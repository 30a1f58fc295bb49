"""Cursors of lists: where the next page begins. Opaque to who holds them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.errors import Invalid

LATEST = 253_402_300_799_000
"""The end of the year 9999, in milliseconds since 1970."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last shown item: its time in milliseconds since 1970 and its id."""

    at: Annotated[int, Meta(ge=0, le=LATEST)]
    id: str | Annotated[int, Meta(ge=0, le=2**53)]

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(self.at / 1000, UTC)


def milliseconds(at: datetime) -> int:
    """What BSON keeps of a time."""
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def after(at: datetime, ident: str | int) -> str:
    """The cursor of what follows this item."""
    packed = msgspec.json.encode(Place(milliseconds(at), ident))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def place(cursor: str | None) -> Place | None:
    """Read a cursor; Invalid if it is none of ours."""
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(packed, type=Place)
    except (ValueError, msgspec.MsgspecError):
        raise Invalid(field="cursor", reason="unknown") from None
