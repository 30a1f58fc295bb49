"""What came in, durably, until it is understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from hub.ports.channel import Kept, Key, RawRequest
from hub.ports.paging import Page

InboxState = Literal["new", "done", "quarantined"]


class InboxRow(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Raw input as kept. `id` is stable_id(account, external id). `case` is the number chosen for
    it before the case was touched, `linked` the older case it continues. `trace` is the id that
    logs carry from here to delivery."""

    id: str = msgspec.field(name="_id")
    account: str
    external_id: str
    lane: str
    digest: bytes
    raw: RawRequest
    raw_file: str = ""
    at: datetime
    seq: int = 0
    state: InboxState = "new"
    case: int = 0
    linked: int = 0
    contact: str = ""
    tries: int = 0
    due: datetime | None = None
    error: str = ""
    done_at: datetime | None = None
    trace: str = ""


HEAVY = 32 * 1024 * 1024
"""Bytes of rows that are held in memory together, but for the one that goes beyond."""


def weighs(rows: Iterable[InboxRow]) -> int:
    """Bytes of their bodies."""
    return sum(len(row.raw.body) for row in rows)


class Inbox(Protocol):
    """Durable intake. `keep` groups what arrives together into few writes."""

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        """Keep durably; raise StoreDown when the store did not confirm."""

    async def waiting(self, lanes: Sequence[str], limit: int, now: datetime) -> list[InboxRow]:
        """New rows of these lanes that are due, in the order kept (within each lane): so many, or
        as many as weigh HEAVY together."""

    async def choose(self, chosen: Iterable[tuple[str, int, int, str]]) -> None:
        """Write (row id, case, linked, contact) on rows, in one call, before cases are touched."""

    async def done(self, ids: Sequence[str], now: datetime) -> None:
        """These rows are understood and saved."""

    async def later(self, row_id: str, due: datetime, error: str) -> None:
        """Try this row again at `due`; counts a try."""

    async def quarantine(self, row_id: str, error: str, now: datetime) -> None:
        """Nobody else waits for this row; an admin reads and replays it."""

    async def replay(self, row_id: str) -> InboxRow | None:
        """The row is new again (a case chosen for it stays). None if there is no such row."""

    async def get(self, row_id: str) -> InboxRow | None: ...

    async def page(
        self, *, account: str, state: InboxState | None, cursor: str | None, limit: int
    ) -> Page[InboxRow]: ...

    async def stale_lanes(self, before: datetime, limit: int) -> list[str]:
        """Lanes with rows that are due and were kept before this time."""

    async def expire(self, before: datetime, limit: int) -> int:
        """Delete done rows older than this; says how many."""

    async def stats(self, now: datetime) -> dict[str, float]:
        """`new`, `quarantined` (counts) and `oldest` (age in seconds of the oldest new row)."""
