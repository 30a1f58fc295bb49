"""The twin of hub.lanes: leases in a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


class MemoryLanes:
    def __init__(self) -> None:
        self._held: dict[str, tuple[str, datetime]] = {}
        self._asked: set[str] = set()

    async def lease(
        self, lanes: Sequence[str], by: str, now: datetime, seconds: float
    ) -> list[str]:
        ours = []
        for lane in dict.fromkeys(lanes):
            who, until = self._held.get(lane, (by, now))
            if who == by or until <= now:
                self._held[lane] = by, now + timedelta(seconds=seconds)
                ours.append(lane)
            else:
                self._asked.add(lane)
        return ours

    async def free(self, lanes: Sequence[str], by: str) -> list[str]:
        ours = [lane for lane in dict.fromkeys(lanes) if self._held.get(lane, ("",))[0] == by]
        for lane in ours:
            del self._held[lane]
        asked = [lane for lane in ours if lane in self._asked]
        self._asked.difference_update(asked)
        return asked
