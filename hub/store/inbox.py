"""Durable intake: the rows of what came in, and what became of them."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.ports.channel import Kept, Key, RawRequest
from hub.ports.store import InboxRow, InboxState, Page
from hub.store.blobs import Blobs
from hub.store.client import LIGHT, Mongo, repeated
from hub.store.codec import Document
from hub.store.cursor import after, milliseconds, place
from hub.store.inboxrows import NEW, QUARANTINED, SEQ_BYTES, row_document, row_of
from hub.store.indexes import RAW
from hub.store.keeping import OnKept, Writers
from hub.store.lanes import Lanes
from hub.store.plans import Plans
from hub.store.windows import Windows

INLINE = 256 * 1024
"""Bytes of a body that still stands in its row."""
STATES = ("new", "done", "quarantined")
WAITS: tuple[Any, ...] = (NEW, None, QUARANTINED)
"""What `waits` is in each state."""
SWEPT = 2_000
"""Rows that one look for stale lanes goes through."""


class Inbox:
    """`on_kept` hears the lanes of each group that was written."""

    def __init__(self, database: Mongo) -> None:
        self._rows = database["inbox"]
        self._light = self._rows.with_options(write_concern=LIGHT)
        self._raw = Blobs(database, RAW)
        self._lanes = Lanes(database)
        self._writers = Writers(self._rows)
        self._seq = itertools.count(1)
        self._me = secrets.token_bytes(6)
        self._plans = Plans(database)
        self.lease, self.free = self._lanes.lease, self._lanes.free
        self.choose = self._plans.write

    @property
    def on_kept(self) -> OnKept | None:
        return self._writers.on_kept

    @on_kept.setter
    def on_kept(self, hook: OnKept | None) -> None:
        self._writers.on_kept = hook

    async def close(self) -> None:
        """Write what has gathered."""
        await self._writers.close()

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        """Keep durably; raises StoreDown when the store did not confirm."""
        row = row_document(raw, key, self._me + next(self._seq).to_bytes(SEQ_BYTES, "big"))
        if len(raw.body) > INLINE:
            name = f"{row['_id']}:{row['digest'].hex()}"
            await self._raw.put(name, _once(raw.body), len(raw.body), {})
            row["raw_file"] = name
            del row["body"]
        return await self._writers.keep(row, strict=key.strict)

    @repeated
    async def waiting(self, lanes: Sequence[str], limit: int, now: datetime) -> list[InboxRow]:
        """New rows of these lanes that are due, in the order kept."""
        found = await self._rows.aggregate(
            [
                {"$match": {"waits": {"$in": list(lanes)}}},
                {"$match": {"$or": [{"due": None}, {"due": {"$lte": now}}]}},
                {"$sort": {"at": 1, "mark": 1, "_id": 1}},
                {"$limit": limit},
            ]
        )
        rows = [await self._whole(row) async for row in found]
        await self._plans.fill(rows)
        return rows

    @repeated
    async def done(self, ids: Sequence[str], now: datetime) -> None:
        """These rows are understood and saved. Light: one that is forgotten is taken again and
        found in its case."""
        if ids:
            await self._light.update_many(
                {"_id": {"$in": list(ids)}, "state": None},
                {
                    "$set": {"state": "done", "done_at": now},
                    "$rename": {"waits": "lane"},
                    "$unset": {"due": "", "error": ""},
                },
            )

    @repeated
    async def later(self, row_id: str, due: datetime, error: str) -> None:
        """Try this row again at `due`."""
        # `due` in the condition: a repeat of this very write must not count a second try.
        await self._rows.update_one(
            {"_id": row_id, "state": None, "due": {"$ne": due}},
            {"$set": {"due": due, "error": error}, "$inc": {"tries": 1}},
        )

    @repeated
    async def quarantine(self, row_id: str, error: str, now: datetime) -> None:
        """Nobody else waits for this row."""
        row = await self._rows.find_one({"_id": row_id})
        if row is not None:
            facts = {"state": "quarantined", "error": error, "done_at": now}
            place = {"waits": QUARANTINED, "lane": row_of(row).lane}
            await self._rows.update_one(
                {"_id": row_id}, {"$set": {**facts, **place}, "$unset": {"due": ""}}
            )

    @repeated
    async def replay(self, row_id: str) -> InboxRow | None:
        """The row is new again."""
        row = await self._rows.find_one({"_id": row_id})
        if row is None:
            return None
        gone = ("state", "lane", "due", "error", "done_at", "tries")
        await self._rows.update_one(
            {"_id": row_id},
            {"$set": {"waits": row_of(row).lane}, "$unset": dict.fromkeys(gone, "")},
        )
        return await self.get(row_id)

    @repeated
    async def get(self, row_id: str) -> InboxRow | None:
        """The row with its body."""
        row = await self._rows.find_one({"_id": row_id})
        if row is None:
            return None
        whole = await self._whole(row)
        await self._plans.fill([whole])
        return whole

    @repeated
    async def page(
        self, *, account: str, state: InboxState | None, cursor: str | None, limit: int
    ) -> Page[InboxRow]:
        """Newest first. A body that stands in a file is left out."""
        wanted: Document = {"account": account} if account else {}
        begin = place(cursor)
        found: list[Document] = []
        spans = Windows(begin.time if begin else None)
        for low, high in spans:
            span = {"$gte": low, "$lte": high}
            part: list[Document] = []
            for waits in WAITS if state is None else (WAITS[STATES.index(state)],):
                # Exactly what the index holds, then the rest.
                head = {"waits": waits} if waits == NEW else {"waits": waits, "at": span}
                stages = [{"$match": head}, {"$match": {**wanted, "at": span}}]
                part += await self._newest(stages, begin, limit + 1 - len(found))
            found += sorted(part, key=lambda row: (row["at"], row["_id"]), reverse=True)
            if len(found) > limit:
                break
            spans.found(len(part), limit + 1 - len(found))
        items = [row_of(row) for row in found[:limit]]
        await self._plans.fill(items)
        more = len(found) > limit
        return Page(items, after(items[-1].at, items[-1].id) if more else None)

    async def _newest(self, stages: list[Document], begin: Any, limit: int) -> list[Document]:
        if begin is not None:
            before = [{"at": {"$lt": begin.time}}, {"at": begin.time, "_id": {"$lt": begin.id}}]
            stages = [*stages, {"$match": {"$or": before}}]
        found = await self._rows.aggregate(
            [*stages, {"$sort": {"at": -1, "_id": -1}}, {"$limit": limit}]
        )
        return await found.to_list()

    @repeated
    async def stale_lanes(self, before: datetime, limit: int) -> list[str]:
        """Lanes with rows that are due and were kept before this time."""
        found = await self._rows.aggregate(
            [
                {"$match": {"waits": NEW}},
                {
                    "$match": {
                        "at": {"$lt": before},
                        "$or": [{"due": None}, {"due": {"$lt": before}}],
                    }
                },
                {"$limit": SWEPT},
                {"$project": {"waits": 1, "at": 1}},
                {"$sort": {"at": 1}},
            ]
        )
        lanes = dict.fromkeys([row["waits"] async for row in found])
        return list(lanes)[:limit]

    @repeated
    async def expire(self, before: datetime, limit: int) -> int:
        """Delete done rows older than this, and leases of lanes that nobody gave back."""
        await self._lanes.forget(before)
        await self._plans.forget(before)
        found = await self._rows.aggregate(
            [
                {"$match": {"waits": None, "at": {"$lt": before}}},
                {"$match": {"done_at": {"$lt": before}}},
                {"$limit": limit},
                {"$project": {"raw_file": 1}},
            ]
        )
        old = await found.to_list()
        files = [row["raw_file"] for row in old if "raw_file" in row]
        if files:
            await self._raw.drop(files)
        if old:
            await self._rows.delete_many({"_id": {"$in": [row["_id"] for row in old]}})
        return len(old)

    @repeated
    async def stats(self, now: datetime) -> dict[str, float]:
        """`new`, `quarantined`, `oldest` (seconds)."""
        found = await self._rows.aggregate(
            [
                {"$match": {"waits": NEW}},
                {"$group": {"_id": None, "new": {"$sum": 1}, "oldest": {"$min": "$at"}}},
            ]
        )
        (new,) = await found.to_list() or [{"new": 0, "oldest": now}]
        return {
            "new": float(new["new"]),
            "quarantined": float(await self._rows.count_documents({"waits": QUARANTINED})),
            "oldest": max(0.0, (milliseconds(now) - milliseconds(new["oldest"])) / 1000),
        }

    async def _whole(self, row: Document) -> InboxRow:
        built = row_of(row)
        if built.raw_file:
            built.raw = msgspec.structs.replace(
                built.raw, body=await self._raw.whole(built.raw_file)
            )
        return built


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
