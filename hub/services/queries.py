"""Read models for bots, web and API."""

from __future__ import annotations

from collections.abc import Iterable

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.errors import NotFound
from hub.domain.rights import TABLE, may, require
from hub.domain.staff import Actor
from hub.domain.status import AT_WORK
from hub.ports.cases import CaseFilter
from hub.ports.inbox import InboxRow, InboxState
from hub.ports.paging import Page
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.entryviews import EntryView, HistoryView, entry_view, history_view
from hub.services.load import Load, loads
from hub.services.oldentries import brought_up
from hub.services.senders import everybody
from hub.services.views import CaseView, case_view

BADGE = 100
"""A badge counts no further."""
THREAD = 100
"""Entries of a thread that are shown at first."""
MOST = 1_000
"""Entries of a thread that are shown at once, however far back somebody has looked."""


class Queries:
    """Looking, with the same rights as doing."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def case(self, number: int, by: Actor, *, since: int = 0) -> CaseView:
        """One case with the newest part of its thread, from the entry `since` on where somebody has
        looked so far back; merged cases are shown as one."""
        case = await self._book.load(number)
        require(by, "case.read", case)
        return await self.shown(case, since=since)

    async def raw(self, number: int, by: Actor) -> Case:
        """The case itself, for bots that draw cards."""
        case = await self._book.load(number)
        require(by, "case.read", case)
        return case

    async def shown(self, case: Case, *, since: int = 0) -> CaseView:
        """A case that the caller holds already, as it is shown."""
        directory = await self._deps.staff.directory()
        lines, more = await self._newest(case, since)
        for merged in await self._stands_for(case.number):
            lines += await self._lines(await self._book.load(merged), None, THREAD)
            lines.sort(key=lambda line: line.at)
        return case_view(case, directory, self._deps.clock.now(), thread=lines, more=more)

    async def thread(
        self, number: int, by: Actor, *, before: int | None = None, limit: int = THREAD
    ) -> list[EntryView]:
        """Older entries of a case: those with a number below `before`, oldest first."""
        case = await self._book.load(number)
        require(by, "case.read", case)
        return await self._lines(case, before, limit)

    async def old_history(
        self, number: int, by: Actor, *, below: int
    ) -> tuple[list[HistoryView], int]:
        """Lines of history that have moved to pages below this one, oldest first, and the number of
        the page they stand on."""
        require(by, "case.read", await self._book.load(number))
        lines, page = await self._deps.cases.old_history(number, below)
        return [history_view(line) for line in lines], page

    async def page(
        self, filter_: CaseFilter, by: Actor, *, cursor: str | None = None, limit: int = 50
    ) -> Page[CaseView]:
        """A list of cases, newest change first. Who has no right to all cases sees their own."""
        if not may(by, "case.read"):
            filter_.view, filter_.login = "mine", by.login
        directory = await self._deps.staff.directory()
        now = self._deps.clock.now()
        page = await self._deps.cases.page(filter_, cursor, limit)
        return Page(
            items=[case_view(case, directory, now, history=False) for case in page.items],
            next=page.next,
        )

    async def counts(self, by: Actor) -> dict[str, int]:
        """Badges: mine, queue, needs_answer, waiting, overdue, failures (up to a hundred). Queues
        are for who may see them."""
        counts = await self._deps.cases.counts(by.login, sorted(by.groups), self._deps.clock.now())
        if may(by, "case.retry"):
            counts = counts | {"failures": await self._deps.failures.count(BADGE)}
        if may(by, "callback.work"):
            counts = counts | {"callbacks": await self._deps.callbacks.waiting(BADGE)}
        return counts if may(by, "case.read") else counts | {"queue": 0}

    async def tasks(self, by: Actor, *, limit: int = 100) -> list[Case]:
        """What this person is to carry out or answers for, and has not done."""
        wanted = CaseFilter(view="mine", login=by.login, ended=False)
        page = await self._deps.cases.page(wanted, None, limit)
        return [
            case
            for case in page.items
            if case.status in AT_WORK
            and (by.login in case.executors or by.login == case.responsible)
            and case.steps.get(by.login) != "done"
        ]

    async def load(self, logins: Iterable[str]) -> dict[str, Load]:
        """How much each of these people has to do: shown where work is handed out."""
        return await loads(self._deps.cases, logins)

    async def past(self, number: int, by: Actor, *, limit: int = 50) -> list[CaseView]:
        """Прошлые обращения: ended cases of the same flat, as far as this person may read them."""
        case = await self._book.load(number)
        require(by, "case.read", case)
        directory = await self._deps.staff.directory()
        found = await self._deps.cases.past(number, case.contact.id, case.premises, limit)
        now = self._deps.clock.now()
        return [
            case_view(one, directory, now, history=False)
            for one in found
            if may(by, "case.read", one)
        ]

    async def timeline(self, contact: Contact, by: Actor, *, limit: int = 50) -> list[CaseView]:
        """The cases of a contact and of those it stands for, newest first."""
        require(by, "contact.read")
        directory = await self._deps.staff.directory()
        now = self._deps.clock.now()
        found: list[Case] = []
        for contact_id in await everybody(self._deps.contacts, contact.id):
            found += await self._deps.cases.of_contact(contact_id, limit)
        found.sort(key=lambda case: case.updated_at, reverse=True)
        return [case_view(one, directory, now, history=False) for one in found[:limit]]

    async def find(self, words: str, by: Actor, *, limit: int = 20) -> list[CaseView]:
        """Search by number, phone, name, address, text."""
        number = words.strip().lstrip("№#")
        if number.isdigit() and len(number) < 10:
            case = await self._deps.cases.get(int(number))
            if case is not None and may(by, "case.read", case):
                return [await self.shown(case)]
        return (await self.page(CaseFilter(words=words), by, limit=limit)).items

    def allowed(self, case: Case | CaseView, by: Actor) -> set[str]:
        """The rights this person holds on this case."""
        own = _own(case)
        return {right for right in TABLE if may(by, right, own)}

    async def inbox(
        self,
        by: Actor,
        *,
        account: str = "",
        state: InboxState | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[InboxRow]:
        """What was kept, newest first."""
        require(by, "inbox.read")
        return await self._deps.inbox.page(account=account, state=state, cursor=cursor, limit=limit)

    async def inbox_row(self, row_id: str, by: Actor) -> InboxRow:
        """One kept request."""
        require(by, "inbox.read")
        row = await self._deps.inbox.get(row_id)
        if row is None:
            raise NotFound(what="inbox", id=row_id)
        return row

    async def replay(self, row_id: str, by: Actor) -> InboxRow:
        """Take a kept request again."""
        require(by, "inbox.replay")
        row = await self._deps.inbox.replay(row_id)
        if row is None:
            raise NotFound(what="inbox", id=row_id)
        await self._deps.engine.take([row.lane])
        return row

    async def _newest(self, case: Case, since: int) -> tuple[list[EntryView], bool]:
        """The newest lines, back to the entry `since` if it is not too far, and whether there may
        be more before them."""
        lines = await self._lines(case, None, THREAD)
        more = len(lines) >= THREAD
        while since and more and len(lines) < MOST and all(one.seq != since for one in lines):
            part = await self._lines(case, lines[0].seq, THREAD)
            lines, more = [*part, *lines], len(part) >= THREAD
        return lines, more

    async def _lines(self, case: Case, before: int | None, limit: int) -> list[EntryView]:
        found = await self._deps.cases.thread(case.number, before, limit)
        return [entry_view(entry, case.number) for entry in brought_up(case, found)]

    async def _stands_for(self, number: int) -> list[int]:
        """Cases that this one stands for, also by way of others."""
        found: list[int] = []
        asked = [number]
        while asked:
            merged = await self._deps.cases.merged_from(asked.pop())
            fresh = [one for one in merged if one != number and one not in found]
            found += fresh
            asked += fresh
        return found


class _Own:
    """Whose a shown case is, for the rights table."""

    def __init__(self, operator: str, responsible: str, executors: list[str]) -> None:
        self.operator = operator
        self.responsible = responsible
        self.executors = executors


def _own(case: Case | CaseView) -> _Own:
    if isinstance(case, Case):
        return _Own(case.operator, case.responsible, case.executors)
    return _Own(
        case.operator.login if case.operator else "",
        case.responsible.login if case.responsible else "",
        [person.login for person in case.executors],
    )
