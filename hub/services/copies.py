"""One message that came to several addresses of ours stands in one case.

Its key is the same at all of them, so the store refuses a second one, whichever copies are filed at
the same time; who is refused notes in the case of the first that it «came there as well». A copy
wakes nobody and asks for no answer.
"""

from __future__ import annotations

from functools import partial

from hub.domain.case import Case
from hub.domain.events import Event
from hub.domain.message import Inbound
from hub.domain.thread import copied
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.oldentries import change_paged

PAGE = 200
"""Entries looked through at once for one that has moved to an older page."""


class Copies:
    """Finds the first copy and notes the others at it."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def held(self, message: Inbound) -> bool:
        """Whether the message stands in a case; that it came here as well is noted there then.
        Repeating this does no harm."""
        held = await self._deps.cases.keys_held([message.key])
        if message.key not in held:
            return False
        await self.note(message, held[message.key])
        return True

    async def note(self, message: Inbound, number: int) -> None:
        """The message stands in this case already, by this copy or another one."""
        if not message.came_to:
            return
        here: list[bool] = []

        def decide(case: Case) -> list[Event]:
            here[:] = [case.by_key(message.key) is not None]
            return case.also(message)

        case = await self._book.change(number, decide)
        if not all(here) and (seq := await self._older(case, message.key)):
            await change_paged(self._deps.cases, number, seq, partial(copied, message=message))

    async def _older(self, case: Case, key: str) -> int:
        """The number of an entry that has moved to an older page; 0: it stands nowhere."""
        before: int | None = case.thread[0].seq if case.thread else None
        while lines := await self._deps.cases.thread(case.number, before, PAGE):
            found = next((line.seq for line in lines if line.key == key), 0)
            if found:
                return found
            before = lines[0].seq
        return 0
