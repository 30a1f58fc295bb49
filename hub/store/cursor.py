"""Cursors of lists: where the next page begins. Opaque to who holds them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import msgspec

from hub.domain.errors import Invalid


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last shown item: its time in milliseconds since 1970 and its id."""

    at: int
    id: str | int

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
