"""Rate limits, one budget for all processes together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.ports.channel import Limit


class Budget(Protocol):
    """Counts what is sent."""

    async def spend(self, limits: Sequence[Limit]) -> float:
        """Take one from each, or none: 0.0 when granted, else seconds to wait."""

    async def pause(self, name: str, seconds: float) -> None:
        """Grant nothing under this name for a time (a 429 said so)."""
