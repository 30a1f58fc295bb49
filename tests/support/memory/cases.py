"""Twin of hub.store.cases, its lists and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from hub.domain.case import Case
from hub.domain.outbox import waited
from hub.domain.status import AT_WORK, ENDED
from hub.domain.thread import Entry, HistoryLine
from hub.ports.cases import CaseFilter
from hub.ports.paging import Page
from hub.ports.saving import Conflict, Duplicate
from hub.store.codec import document
from hub.store.cursor import after, milliseconds, place
from hub.store.paging import grown, parted, split
from hub.store.words import case_words, entry_words, query
from tests.support.memory.table import Table

OPS = 20


def _unique(case: Case) -> list[str]:
    keys = [f"entry:{entry.key}" for entry in case.thread]
    return [*keys, f"current:{case.conversation}"] if case.current else keys


class MemoryCases:
    def __init__(self) -> None:
        self._rows = Table(Case, _unique)
        self._pages: dict[int, list[Entry]] = {}
        self._old_history: dict[tuple[int, int], list[HistoryLine]] = {}
        self._words: dict[int, set[str]] = {}
        self._last = 0

    async def numbers(self, count: int) -> list[int]:
        first, self._last = self._last + 1, self._last + count
        return list(range(first, self._last + 1))

    async def get(self, number: int) -> Case | None:
        return self._rows.get(number)

    async def many(self, numbers: Iterable[int]) -> dict[int, Case]:
        return {case.number: case for n in numbers if (case := self._rows.get(n)) is not None}

    async def current(self, conversations: Iterable[str]) -> dict[str, Case]:
        found = {name: self._rows.holder(f"current:{name}") for name in conversations}
        cases = {name: self._rows.get(number) for name, number in found.items() if number}
        return {name: case for name, case in cases.items() if case is not None}

    async def open(self, case: Case, op: str) -> None:
        held = self._rows.peek(case.number) if case.number in self._rows else None
        if held is not None and op in held.ops:
            case.rev, case.ops = held.rev, list(held.ops)
            return
        rev, ops = case.rev, case.ops
        case.rev, case.ops = 1, [op]
        try:
            self._rows.add(case)
        except Duplicate:
            case.rev, case.ops = rev, ops
            raise
        self._note(case)
        self._page(case)

    async def save(self, case: Case, op: str) -> None:
        held = self._rows.peek(case.number) if case.number in self._rows else None
        if held is not None and op in held.ops:
            case.rev, case.ops = held.rev, list(held.ops)
            return
        ops = case.ops
        case.ops = [*ops, op][-OPS:]
        try:
            self._rows.swap(case)
        except (Conflict, Duplicate):
            case.ops = ops
            raise
        self._note(case)
        self._page(case)

    def _note(self, case: Case) -> None:
        found = [*case_words(case), *entry_words(case.thread)]
        self._words.setdefault(case.number, set()).update(found)

    def _page(self, case: Case) -> None:
        if not grown(document(case)):
            return
        entries, lines = split(document(case))
        if not entries and not lines:
            return
        moved, case.thread = parted(case.thread, entries)
        self._pages.setdefault(case.number, []).extend(moved)
        if lines:
            self._old_history[case.number, case.pages] = case.history[:lines]
        case.history = case.history[lines:]
        case.pages += 1
        self._rows.swap(case)

    async def open_many(self, cases: Sequence[tuple[Case, str]]) -> list[int]:
        lost = []
        for case, op in cases:
            try:
                await self.open(case, op)
            except Duplicate:
                lost.append(case.number)
        return lost

    async def save_many(self, cases: Sequence[tuple[Case, str]]) -> list[int]:
        lost = []
        for case, op in cases:
            try:
                await self.save(case, op)
            except (Conflict, Duplicate):
                lost.append(case.number)
        return lost

    async def thread(self, number: int, before: int | None, limit: int) -> list[Entry]:
        case = self._rows.get(number)
        if case is None:
            return []
        whole = [*self._pages.get(number, []), *case.thread]
        if before is not None:
            at = next((i for i, entry in enumerate(whole) if entry.seq == before), None)
            whole = whole[:at] if at is not None else [e for e in whole if e.seq < before]
        return whole[-limit:] if limit > 0 else []

    async def old_history(self, number: int, below: int) -> tuple[list[HistoryLine], int]:
        held = [page for case, page in self._old_history if case == number and page < below]
        return (self._old_history[number, max(held)], max(held)) if held else ([], 0)

    async def keys_held(self, keys: Iterable[str]) -> dict[str, int]:
        paged = {entry.key: number for number, page in self._pages.items() for entry in page}
        found = {key: self._rows.holder(f"entry:{key}") or paged.get(key) for key in keys}
        return {key: number for key, number in found.items() if number is not None}

    async def by_external(self, account: str, external_id: str) -> tuple[int, int] | None:
        threads = [(case.number, case.thread) for case in self._rows.peeks()]
        for number, thread in [*threads, *self._pages.items()]:
            for entry in thread:
                if account in entry.known_at and external_id in entry.external_ids:
                    return number, entry.seq
        return None

    async def by_externals(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        found = {name: await self.by_external(*name) for name in names}
        return {name: place[0] for name, place in found.items() if place is not None}

    async def paged_entry(self, number: int, seq: int) -> Entry | None:
        held = next((one for one in self._pages.get(number, []) if one.seq == seq), None)
        return None if held is None else msgspec.convert(msgspec.to_builtins(held), Entry)

    async def save_paged(self, number: int, entry: Entry) -> bool:
        page = self._pages.get(number, [])
        at = next((i for i, one in enumerate(page) if one.seq == entry.seq), None)
        if at is None or page[at].turn != entry.turn:
            return False
        entry.turn += 1
        page[at] = msgspec.convert(msgspec.to_builtins(entry), Entry)
        return True

    async def page(self, filter: CaseFilter, cursor: str | None, limit: int) -> Page[Case]:
        found = _newest(case for case in self._rows.peeks() if self._matches(case, filter))
        begin = place(cursor)
        if begin is not None:
            mark = (begin.at, begin.id)
            found = [one for one in found if (milliseconds(one.updated_at), one.number) < mark]
        items = self._short(found[:limit])
        more = len(found) > limit
        return Page(items, after(items[-1].updated_at, items[-1].number) if more else None)

    def _matches(self, case: Case, wanted: CaseFilter) -> bool:
        mine = wanted.login in {case.operator, case.responsible, *case.executors}
        queued = case.status in AT_WORK and not case.operator
        asked = set(query(wanted.words))
        return (
            (wanted.view != "mine" or mine)
            and (wanted.view != "queue" or queued)
            and (wanted.view != "queue" or not wanted.groups or case.group in wanted.groups)
            and (not wanted.status or case.status in wanted.status)
            and wanted.channel in {"", case.channel}
            and wanted.account in {"", case.account}
            and wanted.operator in {"", case.operator}
            and wanted.group in {"", case.group}
            and wanted.contact in {"", case.contact.id}
            and (wanted.overdue_at is None or case.overdue(wanted.overdue_at))
            and (not wanted.needs_answer or _needs_answer(case))
            and (wanted.updated_since is None or case.updated_at >= wanted.updated_since)
            and (wanted.ended is None or wanted.ended == (case.status in ENDED))
            and (not wanted.kind or any(entry.kind == wanted.kind for entry in case.thread))
            and asked <= self._words.get(case.number, set())
        )

    async def counts(self, login: str, groups: Sequence[str], now: datetime) -> dict[str, int]:
        mine = [
            case
            for case in self._rows.peeks()
            if case.status in AT_WORK
            and login in {case.operator, case.responsible, *case.executors}
        ]
        queue = CaseFilter(view="queue", groups=groups)
        return {
            "mine": len(mine),
            "queue": sum(self._matches(case, queue) for case in self._rows.peeks()),
            "needs_answer": sum(_needs_answer(case) for case in mine),
            "waiting": sum(case.status == "waiting" for case in mine),
            "overdue": sum(case.overdue(now) for case in mine),
        }

    def _short(self, found: Sequence[Case]) -> list[Case]:
        """Copies without what lists do not show."""
        cases = [case for one in found if (case := self._rows.get(one.number)) is not None]
        for case in cases:
            case.thread, case.history = case.thread[-1:], []
        return cases

    async def of_contact(self, contact: str, limit: int) -> list[Case]:
        found = _newest(case for case in self._rows.peeks() if case.contact.id == contact)
        return self._short(found[:limit])

    async def past(self, number: int, contact: str, premises: str, limit: int) -> list[Case]:
        found = _newest(
            case
            for case in self._rows.peeks()
            if case.status in ENDED
            and case.number != number
            and (case.premises == premises if premises else case.contact.id == contact)
        )
        return self._short(found[:limit])

    async def merged_from(self, number: int) -> list[int]:
        return sorted(case.number for case in self._rows.peeks() if case.merged_into == number)

    async def assigned_to(self, login: str) -> list[int]:
        return sorted(c.number for c in self._rows.peeks() if c.operator == login and c.open)

    async def due(self, now: datetime, limit: int) -> list[int]:
        rows = self._rows.peeks()
        times = [(c.outbox_due, c.number) for c in rows if c.outbox_due is not None]
        return [number for at, number in sorted(times) if at <= now][:limit]

    async def overdue(self, now: datetime, limit: int) -> list[int]:
        times = [
            (c.deadline, c.number)
            for c in self._rows.peeks()
            if c.deadline and c.overdue(now) and c.overdue_at is None
        ]
        return [number for _, number in sorted(times)][:limit]

    async def deferred(self, now: datetime, limit: int) -> list[int]:
        times = [
            (c.deferred_until, c.number)
            for c in self._rows.peeks()
            if c.status == "deferred" and c.deferred_until is not None
        ]
        return [number for at, number in sorted(times) if at <= now][:limit]

    async def untaken(self, now: datetime, limit: int) -> list[int]:
        rows = [c for c in self._rows.peeks() if c.status == "new"]
        times = [(c.escalate_at, c.number) for c in rows if c.escalate_at is not None]
        return [number for at, number in sorted(times) if at <= now][:limit]

    async def near(self, now: datetime, limit: int) -> list[int]:
        rows = [c for c in self._rows.peeks() if c.status in AT_WORK]
        times = [(c.remind_at, c.number) for c in rows if c.remind_at is not None]
        return [number for at, number in sorted(times) if at <= now][:limit]

    async def resolved_before(self, before: datetime, limit: int) -> list[int]:
        rows = self._rows.peeks()
        times = [(c.updated_at, c.number) for c in rows if c.status == "resolved"]
        return [number for at, number in sorted(times) if at < before][:limit]

    async def stats(self, now: datetime) -> dict[str, float]:
        rows = list(self._rows.peeks())
        waiting = [case.outbox for case in rows if case.outbox_due is not None]
        ages = [
            waited(row.kind, row.at, row.due, now)
            for outbox in waiting
            for row in outbox
            if row.state != "failed"
        ]
        by_status = Counter(f"status_{case.status if case.open else 'ended'}" for case in rows)
        return {
            "outbox_waiting": float(len(waiting)),
            "outbox_oldest": max(ages, default=0.0),
            "status_ended": 0.0,
            **{name: float(count) for name, count in by_status.items()},
        }


def _needs_answer(case: Case) -> bool:
    return case.status in AT_WORK and case.asks_since is not None


def _newest(cases: Iterable[Case]) -> list[Case]:
    return sorted(cases, key=lambda c: (milliseconds(c.updated_at), c.number), reverse=True)
