"""Codes that are awaited; the store forgets them by itself."""

from __future__ import annotations

from datetime import datetime

from pymongo import ReturnDocument

from hub.domain.linking import Code
from hub.store.client import Mongo, repeated
from hub.store.codec import document, struct
from hub.store.rows import put


class Codes:
    """See hub.ports.codes.Codes."""

    def __init__(self, database: Mongo) -> None:
        self._codes = database["codes"]

    async def put(self, code: Code) -> None:
        """Insert or replace."""
        await put(self._codes, {**document(code), "tries": code.tries})

    @repeated
    async def guess(self, contact: str, most: int, now: datetime) -> Code | None:
        """Count a guess and say at what; a repeat after a lost answer counts twice, which only
        makes guessing harder."""
        found = await self._codes.find_one_and_update(
            {"_id": contact, "tries": {"$lt": most}, "expires_at": {"$gt": now}},
            {"$inc": {"tries": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return None if found is None else struct(Code, found)

    @repeated
    async def drop(self, code: Code) -> None:
        """Delete it, if it is still this one."""
        await self._codes.delete_one({"_id": code.id, "salt": code.salt})
