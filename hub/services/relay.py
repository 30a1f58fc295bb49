"""Runs what is due in the outboxes of cases: budget, lease, send, write down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from hub.domain.case import Case
from hub.domain.events import Event
from hub.domain.message import Deferred, Outcome, Unsure
from hub.domain.outbox import Row, RowKind
from hub.ports.outlet import Outlet, Skip
from hub.ports.store import Conflict
from hub.services.casebook import Casebook
from hub.services.contacts import ContactBook
from hub.services.deps import Deps
from hub.services.settling import settle

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds that a drain itself waits for a budget; longer waits are written on the row."""
ATTEMPTS = 12

Sent = tuple[Row, Outcome | Skip]


class Relay:
    """Empties outboxes. Any number of these may run side by side: leases and `rev` decide."""

    def __init__(
        self,
        deps: Deps,
        book: Casebook,
        contacts: ContactBook,
        outlets: Mapping[RowKind, Outlet],
        *,
        parallel: int = 32,
    ) -> None:
        self._deps = deps
        self._book = book
        self._contacts = contacts
        self._outlets = outlets
        self._slots = asyncio.Semaphore(parallel)
        self._active: dict[int, bool] = {}

    async def drain(self, numbers: Sequence[int]) -> None:
        """Do what is due in these cases."""
        await asyncio.gather(*(self._guarded(number) for number in dict.fromkeys(numbers)))

    async def _guarded(self, number: int) -> None:
        # One drain of a case at a time in a process: a kick that comes meanwhile makes it look
        # once more, so that waiting for a budget costs one waiter, however many kicks there are.
        if number in self._active:
            self._active[number] = True
            return
        self._active[number] = True
        try:
            while self._active[number]:
                self._active[number] = False
                while (wait := await self._turn(number)) > 0:
                    await asyncio.sleep(wait)
        except Exception:
            # The rows stay due; the sweeper comes back to them.
            log.exception("relay.drain", case=number)
        finally:
            del self._active[number]

    async def _turn(self, number: int) -> float:
        async with self._slots:
            return await self._drain(number)

    async def _drain(self, number: int) -> float:
        """Do what can be done now; returns the seconds to wait for a budget, 0 at the end."""
        while True:
            case = await self._deps.cases.get(number)
            if case is None:
                return 0.0
            now = self._deps.clock.now()
            ready = due(case, now)
            if not ready:
                return 0.0
            granted, wait = await self._grant(case, ready)
            if not granted:
                if wait <= PATIENCE:
                    return wait
                await self._put_off(number, ready, wait)
                return 0.0
            leased = await self._lease(case, granted, now)
            if leased is None:
                continue
            sent = await asyncio.gather(*(self._send(case, row) for row in leased))
            await self._settle(number, list(zip(leased, sent, strict=True)))

    async def _grant(self, case: Case, rows: Sequence[Row]) -> tuple[list[Row], float]:
        """Rows whose budget allows them now, and the shortest wait among the others."""
        granted: list[Row] = []
        waits: list[float] = []
        for row in rows:
            wait = await self._deps.budget.spend(self._outlets[row.kind].limits(case, row))
            if wait > 0:
                waits.append(wait)
            else:
                granted.append(row)
        return granted, min(waits, default=0.0)

    async def _put_off(self, number: int, rows: Sequence[Row], wait: float) -> None:
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

    async def _lease(self, case: Case, rows: Sequence[Row], now: datetime) -> list[Row] | None:
        """Write on the rows that somebody is at them; None when another write was first."""
        until = now + timedelta(seconds=self._deps.policy.lease)
        me = self._deps.ids.new()
        for row in rows:
            row.repeat = row.repeat or row.state == "sending"
            row.state, row.lease, row.by = "sending", until, me
            row.tries += 1
            if row.kind == "deliver" and case.by_seq(row.entry) is not None:
                case.delivery(row.entry, "sending", now)
        case.reckon()
        return list(rows) if await self._saved(case) else None

    async def _send(self, case: Case, row: Row) -> Outcome | Skip:
        with structlog.contextvars.bound_contextvars(trace=row.trace):
            try:
                async with asyncio.timeout(self._deps.policy.lease * 0.45):
                    outcome = await self._outlets[row.kind].send(case, row)
            except TimeoutError:
                outcome = Unsure("timeout")
            except Exception:
                # An outlet's bug: what it did is not known.
                log.exception("relay.send", case=case.number, row=row.id, kind=row.kind)
                outcome = Unsure("internal")
            state = type(outcome).__name__.lower()
            seconds = (self._deps.clock.now() - row.due).total_seconds()
            log.info(
                "relay.sent",
                case=case.number,
                row=row.id,
                kind=row.kind,
                account=row.account,
                outcome=state,
                tries=row.tries,
                seconds=round(seconds, 3),
            )
        self._deps.measures.delivered(row.kind, state, seconds)
        return outcome

    async def _settle(self, number: int, sent: Sequence[Sent]) -> None:
        """Write down what became of the rows, with what follows from that."""
        stored = {
            row.id: await self._deps.files.info(row.data["file"])
            for row, _ in sent
            if row.kind == "fetch"
        }
        await self._pauses(number, sent)
        now = self._deps.clock.now()
        lost: list[tuple[str, str]] = []

        def decide(case: Case) -> list[Event]:
            lost.clear()
            events: list[Event] = []
            for row, outcome in sent:
                events += settle(case, row, outcome, now, stored.get(row.id), lost)
            case.reckon()
            return events

        await self._book.settle(number, decide)
        for identity, reason in lost:
            await self._contacts.unreachable(identity, reason)

    async def _pauses(self, number: int, sent: Sequence[Sent]) -> None:
        """What the provider refused for now pauses its chat or account for everybody."""
        case = await self._book.load(number)
        for row, outcome in sent:
            if isinstance(outcome, Deferred) and outcome.scope != "row":
                limits = list(self._outlets[row.kind].limits(case, row))
                # Limits are listed from the whole account to the single chat.
                names = limits[:1] if outcome.scope == "account" else limits[-1:]
                for limit in names:
                    await self._deps.budget.pause(limit.name, outcome.after)

    async def _saved(self, case: Case) -> bool:
        try:
            await self._deps.cases.save(case, self._deps.ids.new())
        except Conflict:
            return False
        return True


def due(case: Case, now: datetime) -> list[Row]:
    """Rows that may go now: of each recipient the earliest unfinished one, if it is due."""
    ready: list[Row] = []
    seen: set[str] = set()
    for row in case.outbox:
        if row.state == "failed" or row.to in seen:
            continue
        seen.add(row.to)
        if row.state == "sending":
            if row.lease is not None and row.lease <= now:
                ready.append(row)
        elif row.due <= now:
            ready.append(row)
    return ready
