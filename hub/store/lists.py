"""Lists of cases: newest change first, by key within windows of time that widen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.domain.case import Case
from hub.domain.outbox import waited
from hub.domain.status import AT_WORK, ENDED
from hub.ports.cases import CaseFilter
from hub.ports.paging import Page
from hub.store.caserow import QUEUED, contact_tag, flat_tag, one_of, status_tag
from hub.store.client import Mongo, repeated
from hub.store.codec import Document, struct
from hub.store.cursor import Place, after, place
from hub.store.search import Search
from hub.store.windows import Windows

Stage = dict[str, Any]
OF_SOMEBODY = "+@"
"""How the tags of somebody's open cases begin: they are as few as one person can have at work."""
NEWEST: Stage = {"$sort": {"updated_at": -1, "_id": -1}}
SHORT: list[Stage] = [
    {"$set": {"thread": {"$slice": [{"$ifNull": ["$thread", []]}, -1]}}},
    {"$project": {"history": 0, "tags": 0, "holds": 0, "wake_at": 0, "ops": 0}},
]


class Lists:
    """Reads many cases at once, without their threads."""

    def __init__(self, database: Mongo, search: Search) -> None:
        self._cases = database["cases"]
        self._search = search

    @repeated
    async def page(self, filter: CaseFilter, cursor: str | None, limit: int) -> Page[Case]:
        """One page of what the filter lets through."""
        begin = place(cursor)
        rest = _rest(filter)
        if begin is not None:
            before = [
                {"updated_at": {"$lt": begin.time}},
                {"updated_at": begin.time, "_id": {"$lt": begin.id}},
            ]
            rest = {**rest, "$or": before}
        found = await self._found(filter, rest, begin, limit + 1)
        items = [struct(Case, one) for one in found[:limit]]
        more = len(found) > limit
        return Page(items, after(items[-1].updated_at, items[-1].number) if more else None)

    async def _found(
        self, filter: CaseFilter, rest: Document, begin: Place | None, limit: int
    ) -> list[Document]:
        if filter.words:
            numbers = await self._search.numbers(filter.words)
            return await self._newest({"_id": {"$in": numbers}}, rest, limit) if numbers else []
        if filter.contact:
            return await self._newest({"tags": contact_tag(filter.contact)}, rest, limit)
        found: list[Document] = []
        heads = _heads(filter)
        spans = Windows(begin.time if begin else None, filter.updated_since)
        if all(head["tags"].startswith(OF_SOMEBODY) for head in heads):
            spans.whole()
        for low, high in spans:
            span = {"updated_at": {"$gte": low, "$lte": high}}
            part: dict[int, Document] = {}
            for head in heads:
                for one in await self._newest({**head, **span}, rest, limit - len(found)):
                    part[one["_id"]] = one
            found += sorted(
                part.values(), key=lambda one: (one["updated_at"], one["_id"]), reverse=True
            )
            if len(found) >= limit:
                break
            spans.found(len(part), limit - len(found))
        return found[:limit]

    async def _newest(self, head: Document, rest: Document, limit: int) -> list[Document]:
        # Two stages on purpose: the embedded database takes an index only by a condition that is
        # just its prefix; MongoDB joins them again.
        stages = [{"$match": head}, *([{"$match": rest}] if rest else [])]
        found = await self._cases.aggregate([*stages, NEWEST, {"$limit": limit}, *SHORT])
        return await found.to_list()

    @repeated
    async def counts(self, login: str, groups: Sequence[str], now: datetime) -> dict[str, int]:
        """Badges of one person, over cases at work."""
        fields = ("status", "asks_since", "deadline")
        concerned = self._cases.find({"tags": f"+@{login}"}, dict.fromkeys(fields, 1))
        mine = [one async for one in concerned if one.get("status", "new") in AT_WORK]
        return {
            "mine": len(mine),
            "queue": await self._queue(groups),
            "needs_answer": sum("asks_since" in one for one in mine),
            "waiting": sum(one.get("status") == "waiting" for one in mine),
            "overdue": sum("deadline" in one and one["deadline"] < now for one in mine),
        }

    async def _queue(self, groups: Sequence[str]) -> int:
        if not groups:
            return await self._cases.count_documents({"tags": QUEUED})
        stages: list[Stage] = [
            {"$match": {"tags": QUEUED}},
            {"$match": {"group": {"$in": list(groups)}}},
            {"$count": "count"},
        ]
        found = await self._cases.aggregate(stages)
        (one,) = await found.to_list() or [{"count": 0}]
        return int(one["count"])

    @repeated
    async def of_contact(self, contact: str, limit: int) -> list[Case]:
        """Newest first."""
        found = await self._newest({"tags": contact_tag(contact)}, {}, limit)
        return [struct(Case, one) for one in found]

    @repeated
    async def past(self, number: int, contact: str, premises: str, limit: int) -> list[Case]:
        """Ended cases of the same flat (or contact where no flat is known), newest first."""
        tag = flat_tag(premises) if premises else contact_tag(contact)
        found = await self._newest({"tags": tag}, {"tags": "-", "_id": {"$ne": number}}, limit)
        return [struct(Case, one) for one in found]

    @repeated
    async def stats(self, now: datetime) -> dict[str, float]:
        """`outbox_waiting`, `outbox_oldest`, open cases by status, and how many have ended."""
        facts = ("outbox_due", "outbox.kind", "outbox.at", "outbox.due", "outbox.state")
        awake = self._cases.find({"wake_at": {"$exists": True}}, dict.fromkeys(facts, 1))
        waiting = [one["outbox"] async for one in awake if "outbox_due" in one]
        ages = [
            waited(row["kind"], row["at"], row["due"], now)
            for rows in waiting
            for row in rows
            if row.get("state") != "failed"
        ]
        grouped = await self._cases.aggregate(
            [{"$match": {"tags": "+"}}, {"$group": {"_id": "$status", "count": {"$sum": 1}}}]
        )
        by_status = {one["_id"] or "new": int(one["count"]) async for one in grouped}
        total = await self._cases.estimated_document_count()
        return {
            "outbox_waiting": float(len(waiting)),
            "outbox_oldest": max(ages, default=0.0),
            "status_ended": float(max(0, total - sum(by_status.values()))),
            **{f"status_{status}": float(count) for status, count in by_status.items()},
        }


def _heads(filter: CaseFilter) -> list[Document]:
    """By which tags to look: the conditions that an index serves."""
    if filter.kind == "call":
        return [{"tags": "~call"}]
    signs = {"+", "-"} if filter.ended is None else {"-" if filter.ended else "+"}
    if filter.status:
        signs &= {"-" if status in ENDED else "+" for status in filter.status}
    if filter.view == "queue" or filter.needs_answer or filter.overdue_at is not None:
        signs &= {"+"}
    person = filter.login if filter.view == "mine" else filter.operator
    if person:
        return [{"tags": f"{sign}@{person}"} for sign in sorted(signs)]
    if filter.view == "queue":
        return [{"tags": QUEUED}] if signs else []
    if filter.status:
        return [{"tags": status_tag(status)} for status in dict.fromkeys(filter.status)]
    return [{"tags": sign} for sign in sorted(signs)]


def _rest(filter: CaseFilter) -> Document:
    """All conditions, as a second look."""
    rest: Document = {}
    clauses: list[Document] = []
    for field in ("channel", "account", "operator", "group"):
        if value := getattr(filter, field):
            rest[field] = value
    if filter.contact:
        rest["contact.id"] = filter.contact
    if filter.kind:
        rest["thread.kind"] = filter.kind
    if filter.updated_since is not None:
        rest["updated_at"] = {"$gte": filter.updated_since}
    if filter.status:
        clauses.append({"status": one_of(filter.status)})
    if filter.view == "mine":
        clauses.append({"tags": {"$in": [f"+@{filter.login}", f"-@{filter.login}"]}})
    if filter.view == "queue":
        clauses += [{"operator": None}, {"status": one_of(AT_WORK)}]
        if filter.groups:
            clauses.append({"group": {"$in": list(filter.groups)}})
    if filter.ended is not None:
        clauses.append({"tags": "-" if filter.ended else "+"})
    if filter.needs_answer:
        clauses += [{"asks_since": {"$exists": True}}, {"status": one_of(AT_WORK)}]
    if filter.overdue_at is not None:
        clauses += [{"deadline": {"$lt": filter.overdue_at}}, {"status": one_of(AT_WORK)}]
    if clauses:
        rest["$and"] = clauses
    return rest
