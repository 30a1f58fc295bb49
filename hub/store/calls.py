"""Calls and the callbacks that are owed.

`tags` is by what a call is found, `at` when it began; `alert_at` stands in open entries only while
nobody was told that they are late, `open_number` keeps a number from having two of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError

from hub.domain.call import Call
from hub.domain.callback import Callback
from hub.ports.calls import CallbackFilter, CallFilter
from hub.ports.paging import Page
from hub.store.client import Collection, Mongo, refused, repeated
from hub.store.codec import Document, struct
from hub.store.cursor import after, place
from hub.store.rows import add, swap, with_rev
from hub.store.windows import Windows

ALL, LIVE = "*", "live"


class Calls:
    """See hub.ports.calls.Calls."""

    def __init__(self, database: Mongo) -> None:
        self._calls = database["calls"]

    @repeated
    async def get(self, call_id: str) -> Call | None:
        """One of them."""
        found = await self._calls.find_one({"_id": call_id})
        return None if found is None else struct(Call, found)

    async def many(self, ids: Iterable[str]) -> dict[str, Call]:
        """Several at once."""
        wanted = list(dict.fromkeys(ids))
        return await self._many(wanted) if wanted else {}

    @repeated
    async def _many(self, ids: list[str]) -> dict[str, Call]:
        found = self._calls.find({"_id": {"$in": ids}})
        return {one["_id"]: struct(Call, one) async for one in found}

    async def add(self, call: Call) -> None:
        """Raises Duplicate."""
        await add(self._calls, _row(call))

    @repeated
    async def add_many(self, calls: Sequence[Call]) -> list[str]:
        """Insert; ids of those that stood already (perhaps by ourselves: taking them once more does
        no harm)."""
        try:
            await self._calls.insert_many([_row(one) for one in calls], ordered=False)
        except BulkWriteError as error:
            return [calls[index].id for index in refused(error)]
        return []

    async def save(self, call: Call) -> None:
        """On {_id, rev}; raises Conflict."""
        await swap(self._calls, call, _row(call))

    @repeated
    async def page(self, filter: CallFilter, cursor: str | None, limit: int) -> Page[Call]:
        """The one that began last first, by key within windows that widen."""
        head, rest = _asked(filter)
        begin = place(cursor)
        if begin is not None:
            rest["$or"] = [
                {"at": {"$lt": begin.time}},
                {"at": begin.time, "_id": {"$lt": begin.id}},
            ]
        found: list[Document] = []
        spans = Windows(begin.time if begin else None, filter.since)
        for low, high in spans:
            wanted = limit + 1 - len(found)
            part = await _newest(self._calls, head, rest, (low, high), wanted)
            found += part
            if len(found) > limit:
                break
            spans.found(len(part), wanted)
        items = [struct(Call, one) for one in found[:limit]]
        more = len(found) > limit
        return Page(items, after(items[-1].facts.started_at, items[-1].id) if more else None)

    @repeated
    async def count(self, filter: CallFilter, most: int) -> int:
        """How many there are, up to `most`."""
        head, rest = _asked(filter)
        asked = {"tags": head, **rest}
        if "tags" in rest:
            asked = {"$and": [{"tags": head}, rest]}
        if filter.since is not None:
            asked["at"] = {"$gte": filter.since}
        return len([one async for one in self._calls.find(asked, {"_id": 1}).limit(most)])

    @repeated
    async def under_way(self, since: datetime, limit: int) -> list[Call]:
        """Not known to be over."""
        found = self._calls.find({"tags": LIVE, "at": {"$gte": since}})
        newest = found.sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [struct(Call, one) async for one in newest]

    @repeated
    async def to_fetch(self, now: datetime, limit: int) -> list[str]:
        """Recordings to be asked for, the longest due first."""
        found = self._calls.find({"fetch_at": {"$lte": now}}, {"_id": 1})
        return [one["_id"] async for one in found.sort("fetch_at", ASCENDING).limit(limit)]


class Callbacks:
    """See hub.ports.calls.Callbacks."""

    def __init__(self, database: Mongo) -> None:
        self._rows = database["callbacks"]

    @repeated
    async def get(self, entry_id: str) -> Callback | None:
        """One of them."""
        return _entry(await self._rows.find_one({"_id": entry_id}))

    @repeated
    async def open_for(self, number: str) -> Callback | None:
        """The open entry of a number."""
        return _entry(await self._rows.find_one({"open_number": number}))

    @repeated
    async def about(self, calls: Sequence[str], numbers: Sequence[str]) -> list[Callback]:
        """Entries that one of these calls stands in, and open ones of these numbers."""
        mine = self._rows.find({"calls": {"$in": list(calls)}})
        theirs = self._rows.find({"open_number": {"$in": list(numbers)}})
        found = [*[one async for one in mine], *[one async for one in theirs]]
        return [struct(Callback, one) for one in {one["_id"]: one for one in found}.values()]

    @repeated
    async def holding(self, call_id: str) -> Callback | None:
        """The entry that this call stands in."""
        return _entry(await self._rows.find_one({"calls": call_id}))

    async def add(self, entry: Callback) -> None:
        """Raises Duplicate."""
        await add(self._rows, _callback_row(entry))

    async def save(self, entry: Callback) -> None:
        """On {_id, rev}; raises Conflict."""
        await swap(self._rows, entry, _callback_row(entry))

    @repeated
    async def page(self, filter: CallbackFilter, cursor: str | None, limit: int) -> Page[Callback]:
        """Open ones are few: who waits longest stands first. Done ones: the newest first."""
        down = filter.state == "done"
        asked: Document = {"tags": _callback_tag(filter)}
        begin = place(cursor)
        if begin is not None:
            past = "$lt" if down else "$gt"
            asked["$or"] = [
                {"since": {past: begin.time}},
                {"since": begin.time, "_id": {past: begin.id}},
            ]
        order = DESCENDING if down else ASCENDING
        found = self._rows.find(asked).sort([("since", order), ("_id", order)]).limit(limit + 1)
        rows = [struct(Callback, one) async for one in found]
        items, more = rows[:limit], len(rows) > limit
        return Page(items, after(items[-1].since, items[-1].id) if more else None)

    @repeated
    async def late(self, now: datetime, limit: int) -> list[str]:
        """Open ones past their time of which nobody heard yet."""
        found = self._rows.find({"alert_at": {"$lt": now}}, {"_id": 1}).limit(limit)
        return [one["_id"] async for one in found]

    @repeated
    async def waiting(self, most: int) -> int:
        """How many are open, up to `most`."""
        found = self._rows.find({"tags": "open"}, {"_id": 1}).limit(most)
        return len([one async for one in found])


async def _newest(
    rows: Collection, head: str, rest: Document, window: Sequence[datetime], limit: int
) -> list[Document]:
    stages: list[Document] = [
        {"$match": {"tags": head, "at": {"$gte": window[0], "$lte": window[1]}}}
    ]
    if rest:
        stages.append({"$match": rest})
    newest: list[Document] = [{"$sort": {"at": -1, "_id": -1}}, {"$limit": limit}]
    return await (await rows.aggregate([*stages, *newest])).to_list()


def _row(call: Call) -> Document:
    return {**with_rev(call), "tags": _tags(call), "at": call.facts.started_at}


def _tags(call: Call) -> list[str]:
    facts = call.facts
    tags = [ALL, f"a:{call.account}", f"d:{facts.direction or ''}"]
    tags += ["missed"] if facts.missed else []
    tags += [] if facts.over else [LIVE]
    tags += [f"n:{facts.number}"] if facts.number else []
    tags += [f"c:{call.contact}"] if call.contact else []
    tags += [f"k:{number}" for number in call.cases]
    return tags + [f"s:{login}" for login in dict.fromkeys([*call.staff, *call.rung])]


def _asked(filter: CallFilter) -> tuple[str, Document]:
    """The tag to begin with, and the rest of the condition."""
    tags: list[str] = []
    tags += [f"k:{filter.case}"] if filter.case else []
    tags += [f"n:{filter.number}"] if filter.number else []
    tags += [f"s:{filter.staff}"] if filter.staff else []
    if filter.kind:
        tags.append("missed" if filter.kind == "missed" else f"d:{filter.kind}")
    tags += [f"a:{filter.account}"] if filter.account else []
    rest: Document = {}
    if filter.contacts:
        rest["contact"] = {"$in": list(filter.contacts)}
        if len(filter.contacts) == 1:
            tags.insert(0, f"c:{filter.contacts[0]}")
    head, *others = tags or [ALL]
    if others:
        rest["tags"] = {"$all": others}
    return head, rest


def _callback_row(entry: Callback) -> Document:
    tags = [entry.state, f"{entry.state}:n:{entry.number}"]
    tags += [f"{entry.state}:c:{entry.contact}"] if entry.contact else []
    row: Document = {**with_rev(entry), "tags": tags}
    if entry.state == "open":
        row["open_number"] = entry.number
        if entry.alerted_at is None:
            row["alert_at"] = entry.due
    return row


def _callback_tag(filter: CallbackFilter) -> str:
    if filter.number:
        return f"{filter.state}:n:{filter.number}"
    return f"{filter.state}:c:{filter.contact}" if filter.contact else filter.state


def _entry(found: Document | None) -> Callback | None:
    return None if found is None else struct(Callback, found)
