"""Twins of hub.store.calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from hub.domain.call import Call
from hub.domain.callback import Callback
from hub.ports.calls import CallbackFilter, CallFilter
from hub.ports.paging import Page
from hub.store.cursor import after, milliseconds, place
from tests.support.memory.table import Table


class MemoryCalls:
    def __init__(self) -> None:
        self._rows = Table(Call)

    async def get(self, call_id: str) -> Call | None:
        return self._rows.get(call_id)

    async def many(self, ids: Iterable[str]) -> dict[str, Call]:
        found = [self._rows.get(one) for one in dict.fromkeys(ids)]
        return {one.id: one for one in found if one is not None}

    async def add(self, call: Call) -> None:
        self._rows.add(call)

    async def add_many(self, calls: Sequence[Call]) -> list[str]:
        there = [one.id for one in calls if one.id in self._rows]
        for one in calls:
            if one.id not in there:
                self._rows.add(one)
        return there

    async def save(self, call: Call) -> None:
        self._rows.swap(call)

    async def page(self, filter: CallFilter, cursor: str | None, limit: int) -> Page[Call]:
        found = self._rows.where(lambda call: _fits(call, filter))
        found.sort(key=_key, reverse=True)
        begin = place(cursor)
        if begin is not None:
            found = [one for one in found if _key(one) < (begin.at, begin.id)]
        items, more = found[:limit], len(found) > limit
        return Page(items, after(items[-1].facts.started_at, items[-1].id) if more else None)

    async def count(self, filter: CallFilter, most: int) -> int:
        return min(len(self._rows.where(lambda call: _fits(call, filter))), most)

    async def under_way(self, since: datetime, limit: int) -> list[Call]:
        found = self._rows.where(
            lambda call: not call.facts.over and call.facts.started_at >= since
        )
        return sorted(found, key=_key, reverse=True)[:limit]

    async def to_fetch(self, now: datetime, limit: int) -> list[str]:
        due = self._rows.where(lambda call: call.fetch_at is not None and call.fetch_at <= now)
        due.sort(key=lambda call: call.fetch_at or now)
        return [call.id for call in due[:limit]]


class MemoryCallbacks:
    def __init__(self) -> None:
        self._rows = Table(Callback, lambda entry: [entry.number] if entry.state == "open" else [])

    async def get(self, entry_id: str) -> Callback | None:
        return self._rows.get(entry_id)

    async def open_for(self, number: str) -> Callback | None:
        found = self._rows.where(lambda one: (one.state, one.number) == ("open", number))
        return found[0] if found else None

    async def about(self, calls: Sequence[str], numbers: Sequence[str]) -> list[Callback]:
        asked = set(calls)
        return self._rows.where(
            lambda one: (
                bool(asked & set(one.calls)) or (one.state == "open" and one.number in numbers)
            )
        )

    async def holding(self, call_id: str) -> Callback | None:
        found = self._rows.where(lambda one: call_id in one.calls)
        return found[0] if found else None

    async def add(self, entry: Callback) -> None:
        self._rows.add(entry)

    async def save(self, entry: Callback) -> None:
        self._rows.swap(entry)

    async def page(self, filter: CallbackFilter, cursor: str | None, limit: int) -> Page[Callback]:
        down = filter.state == "done"
        found = self._rows.where(
            lambda one: (
                one.state == filter.state
                and filter.number in {"", one.number}
                and filter.contact in {"", one.contact}
            )
        )
        found.sort(key=_since, reverse=down)
        begin = place(cursor)
        if begin is not None:
            last = (begin.at, begin.id)
            found = [one for one in found if (_since(one) < last if down else _since(one) > last)]
        items, more = found[:limit], len(found) > limit
        return Page(items, after(items[-1].since, items[-1].id) if more else None)

    async def late(self, now: datetime, limit: int) -> list[str]:
        found = self._rows.where(
            lambda one: one.state == "open" and one.alerted_at is None and one.due < now
        )
        return [one.id for one in found[:limit]]

    async def waiting(self, most: int) -> int:
        return min(len(self._rows.where(lambda one: one.state == "open")), most)


def _fits(call: Call, filter: CallFilter) -> bool:
    facts = call.facts
    kind = filter.kind
    return (
        (not kind or (facts.missed if kind == "missed" else facts.direction == kind))
        and (not filter.staff or filter.staff in {*call.staff, *call.rung})
        and filter.number in {"", facts.number}
        and (not filter.contacts or call.contact in filter.contacts)
        and (not filter.case or filter.case in call.cases)
        and filter.account in {"", call.account}
        and (filter.since is None or facts.started_at >= filter.since)
    )


def _key(call: Call) -> tuple[int, str]:
    return milliseconds(call.facts.started_at), call.id


def _since(entry: Callback) -> tuple[int, str]:
    return milliseconds(entry.since), entry.id
