"""Who takes what was kept in a lane: one taker at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Lanes(Protocol):
    """Leases of lanes. They keep takers out of each other's way and no more: what two takers do at
    once is decided by the unique keys and the `rev` of what they save, so losing leases is
    harmless. Raises StoreDown while nobody can say who has a lane."""

    async def lease(
        self, lanes: Sequence[str], by: str, now: datetime, seconds: float
    ) -> list[str]:
        """Become the only taker of these lanes; returns those that were free, run out, or ours
        already. Who has one of the others is told at `free` that it was asked for."""

    async def free(self, lanes: Sequence[str], by: str) -> list[str]:
        """Give back those that are ours; returns which of them others asked for meanwhile."""
