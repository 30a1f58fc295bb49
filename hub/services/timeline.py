"""A4: everything between a person and the house in one line, the newest first, page by page.

Nothing is kept for it: cases, calls and the contacts' own histories are woven as they are read. A
page reads only cases that changed since its oldest line, and the cursor says where each was left,
so that the thousandth line costs what the first did.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Literal

import msgspec

from hub.domain.errors import Invalid
from hub.domain.rights import may, require
from hub.domain.staff import Actor, Directory
from hub.ports.heads import CaseHead
from hub.ports.paging import Page
from hub.services.deps import Deps
from hub.services.persons import Person
from hub.services.timelinestreams import CallStream, CaseStream, ChangeStream, Mark
from hub.services.timelineviews import TimelineItem

Wanted = Literal["", "message", "call", "case", "change", "failed"]
WANTED: tuple[Wanted, ...] = ("", "message", "call", "case", "change", "failed")

HEADS = 10
"""Cases that are opened at a time."""
LOOKED = 600
"""Lines that one page looks through for those asked for; then it ends where it is."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 64 * 1024
"""Characters of a cursor."""


class Timeline:
    """Reads; decides nothing."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def page(
        self,
        person: Person,
        by: Actor,
        *,
        kind: Wanted = "",
        channel: str = "",
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[TimelineItem]:
        """A page of a person's timeline; it may hold fewer lines than `limit` and yet go on."""
        require(by, "contact.read")
        weave = _Weave(self._deps, person, _read(cursor), kind)
        directory = await self._deps.staff.directory()
        await weave.begin(directory, calls=may(by, "call.read"))
        items: list[TimelineItem] = []
        looked = 0
        while len(items) < limit and looked < LOOKED:
            item = await weave.next()
            if item is None:
                return Page(items)
            looked += 1
            if _fits(item, kind, channel):
                items.append(item)
        return Page(items, None if await weave.ended() else _written(weave.mark()))


def _fits(item: TimelineItem, kind: Wanted, channel: str) -> bool:
    if channel and item.channel != channel:
        return False
    return item.failed if kind == "failed" else kind in {"", item.kind}


class _Weave:
    """Takes the newest line of all streams, and opens cases as it comes to them."""

    def __init__(self, deps: Deps, person: Person, mark: Mark, kind: Wanted) -> None:
        self._deps = deps
        self._kin = [part.id for part in person.parts]
        self._mark = mark
        self._cases: dict[int, CaseStream] = {}
        self._heads: list[CaseHead] = []
        self._cursor, self._before = mark.heads, mark.heads
        self._headless = mark.headless or kind in {"change", "call"}
        self._changes = ChangeStream(person.parts, mark.changes)
        self._calls: CallStream | None = None
        self._with_calls = kind in {"", "call"} and not mark.called

    async def begin(self, directory: Directory, *, calls: bool) -> None:
        """Take up what was begun."""
        if self._with_calls and calls:
            self._calls = CallStream(self._deps, self._kin, directory, self._mark)
        begun = await self._deps.cases.many(self._mark.cases) if self._mark.cases else {}
        for number, seen in self._mark.cases.items():
            case = begun.get(number)
            # The cursor came from outside: only this person's cases are read by it.
            if case is not None and case.contact.id in self._kin:
                self._cases[number] = CaseStream(self._deps, case, self._kin, seen)

    async def next(self) -> TimelineItem | None:
        """The newest line that was not shown yet."""
        while True:
            best, stream = await self._best()
            if self._headless or (best is not None and best[0] > await self._bound()):
                break
            await self._open()
        if best is None or stream is None:
            return None
        stream.take()
        if isinstance(stream, CaseStream):
            stream.time = best[0]
            if stream.over:
                del self._cases[stream.case.number]
        return best[1]

    async def ended(self) -> bool:
        """Nothing is left."""
        while not self._headless and not self._cases:
            await self._open()
        best, _ = await self._best()
        return best is None

    def mark(self) -> Mark:
        """Where this was left."""
        calls = self._calls
        return Mark(
            cases={number: stream.seen for number, stream in self._cases.items()},
            heads=self._before if self._heads else self._cursor,
            headless=self._headless,
            calls=calls.cursor if calls else None,
            call=calls.last if calls else "",
            called=calls.over if calls else self._mark.called,
            changes=self._changes.left,
        )

    async def _best(
        self,
    ) -> tuple[tuple[datetime, TimelineItem] | None, CaseStream | CallStream | ChangeStream | None]:
        best: tuple[datetime, TimelineItem] | None = None
        found: CaseStream | CallStream | ChangeStream | None = None
        streams: list[CaseStream | CallStream | ChangeStream] = [*self._cases.values()]
        streams += [self._changes, *([self._calls] if self._calls else [])]
        for stream in streams:
            item = await stream.peek()
            if item is None:
                continue
            at = min(item.order, stream.time) if isinstance(stream, CaseStream) else item.order
            if best is None or at > best[0]:
                best, found = (at, item), stream
        return best, found

    async def _bound(self) -> datetime:
        """No case that was not opened yet holds anything newer."""
        if not self._heads and not self._headless:
            await self._look()
        return self._heads[0].updated_at if self._heads else BEGINNING

    async def _look(self) -> None:
        self._before = self._cursor
        page = await self._deps.heads.newest(self._kin, self._cursor, HEADS)
        self._heads, self._cursor = list(page.items), page.next
        self._headless = not page.items

    async def _open(self) -> None:
        """Open the next cases; a whole part at once, since the cursor names parts."""
        if not self._heads:
            await self._look()
        numbers = [head.number for head in self._heads if head.number not in self._cases]
        found = await self._deps.cases.many(numbers) if numbers else {}
        for number in numbers:
            if number in found:
                self._cases[number] = CaseStream(self._deps, found[number], self._kin, 0)
        self._heads = []
        self._headless = self._headless or self._cursor is None


def _read(cursor: str | None) -> Mark:
    """Raises Invalid for what is no cursor of ours."""
    if not cursor:
        return Mark()
    try:
        if len(cursor) > LONGEST:
            raise ValueError
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(packed, type=Mark)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise Invalid(field="cursor", reason="unknown") from None


def _written(mark: Mark) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(mark)).decode().rstrip("=")
