"""Cases: each one document, every save one update on {_id, rev}."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pymongo import ReplaceOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from hub.domain.case import Case
from hub.domain.status import AT_WORK
from hub.ports.saving import Conflict, Duplicate
from hub.store.asking import parts
from hub.store.caserow import (
    changes,
    current_hold,
    found_of,
    into_tag,
    is_light,
    loaded,
    one_of,
    remember,
    row,
    status_tag,
    swapped,
)
from hub.store.client import Mongo, refused, repeated
from hub.store.codec import Document
from hub.store.lists import Lists
from hub.store.pages import Pages
from hub.store.search import Search


class Cases:
    """See hub.ports.cases.Cases."""

    def __init__(self, database: Mongo) -> None:
        self._cases = database["cases"]
        self._counters = database["counters"]
        self._search = Search(database)
        self._pages = Pages(database, self._search)
        lists = Lists(database, self._search)
        self.thread, self.keys_held = self._pages.thread, self._pages.keys_held
        self.old_history = self._pages.history
        self.by_external, self.paged_entry = self._pages.by_external, self._pages.entry
        self.save_paged, self.by_externals = self._pages.save, self._pages.by_externals
        self.page, self.counts, self.of_contact = lists.page, lists.counts, lists.of_contact
        self.past, self.stats = lists.past, lists.stats

    @repeated
    async def numbers(self, count: int) -> list[int]:
        """Fresh numbers; a repeat after a lost answer leaves a gap."""
        while True:
            counter = await self._counters.find_one_and_update(
                {"_id": "case"},
                {"$inc": {"value": count}},
                return_document=ReturnDocument.AFTER,
            )
            if counter is not None:
                last = int(counter["value"])
                return list(range(last - count + 1, last + 1))
            newest = await self._cases.find_one({}, {"_id": 1}, sort=[("_id", -1)])
            try:
                value = int(newest["_id"]) if newest else 0
                await self._counters.insert_one({"_id": "case", "value": value})
            except DuplicateKeyError:
                continue

    @repeated
    async def get(self, number: int) -> Case | None:
        """The case, with the newest part of its thread."""
        found = await self._cases.find_one({"_id": number})
        return None if found is None else loaded(found)

    async def many(self, numbers: Iterable[int]) -> dict[int, Case]:
        """Those of the numbers that are there."""
        found = await self._find("_id", list(dict.fromkeys(numbers)))
        return {one.number: one for one in found}

    async def current(self, conversations: Iterable[str]) -> dict[str, Case]:
        """The current case of each conversation that has one."""
        wanted = [current_hold(one) for one in dict.fromkeys(conversations)]
        found = await self._find("holds", wanted)
        return {one.conversation: one for one in found}

    @repeated
    async def _find(self, name: str, wanted: Sequence[str | int]) -> list[Case]:
        return [
            loaded(one)
            for some in parts(wanted)
            for one in await self._cases.find({name: {"$in": some}}).to_list()
        ]

    async def open(self, case: Case, op: str) -> None:
        """Insert; raises Duplicate."""
        if await self.open_many([(case, op)]):
            raise Duplicate(case.number)

    async def open_many(self, cases: Sequence[tuple[Case, str]]) -> list[int]:
        """Insert a batch; the numbers that did not get in."""
        if not cases:
            return []
        rows = [row(case, op) for case, op in cases]
        await self._search.note([case for case, _ in cases])
        lost = set(await self._insert(rows))
        for (case, _), saved in zip(cases, rows, strict=True):
            if case.number not in lost:
                remember(case, saved)
                await self._pages.turn(case, saved)
        return sorted(lost)

    @repeated
    async def _insert(self, rows: Sequence[Document]) -> list[int]:
        try:
            await self._cases.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            doubtful = [rows[index] for index in refused(error)]
            return await self._without_op(doubtful)
        return []

    async def save(self, case: Case, op: str) -> None:
        """One update on {_id, rev}; raises Conflict, Duplicate."""
        lost, held = await self._save_all([(case, op)])
        if case.number in held:
            raise Duplicate(case.number)
        if lost:
            raise Conflict(case.number)

    async def save_many(self, cases: Sequence[tuple[Case, str]]) -> list[int]:
        """`save` for a batch; the numbers whose save lost."""
        lost, _ = await self._save_all(cases)
        return lost

    async def _save_all(self, cases: Sequence[tuple[Case, str]]) -> tuple[list[int], set[int]]:
        """Numbers that lost, and those among them whose key another document holds."""
        if not cases:
            return [], set()
        rows = [row(case, op) for case, op in cases]
        await self._search.note([case for case, _ in cases])
        lost, held = await self._update([case for case, _ in cases], rows)
        for (case, _), saved in zip(cases, rows, strict=True):
            if case.number not in lost:
                remember(case, saved)
                await self._pages.turn(case, saved)
        return sorted(lost), held

    @repeated
    async def _update(
        self, cases: Sequence[Case], rows: Sequence[Document]
    ) -> tuple[list[int], set[int]]:
        light = [saved for saved in rows if is_light(saved)]
        left = set(await self._together(light)) if len(light) > 1 else {one["_id"] for one in light}
        left |= {saved["_id"] for saved in rows} - {saved["_id"] for saved in light}
        if not left:
            return [], set()
        pairs = [pair for pair in zip(cases, rows, strict=True) if pair[0].number in left]
        return await self._each([case for case, _ in pairs], [saved for _, saved in pairs])

    async def _together(self, rows: Sequence[Document]) -> list[int]:
        """Save these by one statement, each document still only at its own `rev`. Returns the
        numbers that were not; why, is found out by saving each alone."""
        try:
            done = await self._cases.update_many(
                {"_id": {"$in": [saved["_id"] for saved in rows]}}, swapped(rows)
            )
            if done.modified_count == len(rows):
                return []
        except DuplicateKeyError:
            pass
        return await self._without_op(rows)

    async def _each(
        self, cases: Sequence[Case], rows: Sequence[Document]
    ) -> tuple[list[int], set[int]]:
        writes: list[UpdateOne | ReplaceOne[Document]] = []
        for case, saved in zip(cases, rows, strict=True):
            known = {"_id": case.number, "rev": case.rev}
            found = found_of(case)
            if found is None:
                writes.append(ReplaceOne(known, saved))
            else:
                writes.append(UpdateOne(known, changes(found, saved)))
        held: set[int] = set()
        try:
            done = await self._cases.bulk_write(writes, ordered=False)
            matched = done.matched_count
        except BulkWriteError as error:
            held = {rows[index]["_id"] for index in refused(error)}
            matched = 0
        if matched == len(rows):
            return [], set()
        lost = await self._without_op(rows)
        return lost, held & set(lost)

    async def _without_op(self, rows: Sequence[Document]) -> list[int]:
        """Which of these saves are not in their documents: those that are had only lost their
        answer."""
        ops = {saved["_id"]: saved["ops"][-1] for saved in rows}
        found = self._cases.find({"_id": {"$in": list(ops)}}, {"ops": 1})
        held = {one["_id"] async for one in found if ops[one["_id"]] in one.get("ops", ())}
        return [number for number in ops if number not in held]

    @repeated
    async def merged_from(self, number: int) -> list[int]:
        """Cases that this one stands for."""
        found = self._cases.find({"tags": into_tag(number)}, {"_id": 1})
        return sorted([one["_id"] async for one in found])

    @repeated
    async def assigned_to(self, login: str) -> list[int]:
        """Open cases whose operator this is."""
        found = self._cases.find({"tags": f"+@{login}"}, {"operator": 1})
        return sorted([one["_id"] async for one in found if one.get("operator") == login])

    async def due(self, now: datetime, limit: int) -> list[int]:
        """Cases whose outbox wants to be looked at, the longest due first."""
        return await self._awake(now, {"outbox_due": {"$lte": now}}, "outbox_due", limit)

    async def overdue(self, now: datetime, limit: int) -> list[int]:
        """Cases past their deadline without a history line about it."""
        rest = {
            "deadline": {"$lt": now},
            "overdue_at": None,
            "status": one_of(AT_WORK),
        }
        return await self._awake(now, rest, "deadline", limit)

    async def deferred(self, now: datetime, limit: int) -> list[int]:
        """Deferred cases whose time has come."""
        rest = {"status": "deferred", "deferred_until": {"$lte": now}}
        return await self._awake(now, rest, "deferred_until", limit)

    async def untaken(self, now: datetime, limit: int) -> list[int]:
        """New cases for which it is time to call others."""
        rest = {"status": one_of({"new"}), "escalate_at": {"$lte": now}}
        return await self._awake(now, rest, "escalate_at", limit)

    async def near(self, now: datetime, limit: int) -> list[int]:
        """Cases at work whose deadline is to be reminded of."""
        rest = {"status": one_of(AT_WORK), "remind_at": {"$lte": now}}
        return await self._awake(now, rest, "remind_at", limit)

    async def _awake(self, now: datetime, rest: Document, first: str, limit: int) -> list[int]:
        return await self._first({"wake_at": {"$lte": now}}, rest, first, limit)

    async def resolved_before(self, before: datetime, limit: int) -> list[int]:
        """Resolved cases that nobody touched since."""
        old = {"tags": status_tag("resolved"), "updated_at": {"$lt": before}}
        return await self._first(old, {}, "updated_at", limit)

    @repeated
    async def _first(self, head: Document, rest: Document, first: str, limit: int) -> list[int]:
        stages = [{"$match": head}, *([{"$match": rest}] if rest else [])]
        found = await self._cases.aggregate(
            [*stages, {"$sort": {first: 1, "_id": 1}}, {"$limit": limit}, {"$project": {"_id": 1}}]
        )
        return [one["_id"] async for one in found]
