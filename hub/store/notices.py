"""Notices held back, and the intervals of shifts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from hub.domain.shift import ShiftSpan
from hub.ports.notices import Held
from hub.store.client import Mongo, repeated
from hub.store.codec import Document, document, struct
from hub.store.rows import put


class HeldStore:
    """See hub.ports.notices.HeldStore. A person's notices are few: they leave with each digest."""

    def __init__(self, database: Mongo) -> None:
        self._held = database["held"]

    @repeated
    async def add(self, held: Held) -> None:
        """Insert; one that stands there already is left as it is."""
        try:
            await self._held.insert_one(document(held))
        except DuplicateKeyError:
            return

    @repeated
    async def oldest(self) -> dict[str, datetime]:
        """Who has something waiting: login → since when."""
        found = await self._held.aggregate(
            [{"$group": {"_id": "$login", "at": {"$min": "$at"}}}, {"$sort": {"_id": 1}}]
        )
        return {one["_id"]: one["at"] async for one in found}

    @repeated
    async def gather(self, login: str, batch: str) -> None:
        """What waits for this person and is in no digest yet goes into this one."""
        await self._held.update_many({"login": login, "batch": None}, {"$set": {"batch": batch}})

    @repeated
    async def of(self, login: str) -> list[Held]:
        """All that waits for this person, the oldest first."""
        found = [struct(Held, one) async for one in self._held.find({"login": login})]
        return sorted(found, key=lambda held: (held.at, held.case, held.id))

    @repeated
    async def drop(self, ids: Sequence[str]) -> None:
        """These have been told, or nobody is left to hear of them."""
        if ids:
            await self._held.delete_many({"_id": {"$in": list(ids)}})


class ShiftLog:
    """See hub.ports.notices.ShiftLog."""

    def __init__(self, database: Mongo) -> None:
        self._spans = database["shifts"]

    async def put(self, span: ShiftSpan) -> None:
        """Insert or replace by id."""
        await put(self._spans, document(span))

    @repeated
    async def since(self, begin: datetime, login: str = "") -> list[ShiftSpan]:
        """Those that ended after `begin`, of one person or of everybody; oldest first."""
        wanted: Document = {"until": {"$gt": begin}}
        if login:
            wanted = {"login": login, **wanted}
        found = [struct(ShiftSpan, one) async for one in self._spans.find(wanted)]
        return sorted(found, key=lambda span: (span.since, span.id))
