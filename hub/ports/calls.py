"""Calls and callbacks, kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from hub.domain.call import Call
from hub.domain.callback import Callback
from hub.ports.paging import Page


class CallFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of calls shows; empty: no condition. `staff`: who had it or at whose desk it
    rang. `contacts`: any of these."""

    kind: Literal["", "in", "out", "inner", "missed"] = ""
    staff: str = ""
    number: str = ""
    contacts: tuple[str, ...] = ()
    case: int = 0
    account: str = ""
    since: datetime | None = None


class Calls(Protocol):
    """One document a conversation."""

    async def get(self, call_id: str) -> Call | None: ...

    async def many(self, ids: Iterable[str]) -> dict[str, Call]: ...

    async def add(self, call: Call) -> None:
        """Raises Duplicate."""

    async def add_many(self, calls: Sequence[Call]) -> list[str]:
        """Insert; returns ids of those that stood already."""

    async def save(self, call: Call) -> None:
        """On {_id, rev}. Raises Conflict."""

    async def page(self, filter: CallFilter, cursor: str | None, limit: int) -> Page[Call]:
        """The one that began last first."""

    async def count(self, filter: CallFilter, most: int) -> int:
        """How many there are, up to `most`."""

    async def under_way(self, since: datetime, limit: int) -> list[Call]:
        """Not known to be over, begun after `since`; the newest first."""

    async def to_fetch(self, now: datetime, limit: int) -> list[str]:
        """Calls whose recordings are to be asked for now."""


class CallbackFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries; `number` E.164."""

    state: Literal["open", "done"] = "open"
    number: str = ""
    contact: str = ""


class Callbacks(Protocol):
    """Entries to work off; of a number at most one is open."""

    async def get(self, entry_id: str) -> Callback | None: ...

    async def open_for(self, number: str) -> Callback | None:
        """The open entry of a number."""

    async def about(self, calls: Sequence[str], numbers: Sequence[str]) -> list[Callback]:
        """Entries that one of these calls stands in, and open ones of these numbers."""

    async def holding(self, call_id: str) -> Callback | None:
        """The entry that this call stands in."""

    async def add(self, entry: Callback) -> None:
        """Raises Duplicate: the number has an open entry, or the call made one before."""

    async def save(self, entry: Callback) -> None:
        """On {_id, rev}. Raises Conflict."""

    async def page(self, filter: CallbackFilter, cursor: str | None, limit: int) -> Page[Callback]:
        """Open ones: who waits longest first. Done ones: the newest first."""

    async def late(self, now: datetime, limit: int) -> list[str]:
        """Open ones past their time of which nobody heard yet."""

    async def waiting(self, most: int) -> int:
        """How many are open, up to `most`."""
