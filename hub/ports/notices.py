"""What staff are told later, and when they were at work: what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from hub.domain.shift import ShiftSpan


class Held(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A notice that a person is to hear of later. `id` is stable over repeats of what caused it;
    `what`, `case` and `entry` as in the outbox. `batch` names the digest that it has gone into,
    which may still have to be written."""

    id: str = msgspec.field(name="_id")
    login: str
    what: str
    case: int
    entry: int = 0
    at: datetime
    batch: str = ""


class HeldStore(Protocol):
    """Notices held back."""

    async def add(self, held: Held) -> None:
        """Insert; one that stands there already is left as it is."""

    async def oldest(self) -> dict[str, datetime]:
        """Who has something waiting: login → since when."""

    async def gather(self, login: str, batch: str) -> None:
        """What waits for this person and is in no digest yet goes into this one."""

    async def of(self, login: str) -> list[Held]:
        """All that waits for this person, the oldest first."""

    async def drop(self, ids: Sequence[str]) -> None:
        """These have been told, or nobody is left to hear of them."""


class ShiftLog(Protocol):
    """Intervals of work and of breaks that are over."""

    async def put(self, span: ShiftSpan) -> None:
        """Insert or replace by id."""

    async def since(self, begin: datetime, login: str = "") -> list[ShiftSpan]:
        """Those that ended after `begin`, of one person or (empty) of everybody; oldest first."""
