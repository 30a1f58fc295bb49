"""Houses and working hours."""

from __future__ import annotations

from hub.domain.hours import Schedule
from hub.domain.premises import House
from tests.support.memory.table import Table


class MemoryHouses:
    def __init__(self) -> None:
        self._rows = Table(House)

    async def all(self) -> list[House]:
        return sorted(self._rows, key=lambda house: (house.address, house.entrance, house.code))

    async def get(self, code: str) -> House | None:
        return self._rows.get(code)

    async def put(self, house: House, *, new: bool = False) -> None:
        if new:
            self._rows.add(house)
        else:
            self._rows.swap(house)


class MemorySchedules:
    def __init__(self) -> None:
        self._rows = Table(Schedule)

    async def all(self) -> dict[str, Schedule]:
        return {one.id: one for one in self._rows}

    async def put(self, schedule: Schedule, *, new: bool = False) -> None:
        if new:
            self._rows.add(schedule)
        else:
            self._rows.swap(schedule)

    async def drop(self, schedule_id: str) -> None:
        self._rows.drop(schedule_id)
