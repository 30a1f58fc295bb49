"""Twin of hub.store.inbox."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from hub.domain.message import stable_id
from hub.ports.channel import Kept, Key, RawRequest
from hub.ports.inbox import HEAVY, InboxRow, InboxState, weighs
from hub.ports.paging import Page
from hub.store.cursor import after, milliseconds, place
from hub.store.inboxrows import digest
from tests.support.memory.table import Table


class MemoryInbox:
    def __init__(self) -> None:
        self._rows = Table(InboxRow)
        self._new: dict[str, dict[str, None]] = {}
        self._seq = itertools.count(1)
        self.on_kept: Callable[[list[str]], Awaitable[None]] | None = None

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        row_id, found = stable_id(raw.account, key.external_id), digest(raw.body)
        held = self._rows.get(row_id)
        if held is not None:
            other = key.strict and held.digest != found
            return Kept(row_id, "conflict" if other else "repeat")
        self._put(
            InboxRow(
                id=row_id,
                account=raw.account,
                external_id=key.external_id,
                lane=key.lane,
                digest=found,
                raw=raw,
                at=raw.received_at,
                seq=next(self._seq),
                trace=row_id,
            )
        )
        if self.on_kept is not None:
            await self.on_kept([key.lane])
        return Kept(row_id, "new")

    def _put(self, row: InboxRow) -> None:
        """Write a row, and whether it waits in its lane."""
        self._rows.put(row)
        if row.state == "new":
            self._new.setdefault(row.lane, {})[row.id] = None
        elif row.lane in self._new:
            self._new[row.lane].pop(row.id, None)
            if not self._new[row.lane]:
                del self._new[row.lane]

    async def waiting(self, lanes: Sequence[str], limit: int, now: datetime) -> list[InboxRow]:
        rows = (self._rows.peek(one) for lane in set(lanes) for one in self._new.get(lane, ()))
        found = [row for row in rows if row.due is None or row.due <= now]
        found.sort(key=lambda row: (row.at, row.seq, row.id))
        rows: list[InboxRow] = []
        for one in found[:limit]:
            row = self._rows.get(one.id)
            if row is not None and weighs(rows) < HEAVY:
                rows.append(row)
        return rows

    async def choose(self, chosen: Iterable[tuple[str, int, int, str]]) -> None:
        for row_id, case, linked, contact in chosen:
            row = self._rows.get(row_id)
            if row is not None:
                row.case, row.linked, row.contact = case, linked, contact
                self._put(row)

    async def done(self, ids: Sequence[str], now: datetime) -> None:
        for row_id in ids:
            row = self._rows.get(row_id)
            if row is not None:
                row.state, row.done_at, row.due, row.error = "done", now, None, ""
                self._put(row)

    async def later(self, row_id: str, due: datetime, error: str) -> None:
        row = self._rows.get(row_id)
        if row is not None and row.state == "new":
            row.due, row.error, row.tries = due, error, row.tries + 1
            self._put(row)

    async def quarantine(self, row_id: str, error: str, now: datetime) -> None:
        row = self._rows.get(row_id)
        if row is not None:
            row.state, row.error, row.done_at, row.due = "quarantined", error, now, None
            self._put(row)

    async def replay(self, row_id: str) -> InboxRow | None:
        row = self._rows.get(row_id)
        if row is not None:
            row.state, row.error, row.done_at, row.due, row.tries = "new", "", None, None, 0
            self._put(row)
        return row

    async def get(self, row_id: str) -> InboxRow | None:
        return self._rows.get(row_id)

    async def page(
        self, *, account: str, state: InboxState | None, cursor: str | None, limit: int
    ) -> Page[InboxRow]:
        found = self._rows.where(
            lambda row: (not account or row.account == account) and state in {None, row.state}
        )
        found.sort(key=lambda row: (milliseconds(row.at), row.id), reverse=True)
        begin = place(cursor)
        if begin is not None:
            found = [row for row in found if (milliseconds(row.at), row.id) < (begin.at, begin.id)]
        items = found[:limit]
        return Page(items, after(items[-1].at, items[-1].id) if len(found) > limit else None)

    async def stale_lanes(self, before: datetime, limit: int) -> list[str]:
        rows = (self._rows.peek(one) for lane in self._new.values() for one in lane)
        found = [row for row in rows if row.at < before and (row.due is None or row.due < before)]
        found.sort(key=lambda row: (row.at, row.seq))
        return list(dict.fromkeys(row.lane for row in found))[:limit]

    async def expire(self, before: datetime, limit: int) -> int:
        old = [
            row
            for row in self._rows.peeks()
            if row.state == "done" and row.done_at is not None and row.done_at < before
        ]
        for row in old[:limit]:
            self._rows.drop(row.id)
        return len(old[:limit])

    async def stats(self, now: datetime) -> dict[str, float]:
        rows = list(self._rows.peeks())
        new = [row for row in rows if row.state == "new"]
        return {
            "new": float(len(new)),
            "quarantined": float(sum(row.state == "quarantined" for row in rows)),
            "oldest": max(((now - row.at).total_seconds() for row in new), default=0.0),
        }
