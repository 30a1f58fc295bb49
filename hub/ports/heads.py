"""Which cases a person has, by the time of their last change: as little of them as possible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from hub.ports.paging import Page


class CaseHead(msgspec.Struct, frozen=True):
    """A case that changed last at this time."""

    number: int
    updated_at: datetime


class CaseHeads(Protocol):
    """Reads no thread and no history."""

    async def newest(
        self, contacts: Sequence[str], cursor: str | None, limit: int
    ) -> Page[CaseHead]:
        """Cases of these contacts, the newest change first."""
