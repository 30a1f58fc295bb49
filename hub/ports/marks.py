"""How far a poller has come, where its provider does not remember it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec


class Mark(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One place up to which everything was kept. `scope` is what `place` counts within (numbers of
    another scope mean nothing), `at` when it was written."""

    id: str = msgspec.field(name="_id")
    scope: str = ""
    place: int = 0
    at: datetime


class Marks(Protocol):
    """Durable; written only after what they speak of was kept."""

    async def get(self, mark_id: str) -> Mark | None: ...

    async def put(self, mark: Mark) -> None:
        """Insert or replace."""
