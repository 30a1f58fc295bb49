"""What did not reach residents: small rows, so that thousands of them are quick to list."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hub.domain.failure import Failure
from hub.ports.failures import FailureCount, FailureFilter
from hub.ports.paging import Page
from hub.store.client import Mongo, repeated
from hub.store.codec import Document, document, struct
from hub.store.cursor import after, place
from hub.store.rows import put
from hub.store.windows import Windows

FRESH = 1.0
"""Seconds for which the count is not asked for again."""
ALL = "*"
"""Stands in every row's `tags`: lists without a condition ride the same index."""


class Failures:
    """See hub.ports.failures.Failures."""

    def __init__(self, database: Mongo) -> None:
        self._rows = database["failures"]
        self._count = (0, 0)
        self._counted_at = -FRESH

    async def put(self, failure: Failure) -> None:
        """Insert or replace by id."""
        await put(self._rows, row(failure))
        self._counted_at = -FRESH

    @repeated
    async def drop(self, ids: Sequence[str]) -> int:
        """Delete; says how many there were."""
        if not ids:
            return 0
        self._counted_at = -FRESH
        return (await self._rows.delete_many({"_id": {"$in": list(ids)}})).deleted_count

    @repeated
    async def get(self, failure_id: str) -> Failure | None:
        """One of them."""
        found = await self._rows.find_one({"_id": failure_id})
        return None if found is None else struct(Failure, found)

    @repeated
    async def page(self, filter: FailureFilter, cursor: str | None, limit: int) -> Page[Failure]:
        """Newest first, by key within windows that widen."""
        head, rest = _asked(filter)
        begin = place(cursor)
        if begin is not None:
            rest["$or"] = [
                {"at": {"$lt": begin.time}},
                {"at": begin.time, "_id": {"$lt": begin.id}},
            ]
        found: list[Document] = []
        spans = Windows(begin.time if begin else None)
        for low, high in spans:
            wanted = limit + 1 - len(found)
            part = await self._newest(
                {"tags": head, "at": {"$gte": low, "$lte": high}}, rest, wanted
            )
            found += part
            if len(found) > limit:
                break
            spans.found(len(part), wanted)
        items = [struct(Failure, one) for one in found[:limit]]
        more = len(found) > limit
        return Page(items, after(items[-1].at, items[-1].id) if more else None)

    async def _newest(self, head: Document, rest: Document, limit: int) -> list[Document]:
        stages = [{"$match": head}, *([{"$match": rest}] if rest else [])]
        newest: list[Document] = [{"$sort": {"at": -1, "_id": -1}}, {"$limit": limit}]
        return await (await self._rows.aggregate([*stages, *newest])).to_list()

    async def count(self, most: int) -> int:
        """How many there are, up to `most`; every page asks, so what another process did may be
        a second old."""
        asked, count = self._count
        if asked != most or time.monotonic() - self._counted_at > FRESH:
            begun = time.monotonic()
            count = await self._counted(most)
            self._count, self._counted_at = (most, count), begun
        return count

    @repeated
    async def _counted(self, most: int) -> int:
        # The embedded database looks through all that a condition lets in: the newest come first.
        count = 0
        spans = Windows(None)
        for low, high in spans:
            head = {"tags": ALL, "at": {"$gte": low, "$lte": high}}
            some: list[Document] = [{"$limit": most - count}, {"$project": {"_id": 1}}]
            found = await self._rows.aggregate([{"$match": head}, *some])
            part = len(await found.to_list())
            count += part
            if count >= most:
                break
            spans.found(part, most - count)
        return count

    @repeated
    async def counts(self) -> list[FailureCount]:
        """By channel and reason, most first."""
        by: Document = {"channel": "$channel", "reason": "$reason"}
        found = await self._rows.aggregate([{"$group": {"_id": by, "count": {"$sum": 1}}}])
        counts = [
            FailureCount(
                channel=one["_id"].get("channel") or "",
                reason=one["_id"].get("reason") or "",
                count=one["count"],
            )
            for one in await found.to_list()
        ]
        return sorted(counts, key=lambda one: (-one.count, one.channel, one.reason))


def row(failure: Failure) -> Document:
    """A failure as it is kept."""
    return {**document(failure), "tags": _tags(failure)}


def _tags(failure: Failure) -> list[str]:
    return [ALL, f"c:{failure.channel}", f"r:{failure.reason}", f"o:{failure.operator}"]


def _asked(filter: FailureFilter) -> tuple[str, Document]:
    """The tag to begin with, and the rest of the condition."""
    tags = [
        f"{mark}:{value}"
        for mark, value in (("r", filter.reason), ("o", filter.operator), ("c", filter.channel))
        if value
    ]
    head, *others = tags or [ALL]
    return head, {"tags": {"$all": others}} if others else {}
