"""Messages that do not say themselves which conversation they belong to, one alone: mails."""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.message import Inbound
from hub.ports.inbox import InboxRow
from hub.services.casebook import Casebook
from hub.services.copies import Copies
from hub.services.deps import Deps
from hub.services.inlinefiles import keep_inline
from hub.services.lonefiling import LoneFiling
from hub.services.references import Found, References, speak_of


class Threads:
    """Finds the case of a message that has clues, and files it there."""

    def __init__(self, deps: Deps, book: Casebook, lone: LoneFiling) -> None:
        self._deps = deps
        self._book = book
        self._lone = lone
        self._references = References(deps)
        self._copies = Copies(deps, book)

    async def file(self, row: InboxRow, message: Inbound) -> None:
        """File it exactly once, however often this is called. Raises StoreDown."""
        if await self._copies.held(message):
            return
        chosen = await self._deps.cases.get(row.case) if row.case else None
        if chosen is None:
            (found,) = await self._references.find([(row, message)])
        else:
            found = Found(chosen)
        if found.stranger is not None:
            await self._knock(found.stranger, message)
            return
        if found.case is not None:
            speak_of(found.case, message)
        await self._lone.file(row, message)

    async def _knock(self, case: Case, message: Inbound) -> None:
        await keep_inline(self._deps, [(message, case.number)])
        now = self._deps.clock.now()
        await self._book.change(case.number, lambda one: one.knock(message, now), key=message.key)
        # Another copy may have been first.
        await self._copies.note(message, case.number)
