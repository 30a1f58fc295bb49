"""What admins configure: quick replies, result codes, case types, first deadlines."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from hub.domain.catalog import CaseType, FirstDeadline, QuickReply, ResultCode
from hub.store.client import Mongo, repeated
from hub.store.codec import document, struct
from hub.store.rows import add, put, swap, with_rev

T = TypeVar("T", bound=msgspec.Struct)


class Catalog:
    """See hub.ports.catalog.Catalog. These are few: they are read whole."""

    def __init__(self, database: Mongo) -> None:
        self._database = database
        self._replies = database["quick_replies"]

    @repeated
    async def _all(self, kind: type[T], name: str) -> list[T]:
        return [struct(kind, one) async for one in self._database[name].find()]

    async def quick_replies(self, *, deleted: bool = False) -> list[QuickReply]:
        """By folder and title; deleted ones only when asked for."""
        found = await self._all(QuickReply, "quick_replies")
        kept = [reply for reply in found if deleted or not reply.deleted]
        return sorted(kept, key=lambda reply: (reply.folder, reply.title))

    @repeated
    async def quick_reply(self, reply_id: str) -> QuickReply | None:
        """One of them, deleted or not."""
        found = await self._replies.find_one({"_id": reply_id})
        return None if found is None else struct(QuickReply, found)

    async def put_quick_reply(self, reply: QuickReply, *, new: bool = False) -> None:
        """Insert when `new` (raises Duplicate), else on {_id, rev} (raises Conflict)."""
        if new:
            await add(self._replies, with_rev(reply))
        else:
            await swap(self._replies, reply, with_rev(reply))

    @repeated
    async def count_use(self, reply_id: str, month: str) -> None:
        """One use more; a repeat after a lost answer may count twice."""
        await self._replies.update_one({"_id": reply_id}, {"$inc": {f"used.{month}": 1}})

    async def results(self) -> list[ResultCode]:
        """In their order."""
        found = await self._all(ResultCode, "results")
        return sorted(found, key=lambda result: (result.order, result.id))

    async def put_result(self, result: ResultCode) -> None:
        """Insert or replace."""
        await put(self._database["results"], document(result))

    async def types(self) -> list[CaseType]:
        """In their order."""
        found = await self._all(CaseType, "types")
        return sorted(found, key=lambda type_: (type_.order, type_.id))

    async def put_type(self, type_: CaseType) -> None:
        """Insert or replace."""
        await put(self._database["types"], document(type_))

    async def deadlines(self) -> list[FirstDeadline]:
        """All rules."""
        return sorted(await self._all(FirstDeadline, "deadlines"), key=lambda rule: rule.id)

    async def put_deadline(self, rule: FirstDeadline) -> None:
        """Insert or replace."""
        await put(self._database["deadlines"], document(rule))

    @repeated
    async def drop_deadline(self, rule_id: str) -> None:
        """Delete a rule."""
        await self._database["deadlines"].delete_one({"_id": rule_id})
