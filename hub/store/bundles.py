"""Which rows of the inbox wait: a document for each group of rows that was kept together.

A row itself is written once and never changed, and has no index but its id: all that changes stands
here, and one index on the lanes of a bundle pays for up to MOST rows.

Bundles stand in the collection of their rows and go to it in one command with them, ahead of them
(decision 0014). So a row that is there has an entry that is there; an entry whose row is not (the
store died in between) or has another `mark` (it was kept before, by another attempt) is void, and
goes when it is met.

`newest`: when the last of its rows was kept.
`waiting`: entries `{id, mark, lane, at}`, for rows put off `due`, `tries` and `error`; of a row in
quarantine `lane` is QUARANTINED, `home` its lane and `done_at` when it went there.
`done`: `{at, ids}` for each time that rows of it were done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bson import ObjectId
from pymongo import UpdateOne

from hub.store.client import LIGHT, Collection, repeated
from hub.store.codec import Document

MOST = 64
"""Rows of one bundle; as many as are taken together, so that most are done at once."""
QUARANTINED = 1
"""In `lane` of an entry in quarantine; lanes are strings."""
NEW: Document = {"$gt": ""}
"""The condition on a lane that its entry is new."""
TOUCHED = 512
"""Bundles that one look goes through."""


def bundled(rows: Sequence[Document]) -> list[Document]:
    """Bundles of these rows, each of which learns the id of its own."""
    made = []
    for first in range(0, len(rows), MOST):
        part = rows[first : first + MOST]
        bundle = {
            "_id": ObjectId(),
            "newest": max(row["at"] for row in part),
            "waiting": [entry_of(row) for row in part],
        }
        for row in part:
            row["bundle"] = bundle["_id"]
        made.append(bundle)
    return made


def entry_of(row: Document) -> Document:
    """What a bundle says of a row that waits."""
    return {"id": row["_id"], "mark": row["mark"], "lane": row["lane"], "at": row["at"]}


class Place(NamedTuple):
    """Where a row's entry stands."""

    bundle: Any
    mark: bytes


class Bundles:
    """Light writes: a row that is taken again is found in its case."""

    def __init__(self, inbox: Collection) -> None:
        self._bundles = inbox
        self._light = self._bundles.with_options(write_concern=LIGHT)

    async def of(self, ids: Iterable[Any]) -> dict[Any, Document]:
        """Bundles by id."""
        found = self._bundles.find({"_id": {"$in": list(set(ids))}})
        return {one["_id"]: one async for one in found}

    async def waiting(self, lanes: Sequence[str]) -> list[tuple[Any, Document]]:
        """(bundle, entry) of all that waits in these lanes, in the order kept."""
        wanted = set(lanes)
        found = await self._bundles.aggregate(
            [
                {"$match": {"waiting.lane": {"$in": list(wanted)}}},
                {"$sort": {"newest": 1, "_id": 1}},
                {"$limit": TOUCHED},
                {"$project": {"waiting": 1}},
            ]
        )
        entries = [
            (bundle["_id"], entry)
            async for bundle in found
            for entry in bundle["waiting"]
            if entry["lane"] in wanted
        ]
        return sorted(entries, key=lambda one: (one[1]["at"], one[1]["mark"], one[1]["id"]))

    async def done(self, ids: dict[Any, list[str]], now: datetime) -> None:
        """These rows (by bundle) wait no more."""
        if ids:
            await self._light.bulk_write(
                [
                    UpdateOne(
                        {"_id": bundle, "waiting.id": {"$in": rows}},
                        {
                            "$pull": {"waiting": {"id": {"$in": rows}}},
                            "$push": {"done": {"at": now, "ids": rows}},
                        },
                    )
                    for bundle, rows in ids.items()
                ],
                ordered=False,
            )

    async def forget(self, void: Iterable[tuple[Any, bytes]]) -> None:
        """Take void entries (bundle, mark) out."""
        marks: dict[Any, list[bytes]] = {}
        for bundle, mark in void:
            marks.setdefault(bundle, []).append(mark)
        if marks:
            await self._light.bulk_write(
                [
                    UpdateOne({"_id": bundle}, {"$pull": {"waiting": {"mark": {"$in": some}}}})
                    for bundle, some in marks.items()
                ],
                ordered=False,
            )

    async def put_off(self, place: Place, row_id: str, due: datetime, error: str) -> None:
        """Try this row again at `due`."""
        # `due` in the condition: a repeat of this very write must not count a second try.
        mine = {"id": row_id, "mark": place.mark, "lane": NEW, "due": {"$ne": due}}
        await self._bundles.update_one(
            {"_id": place.bundle, "waiting": {"$elemMatch": mine}},
            {
                "$set": {"waiting.$.due": due, "waiting.$.error": error},
                "$inc": {"waiting.$.tries": 1},
            },
        )

    async def put(self, bundle: Any, entry: Document) -> None:
        """The row's entry is this one now, whatever it was."""
        mine = {"id": entry["id"], "mark": entry["mark"]}
        held = await self._bundles.update_one(
            {"_id": bundle, "waiting": {"$elemMatch": mine}}, {"$set": {"waiting.$": entry}}
        )
        if not held.matched_count:
            await self._bundles.update_one(
                {"_id": bundle, "waiting": {"$not": {"$elemMatch": mine}}},
                {"$push": {"waiting": entry}},
            )

    @repeated
    async def stale(self, before: datetime) -> list[Document]:
        """New entries that are due and were kept before this, oldest first."""
        late = {
            "at": {"$lt": before},
            "lane": NEW,
            "$or": [{"due": None}, {"due": {"$lt": before}}],
        }
        found = await self._bundles.aggregate(
            [
                {"$match": {"waiting.lane": NEW}},
                {"$match": {"waiting": {"$elemMatch": late}}},
                {"$sort": {"newest": 1}},
                {"$limit": TOUCHED},
                {"$project": {"waiting": 1}},
            ]
        )
        entries = [
            entry
            async for bundle in found
            for entry in bundle["waiting"]
            if entry["lane"] != QUARANTINED
            and entry["at"] < before
            and (entry.get("due") is None or entry["due"] < before)
        ]
        return sorted(entries, key=lambda entry: entry["at"])

    @repeated
    async def held(self, lane: Any) -> list[Document]:
        """Bundles with entries that wait so (NEW or QUARANTINED)."""
        return await self._bundles.find({"waiting.lane": lane}).to_list()

    @repeated
    async def counted(self, lane: Any) -> tuple[int, datetime | None]:
        """How many entries wait so, and since when the oldest of them does."""
        found = await self._bundles.aggregate(
            [
                {"$match": {"waiting.lane": lane}},
                {"$unwind": "$waiting"},
                {"$match": {"waiting.lane": lane}},
                {"$group": {"_id": None, "count": {"$sum": 1}, "at": {"$min": "$waiting.at"}}},
            ]
        )
        (all_,) = await found.to_list() or [{"count": 0, "at": None}]
        return int(all_["count"]), all_["at"]

    @repeated
    async def between(self, low: datetime, high: datetime) -> list[Document]:
        """Bundles whose newest row was kept in this time."""
        return await self._bundles.find({"newest": {"$gte": low, "$lte": high}}).to_list()

    @repeated
    async def kept_before(self, before: datetime, limit: int) -> list[Document]:
        """Bundles all of whose rows were kept before this and some of which are done."""
        found = self._bundles.find({"newest": {"$lt": before}, "done.at": {"$lt": before}})
        return await found.limit(limit).to_list()

    async def drop_done(self, bundle: Document, ids: Sequence[str]) -> None:
        """The rows `ids` of it are deleted; a bundle that says nothing more goes too."""
        gone = set(ids)
        left = [{**one, "ids": [x for x in one["ids"] if x not in gone]} for one in bundle["done"]]
        left = [one for one in left if one["ids"]]
        if left or bundle["waiting"]:
            await self._light.update_one({"_id": bundle["_id"]}, {"$set": {"done": left}})
        else:
            await self._light.delete_one({"_id": bundle["_id"], "waiting": []})
