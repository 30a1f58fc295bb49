"""Who is at a row of an outbox, and for how long: written on the row, by the save that decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.domain.case import Case
from hub.domain.outbox import Row
from hub.ports.saving import Conflict
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.duerows import weight

ATTEMPTS = 12
SLOWEST = 512 * 1024
"""Bytes a second that a line carries at least, by which the patience with files is reckoned."""


class RowLeases:
    """A lease that ran out makes its row due again: its holder is gone or too slow."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def lease(self, case: Case, rows: Sequence[Row], now: datetime) -> list[Row] | None:
        """Write on the rows that somebody is at them; None when another write was first."""
        me = self._deps.ids.new()
        for row in rows:
            row.repeat = row.repeat or row.state == "sending"
            row.state, row.by = "sending", me
            row.lease = now + timedelta(seconds=self.seconds(case, row))
            row.tries += 1
            if row.kind == "deliver" and case.by_seq(row.entry) is not None:
                case.delivery(row.entry, "sending", now)
        case.reckon()
        return list(rows) if await self._saved(case) else None

    def seconds(self, case: Case, row: Row) -> float:
        """For how long a row is leased: files take their time on a slow line."""
        return self._deps.policy.lease + weight(case, row, self._deps.policy.max_file) / SLOWEST

    async def put_off(self, number: int, rows: Sequence[Row], wait: float) -> None:
        """These rows, as far as they wait still, are due after so many seconds."""
        ids = {row.id for row in rows}
        later = self._deps.clock.now() + timedelta(seconds=wait)
        for _ in range(ATTEMPTS):
            case = await self._book.load(number)
            for row in case.outbox:
                if row.id in ids and row.state == "waiting":
                    row.due = later
            case.reckon()
            if await self._saved(case):
                return

    async def _saved(self, case: Case) -> bool:
        try:
            await self._deps.cases.save(case, self._deps.ids.new())
        except Conflict:
            return False
        return True
