"""Leases of lanes: who takes what was kept in them. Losing one is harmless, so they are light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from hub.store.client import LIGHT, Mongo, repeated
from hub.store.codec import Document

ATTEMPTS = 20
"""Others may be faster so often; after that what is left counts as theirs."""


class Lanes:
    """Lanes leased together stand in one document; that a lane stands in one only is kept by a
    unique index. A lane that is free stands nowhere."""

    def __init__(self, database: Mongo) -> None:
        self._leases = database["lanes"].with_options(write_concern=LIGHT)
        self._mine: dict[str, tuple[ObjectId, frozenset[str]]] = {}

    async def lease(
        self, lanes: Sequence[str], by: str, now: datetime, seconds: float
    ) -> list[str]:
        """Those of the lanes that are ours now (they were free, run out, or ours already)."""
        wanted = list(dict.fromkeys(lanes))
        until = now + timedelta(seconds=seconds)
        for _ in range(ATTEMPTS):
            if not wanted or await self._write(ObjectId(), wanted, by, until):
                return wanted
            theirs = await self._held(wanted, by, now)
            wanted = [lane for lane in wanted if lane not in theirs]
        return []

    @repeated
    async def _write(self, name: ObjectId, lanes: list[str], by: str, until: datetime) -> bool:
        try:
            await self._leases.insert_one({"_id": name, "by": by, "until": until, "lanes": lanes})
        except DuplicateKeyError:
            # Perhaps by ourselves, with an answer that was lost.
            if await self._leases.find_one({"_id": name}, {"_id": 1}) is None:
                return False
        self._mine[by] = name, frozenset(lanes)
        return True

    @repeated
    async def _held(self, lanes: list[str], by: str, now: datetime) -> set[str]:
        """Which of these others have. What is ours, or has run out, is taken out of its lease."""
        theirs: set[str] = set()
        for lease in await self._leases.find({"lanes": {"$in": lanes}}).to_list():
            if lease["by"] != by and lease["until"] > now:
                theirs.update(lease["lanes"])
            else:
                await self._take_out(lease, lanes)
        return theirs

    async def _take_out(self, lease: Document, lanes: Iterable[str]) -> None:
        gone = set(lanes)
        rest = [lane for lane in lease["lanes"] if lane not in gone]
        # Only as it was read: who has it may have got it for longer meanwhile.
        same = {"_id": lease["_id"], "until": lease["until"], "lanes": lease["lanes"]}
        if rest:
            await self._leases.update_one(same, {"$set": {"lanes": rest}})
        else:
            await self._leases.delete_one(same)

    @repeated
    async def forget(self, before: datetime) -> None:
        """Leases that ran out before this are of processes that died."""
        await self._leases.delete_many({"until": {"$lt": before}})

    @repeated
    async def free(self, lanes: Sequence[str], by: str) -> None:
        """Give back those that are ours."""
        if not lanes:
            return
        name, held = self._mine.pop(by, (None, frozenset[str]()))
        if name is not None and held <= set(lanes):
            await self._leases.delete_one({"_id": name})
            if held == set(lanes):
                return
        for lease in await self._leases.find({"lanes": {"$in": list(lanes)}}).to_list():
            if lease["by"] == by:
                await self._take_out(lease, lanes)
