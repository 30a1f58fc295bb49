"""What Telegram says of who opened a Mini App, and whether it was Telegram who said it.

Source: core.telegram.org/bots/webapps, «Validating data received via the Mini App».
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

LONGEST = 8192
"""Characters; what Telegram sends is about 700."""
AHEAD = timedelta(seconds=30)
"""By how much Telegram's clock may be before ours."""

Why = Literal["forged", "old", "ahead"]


class NotVouched(Exception):
    """The data does not prove who is there; `why` says which way."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class Opening(msgspec.Struct, frozen=True):
    """One opening of the Mini App: the Telegram user, and the mark of this very data."""

    user: int
    mark: str


class _User(msgspec.Struct):
    id: int


def key_of(token: str) -> bytes:
    """The key by which the data of a bot is signed. It opens nothing else, so that what serves
    pages need not hold the token itself."""
    return hmac.digest(b"WebAppData", token.encode(), sha256)


def opening(data: str, key: bytes, now: datetime, max_age: timedelta) -> Opening:
    """Read the data of a bot; raises NotVouched for what is not Telegram's, too old, or from a
    time that is still to come."""
    fields = _fields(data)
    given = fields.pop("hash", "")
    said = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    right = hmac.digest(key, said.encode(), sha256).hex()
    if not hmac.compare_digest(right.encode(), given.encode()):
        raise NotVouched("forged")
    try:
        at = datetime.fromtimestamp(int(fields["auth_date"]), UTC)
        user = msgspec.json.decode(fields["user"], type=_User)
    except (KeyError, ValueError, OverflowError, OSError, msgspec.MsgspecError):
        # Signed and yet without a person: opened where there is none, from a channel, say.
        raise NotVouched("forged") from None
    if at > now + AHEAD:
        raise NotVouched("ahead")
    if now - at > max_age:
        raise NotVouched("old")
    return Opening(user.id, right)


def _fields(data: str) -> dict[str, str]:
    """The fields, each once: of two with one name it would not be clear which one was signed."""
    if len(data) > LONGEST:
        raise NotVouched("forged")
    try:
        pairs = parse_qsl(data, keep_blank_values=True, strict_parsing=True, max_num_fields=64)
    except ValueError:
        raise NotVouched("forged") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotVouched("forged")
    return fields
