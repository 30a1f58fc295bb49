"""What is sent without a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.domain.outbox import Letter


class Letters(Protocol):
    """What is sent without a case; the outbox's twin."""

    async def add(self, letters: Sequence[Letter]) -> None:
        """Insert; a letter whose id stands already is left as it is."""

    async def claim(self, to: str, by: str, now: datetime, seconds: float) -> Letter | None:
        """Lease the earliest unfinished letter to this recipient if it is due; None otherwise.
        Counts a try; `repeat` is set on one whose former lease ran out."""

    async def settle(self, letter: Letter) -> None:
        """Write state, due and tries back; a sent one may be deleted."""

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Recipients (`to`) for whom something is due."""
