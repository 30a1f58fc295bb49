"""What a timeline is woven of: streams of one kind each, the newest first, that can be left at any
line and taken up again there."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.staff import Directory
from hub.domain.thread import Entry
from hub.ports.calls import CallFilter
from hub.services.deps import Deps
from hub.services.timelineviews import TimelineItem, of_call, of_case, of_change, of_entry

CHUNK = 100
"""Entries of a long case, or calls, that are read at once."""
OPENED = -1
"""Every entry of a case was shown; where it was opened was not."""


class Mark(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a timeline was left. `cases`: of each case that was begun, the number of the last entry
    shown (0: none yet, OPENED: all of them); `heads`: the cursor of the cases not looked at yet
    (`headless`: there are none); `calls`, `call`, `called`: the cursor of the calls, the last one
    shown, and whether all were; `changes`: how many lines about the contact itself are left.
    """

    cases: dict[int, int] = {}
    heads: str | None = None
    headless: bool = False
    calls: str | None = None
    call: str = ""
    called: bool = False
    changes: int | None = None


class CaseStream:
    """A case: its messages by the order in which they came, then where it was opened."""

    def __init__(self, deps: Deps, case: Case, kin: Sequence[str], seen: int) -> None:
        self.case = case
        self._deps = deps
        self._kin = frozenset(kin)
        self._ready: deque[tuple[int, TimelineItem]] = deque()
        self._before: int | None = None if seen <= 0 else seen
        self._seen = seen
        self._more = seen != OPENED
        self._opening = True
        self.time = case.updated_at

    @property
    def seen(self) -> int:
        """The number of the last entry that was taken."""
        return self._seen

    async def peek(self) -> TimelineItem | None:
        """The next line; None at the end."""
        while not self._ready and self._more:
            await self._read()
        if self._ready:
            return self._ready[0][1]
        if self._opening:
            return of_case(self.case)
        return None

    def take(self) -> None:
        """The next line was looked at."""
        if self._ready:
            self._seen, _ = self._ready.popleft()
            if self._ready:
                return
            if not self._more:
                self._seen = OPENED
        else:
            self._opening = False

    @property
    def over(self) -> bool:
        """Nothing is left."""
        return not self._ready and not self._more and not self._opening

    async def _read(self) -> None:
        if self.case.pages:
            found = await self._deps.cases.thread(self.case.number, self._before, CHUNK)
            self._more = len(found) >= CHUNK
        else:
            before = self._before
            found = [one for one in self.case.thread if before is None or one.seq < before]
            self._more = False
        found = sorted(found, key=lambda entry: entry.seq, reverse=True)
        if found:
            self._before = found[-1].seq
        for entry in await self._ours(found):
            self._ready.append((entry.seq, of_entry(self.case, entry)))

    async def _ours(self, found: Sequence[Entry]) -> list[Entry]:
        """Messages; and calls, but for those that stand in the timeline themselves."""
        noted = [entry.call.id for entry in found if entry.call is not None]
        calls = await self._deps.calls.many(noted) if noted else {}
        told = {one.id for one in calls.values() if one.contact in self._kin}
        return [
            entry
            for entry in found
            if entry.kind == "message"
            or (entry.kind == "call" and (entry.call is None or entry.call.id not in told))
        ]


class CallStream:
    """Calls of the person."""

    def __init__(self, deps: Deps, kin: Sequence[str], directory: Directory, mark: Mark) -> None:
        self._deps = deps
        self._filter = CallFilter(contacts=tuple(kin))
        self._directory = directory
        self._ready: deque[TimelineItem] = deque()
        self.cursor, self.last, self.over = mark.calls, mark.call, mark.called
        self._next: str | None = mark.calls
        self._pages = not mark.called
        self._skip = mark.call

    async def peek(self) -> TimelineItem | None:
        """The next line; None at the end."""
        while not self._ready and self._pages:
            self.cursor = self._next
            page = await self._deps.calls.page(self._filter, self.cursor, CHUNK)
            self._next, self._pages = page.next, page.next is not None
            lines = [of_call(call, self._directory) for call in page.items]
            names = [line.id for line in lines]
            if self._skip in names:
                lines = lines[names.index(self._skip) + 1 :]
            self._ready.extend(lines)
        if not self._ready:
            self.over = True
            return None
        return self._ready[0]

    def take(self) -> None:
        """The next line was looked at."""
        self.last = self._skip = self._ready.popleft().id


class ChangeStream:
    """What was done to the contacts themselves."""

    def __init__(self, parts: Sequence[Contact], left: int | None) -> None:
        lines = [
            (line.at, part.id, number, of_change(part, line, number))
            for part in parts
            for number, line in enumerate(part.history)
        ]
        lines.sort(key=lambda one: one[:3])
        self._lines = [item for *_, item in lines]
        self.left = len(lines) if left is None else min(left, len(lines))

    async def peek(self) -> TimelineItem | None:
        """The next line; None at the end."""
        return self._lines[self.left - 1] if self.left else None

    def take(self) -> None:
        """The next line was looked at."""
        self.left -= 1
