"""Houses and working hours, kept. Few: they are read whole."""

from __future__ import annotations

from typing import Protocol

from hub.domain.hours import Schedule
from hub.domain.premises import House


class Houses(Protocol):
    """By code."""

    async def all(self) -> list[House]:
        """By address and entrance, those out of use included."""

    async def get(self, code: str) -> House | None: ...

    async def put(self, house: House, *, new: bool = False) -> None:
        """Insert when `new` (raises Duplicate), else on {_id, rev} (raises Conflict)."""


class Schedules(Protocol):
    """By the group's id, or hub.domain.hours.HOUSE."""

    async def all(self) -> dict[str, Schedule]: ...

    async def put(self, schedule: Schedule, *, new: bool = False) -> None:
        """Insert when `new` (raises Duplicate), else on {_id, rev} (raises Conflict)."""

    async def drop(self, schedule_id: str) -> None:
        """These hours hold no more."""
