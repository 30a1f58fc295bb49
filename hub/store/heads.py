"""Which cases a person has: numbers and times alone, within windows of time that widen."""

from __future__ import annotations

from collections.abc import Sequence

from hub.ports.heads import CaseHead
from hub.ports.paging import Page
from hub.store.caserow import contact_tag
from hub.store.client import Mongo, repeated
from hub.store.codec import Document
from hub.store.cursor import Place, after, place
from hub.store.windows import Window, Windows


class CaseHeads:
    """See hub.ports.heads.CaseHeads."""

    def __init__(self, database: Mongo) -> None:
        self._cases = database["cases"]

    @repeated
    async def newest(
        self, contacts: Sequence[str], cursor: str | None, limit: int
    ) -> Page[CaseHead]:
        """Newest change first; equal times by number."""
        begin = place(cursor)
        found: list[CaseHead] = []
        spans = Windows(begin.time if begin else None)
        for span in spans:
            part = await self._within(contacts, span, begin, limit + 1 - len(found))
            found += part
            if len(found) > limit:
                break
            spans.found(len(part), limit + 1 - len(found))
        items, more = found[:limit], len(found) > limit
        return Page(items, after(items[-1].updated_at, items[-1].number) if more else None)

    async def _within(
        self, contacts: Sequence[str], span: Window, begin: Place | None, limit: int
    ) -> list[CaseHead]:
        low, high = span
        part: list[CaseHead] = []
        for contact in dict.fromkeys(contacts):
            head = {"tags": contact_tag(contact), "updated_at": {"$gte": low, "$lte": high}}
            part += [
                CaseHead(one["_id"], one["updated_at"])
                for one in await self._newest(head, begin, limit)
            ]
        part.sort(key=lambda one: (one.updated_at, one.number), reverse=True)
        return part[:limit]

    async def _newest(self, head: Document, begin: Place | None, limit: int) -> list[Document]:
        stages: list[Document] = [{"$match": head}]
        if begin is not None:
            before: list[Document] = [
                {"updated_at": {"$lt": begin.time}},
                {"updated_at": begin.time, "_id": {"$lt": begin.id}},
            ]
            stages.append({"$match": {"$or": before}})
        found = await self._cases.aggregate(
            [
                *stages,
                {"$project": {"updated_at": 1}},
                {"$sort": {"updated_at": -1, "_id": -1}},
                {"$limit": limit},
            ]
        )
        return await found.to_list()
