"""Rate limits, one budget for all processes together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.ports.channel import Limit


class Budget(Protocol):
    """Counts what is sent."""

    async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        """Take one from each, or none: 0.0 when granted, else seconds to wait. By its `mark`,
        which no other has, what was taken can be given back."""

    async def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        """Nothing was sent: what was taken under this mark is free for others at once. A mark
        under which nothing was taken, or which was given back before, changes nothing."""

    async def pause(self, name: str, seconds: float) -> None:
        """Grant nothing under this name for a time (a 429 said so)."""
