"""Houses and working hours."""

from __future__ import annotations

from hub.domain.hours import Schedule
from hub.domain.premises import House
from hub.store.client import Mongo, repeated
from hub.store.codec import struct
from hub.store.rows import add, swap, with_rev


class Houses:
    """See hub.ports.premises.Houses."""

    def __init__(self, database: Mongo) -> None:
        self._houses = database["houses"]

    @repeated
    async def all(self) -> list[House]:
        """By address and entrance."""
        found = [struct(House, one) async for one in self._houses.find()]
        return sorted(found, key=lambda house: (house.address, house.entrance, house.code))

    @repeated
    async def get(self, code: str) -> House | None:
        """The house with this code."""
        found = await self._houses.find_one({"_id": code})
        return None if found is None else struct(House, found)

    async def put(self, house: House, *, new: bool = False) -> None:
        """Insert when `new` (raises Duplicate), else on {_id, rev} (raises Conflict)."""
        if new:
            await add(self._houses, with_rev(house))
        else:
            await swap(self._houses, house, with_rev(house))


class Schedules:
    """See hub.ports.premises.Schedules."""

    def __init__(self, database: Mongo) -> None:
        self._hours = database["hours"]

    @repeated
    async def all(self) -> dict[str, Schedule]:
        """By id."""
        return {one["_id"]: struct(Schedule, one) async for one in self._hours.find()}

    async def put(self, schedule: Schedule, *, new: bool = False) -> None:
        """Insert when `new` (raises Duplicate), else on {_id, rev} (raises Conflict)."""
        if new:
            await add(self._hours, with_rev(schedule))
        else:
            await swap(self._hours, schedule, with_rev(schedule))

    @repeated
    async def drop(self, schedule_id: str) -> None:
        """These hours hold no more."""
        await self._hours.delete_one({"_id": schedule_id})
