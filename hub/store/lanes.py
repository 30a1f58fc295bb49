"""Leases of lanes: who takes what was kept in them. Losing one is harmless, so they are light."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo.errors import BulkWriteError

from hub.store.client import LIGHT, Mongo, refused, repeated


class Lanes:
    """A lane that is free has no document: taking many is one insert."""

    def __init__(self, database: Mongo) -> None:
        self._lanes = database["lanes"].with_options(write_concern=LIGHT)

    @repeated
    async def lease(
        self, lanes: Sequence[str], by: str, now: datetime, seconds: float
    ) -> list[str]:
        """Those of the lanes that are ours now (they were free, run out, or ours already)."""
        wanted = list(dict.fromkeys(lanes))
        if not wanted:
            return []
        until = now + timedelta(seconds=seconds)
        try:
            await self._lanes.insert_many(
                [{"_id": lane, "by": by, "until": until} for lane in wanted], ordered=False
            )
        except BulkWriteError as error:
            held = [wanted[index] for index in refused(error)]
        else:
            return wanted
        ours = {"$set": {"by": by, "until": until}}
        await self._lanes.update_many({"_id": {"$in": held}, "by": by}, ours)
        await self._lanes.update_many({"_id": {"$in": held}, "until": {"$lte": now}}, ours)
        mine = self._lanes.find({"_id": {"$in": held}, "by": by, "until": until}, {"_id": 1})
        won = {lane["_id"] async for lane in mine}
        lost = set(held) - won
        return [lane for lane in wanted if lane not in lost]

    @repeated
    async def forget(self, before: datetime) -> None:
        """Leases that ran out before this are of processes that died."""
        await self._lanes.delete_many({"until": {"$lt": before}})

    @repeated
    async def free(self, lanes: Sequence[str], by: str) -> None:
        """Give back those that are ours."""
        if lanes:
            await self._lanes.delete_many({"_id": {"$in": list(lanes)}, "by": by})
