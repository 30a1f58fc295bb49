"""Twin of hub.store.heads."""

from __future__ import annotations

from collections.abc import Sequence

from hub.ports.cases import CaseFilter
from hub.ports.heads import CaseHead
from hub.ports.paging import Page
from hub.store.cursor import after, milliseconds, place
from tests.support.memory.cases import MemoryCases

EVERY = 100_000


class MemoryHeads:
    def __init__(self, cases: MemoryCases) -> None:
        self._cases = cases

    async def newest(
        self, contacts: Sequence[str], cursor: str | None, limit: int
    ) -> Page[CaseHead]:
        found = [
            CaseHead(case.number, case.updated_at)
            for contact in dict.fromkeys(contacts)
            for case in (await self._cases.page(CaseFilter(contact=contact), None, EVERY)).items
        ]
        found.sort(key=lambda one: (milliseconds(one.updated_at), one.number), reverse=True)
        begin = place(cursor)
        if begin is not None:
            mark = (begin.at, begin.id)
            found = [one for one in found if (milliseconds(one.updated_at), one.number) < mark]
        items, more = found[:limit], len(found) > limit
        return Page(items, after(items[-1].updated_at, items[-1].number) if more else None)
