"""Parts of messages become messages: filed when the last one came, or as they are after a wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.errors import StoreDown
from hub.domain.message import Fragment
from hub.domain.parts import Gathering, PartBook
from hub.ports.inbox import InboxRow
from hub.ports.saving import Conflict
from hub.services.deps import Deps
from hub.services.lonefiling import LoneFiling
from hub.services.receipts import Receipts

ATTEMPTS = 12
AT_LEAST = timedelta(seconds=2)
"""A part that was just looked at waits so long: its neighbours may stand right behind it."""


class Waits(Exception):
    """The message is not whole yet; its row is to be looked at again at `due`."""

    def __init__(self, due: datetime) -> None:
        super().__init__("parts_missing")
        self.due = due


class Assembling:
    """Every part stays an inbox row that is not done until its message is filed, so that neither a
    kill nor a lost collection of parts loses any of it."""

    def __init__(self, deps: Deps, filing: LoneFiling, receipts: Receipts) -> None:
        self._deps = deps
        self._filing = filing
        self._receipts = receipts

    async def take(self, row: InboxRow, fragment: Fragment) -> None:
        """Take one part in. Raises Waits while others are missing, StoreDown."""
        book, gathering = await self._noted(row, fragment)
        if gathering.finished:
            return
        now = self._deps.clock.now()
        if not gathering.whole and (not row.tries or now < gathering.waits_until):
            raise Waits(max(gathering.waits_until, now + AT_LEAST))
        if await self._deps.cases.keys_held([gathering.key]):
            await self._receipts.edit(gathering.correction())
        else:
            await self._filing.file(row, gathering.told())
        others = [one for one in gathering.rows if one != row.id]
        if gathering.whole:
            await self._finish(book, gathering)
        await self._deps.inbox.done(others, now)

    async def _noted(self, row: InboxRow, fragment: Fragment) -> tuple[PartBook, Gathering]:
        """The message with this part in it, as it stands in the store."""
        for _ in range(ATTEMPTS):
            book = await self._deps.parts.get(fragment.ref)
            if book is None:
                book = PartBook(id=fragment.ref, touched=row.at)
            known = any(row.id in one.rows for one in book.gatherings)
            gathering = book.take(fragment, row.id, row.at)
            if known:
                return book, gathering
            try:
                await self._deps.parts.save(book)
            except Conflict:
                continue
            return book, gathering
        raise StoreDown(what="parts", id=fragment.ref)

    async def _finish(self, book: PartBook, gathering: Gathering) -> None:
        """Repeats that come later are known for what they are. A lost race costs a look."""
        gathering.finished = True
        try:
            await self._deps.parts.save(book)
        except Conflict:
            return
