"""Time and ids come in from outside."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, always UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, to the millisecond (what the store keeps)."""

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Ids(Protocol):
    """Makes ids that nobody can guess."""

    def new(self) -> str: ...


class RandomIds:
    """128 random bits in hex."""

    def new(self) -> str:
        return secrets.token_hex(16)
