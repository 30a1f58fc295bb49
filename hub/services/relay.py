"""Runs what is due in the outboxes of cases: budget, lease, send, write down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog

from hub.domain.case import Case
from hub.domain.events import Event
from hub.domain.message import Deferred, Outcome, Unsure
from hub.domain.outbox import Row, RowKind
from hub.ports.channel import Limit
from hub.ports.outlet import Outlet, Skip
from hub.services.casebook import Casebook
from hub.services.contacts import ContactBook
from hub.services.deps import Deps
from hub.services.duerows import due, heavy, soon
from hub.services.grants import Grants
from hub.services.oldsettling import Settled, Turned, on_page, settle_older
from hub.services.rowleases import RowLeases
from hub.services.settling import settle

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds that a drain itself waits for a budget; longer waits are written on the row."""
BRIEF = 0.5
"""Seconds for which rows that went together wait for each other; who is slower holds up nobody."""
REFUSALS = 6
ASIDE = 0.05
"""So often in a row a drain asks for a budget that others take, each time after twice as long; then
its rows step aside for PATIENCE. In a crowd everybody asking all the time would take more than the
sending itself."""
ROUNDS = 2
"""How often a drain itself waits for a row that was put off for a moment; then the sweeper does."""
AT_A_TIME = 8
"""Rows of one case with files in them that are carried at a time."""

Sent = tuple[Row, Outcome | Skip]
Part = tuple[int, bool]
"""A case, and whether its files are meant or everything else: what takes long holds up nobody."""


class Relay:
    """Empties outboxes. Any number of these may run side by side: leases and `rev` decide."""

    def __init__(
        self,
        deps: Deps,
        book: Casebook,
        contacts: ContactBook,
        outlets: Mapping[RowKind, Outlet],
        *,
        parallel: int = 128,
    ) -> None:
        self._deps = deps
        self._book = book
        self._contacts = contacts
        self._outlets = outlets
        self._leases = RowLeases(deps, book)
        self._slots = asyncio.Semaphore(parallel)
        self._active: dict[Part, asyncio.Event] = {}
        self._stopping = False

    async def drain(self, numbers: Sequence[int]) -> None:
        """Do what is due in these cases."""
        await asyncio.gather(*(self._case(number) for number in dict.fromkeys(numbers)))

    def stop(self) -> None:
        """Wait for no budget any more: what may not go now stays due for whoever drains next."""
        self._stopping = True
        for again in self._active.values():
            again.set()

    async def _case(self, number: int) -> None:
        beside: list[asyncio.Task[None]] = []
        try:
            await self._guarded((number, False), beside)
        finally:
            while beside:
                some, beside[:] = list(beside), []
                await asyncio.gather(*some)

    async def _guarded(self, part: Part, beside: list[asyncio.Task[None]]) -> None:
        # One drain of a part at a time in a process: a kick that comes meanwhile makes it look
        # once more, at once: what waits for one chat's budget must not hold up an answer that
        # came later and may go now.
        again = self._active.get(part)
        if again is not None:
            again.set()
            return
        again = self._active[part] = asyncio.Event()
        rounds, refused = ROUNDS, 0
        try:
            while True:
                again.clear()
                went, wait = await self._turn(part, beside, weary=refused >= REFUSALS)
                refused = refused + 1 if wait > 0 and not went else 0
                if refused > 1:
                    wait = min(max(wait, ASIDE * 2**refused), PATIENCE)
                if wait < 0:
                    # Nothing may go now, but something may in a moment.
                    wait = -wait if rounds else 0.0
                    rounds -= 1
                if wait > 0 and not self._stopping:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(wait):
                            await again.wait()
                elif self._stopping or not again.is_set():
                    return
        except Exception:
            # The rows stay due; the sweeper comes back to them.
            log.exception("relay.drain", case=part[0])
        finally:
            del self._active[part]

    async def _turn(
        self, part: Part, beside: list[asyncio.Task[None]], *, weary: bool
    ) -> tuple[bool, float]:
        async with self._slots:
            return await self._drain(part, beside, weary=weary)

    async def _drain(
        self, part: Part, beside: list[asyncio.Task[None]], *, weary: bool
    ) -> tuple[bool, float]:
        """Do what can be done now. Returns whether anything went, and the seconds to wait for a
        budget, 0 at the end; below 0 are the seconds after which a row that was put off may go.
        Who is `weary` of waiting for a budget steps aside."""
        number, files = part
        went = False
        while True:
            case = await self._deps.cases.get(number)
            if case is None:
                return went, 0.0
            now = self._deps.clock.now()
            every = due(case, now)
            ready = [row for row in every if heavy(case, row) == files]
            if not files and len(ready) < len(every) and (number, True) not in self._active:
                # `drain` ends when this has ended.
                beside.append(asyncio.create_task(self._guarded((number, True), beside)))
            if not ready:
                return went, -soon(case, now, PATIENCE, files=files)
            grants = Grants(self._deps.budget, self._deps.ids.new())
            granted, wait = await self._grant(case, ready[:AT_A_TIME] if files else ready, grants)
            if not granted:
                if wait <= PATIENCE and (went or not weary):
                    return went, wait
                await self._leases.put_off(number, ready, max(wait, PATIENCE))
                return went, 0.0
            leased = None
            try:
                leased = await self._leases.lease(case, granted, now)
            finally:
                if leased is None:
                    await grants.give_back()
            if leased is None:
                continue
            went = True
            # Of files only so many are carried at a time, however long that takes.
            await self._together(case, leased, beside, None if files else BRIEF, grants)

    async def _together(
        self,
        case: Case,
        rows: Sequence[Row],
        beside: list[asyncio.Task[None]],
        within: float | None,
        grants: Grants,
    ) -> None:
        """Send these rows and write down what came of them; those that take longer go on beside."""
        sending = [(row, asyncio.create_task(self._send(case, row, grants))) for row in rows]
        try:
            await asyncio.wait([sent for _, sent in sending], timeout=within)
        except asyncio.CancelledError:
            for _, sent in sending:
                sent.cancel()
            raise
        done = [(row, sent.result()) for row, sent in sending if sent.done()]
        beside += [
            asyncio.create_task(self._late(case.number, row, sent, beside))
            for row, sent in sending
            if not sent.done()
        ]
        if done:
            await self._settle(case.number, done)

    async def _late(
        self,
        number: int,
        row: Row,
        sent: asyncio.Task[Outcome | Skip],
        beside: list[asyncio.Task[None]],
    ) -> None:
        """A row that took longer than those it went with, and what waited behind it."""
        try:
            await self._settle(number, [(row, await sent)])
        except Exception:
            # Its lease runs out, and the sweeper comes back to it.
            log.exception("relay.late", case=number)
        await self._guarded((number, False), beside)

    async def _grant(
        self, case: Case, rows: Sequence[Row], grants: Grants
    ) -> tuple[list[Row], float]:
        """Rows whose budget allows them now, and the shortest wait among the others."""
        granted: list[Row] = []
        waits: list[float] = []
        for row in rows:
            wait = await grants.ask(row.id, self._limits(case, row))
            if wait > 0:
                waits.append(wait)
            else:
                granted.append(row)
        return granted, min(waits, default=0.0)

    def _limits(self, case: Case, row: Row) -> Sequence[Limit]:
        try:
            return self._outlets[row.kind].limits(case, row)
        except Exception:
            # The attempt itself says what is wrong with this row; the others go their way.
            log.exception("relay.limits", case=case.number, row=row.id, kind=row.kind)
            return ()

    async def _send(self, case: Case, row: Row, grants: Grants) -> Outcome | Skip:
        with structlog.contextvars.bound_contextvars(trace=row.trace):
            try:
                async with asyncio.timeout(self._leases.seconds(case, row) * 0.45):
                    outcome = await self._outlets[row.kind].send(case, row)
            except TimeoutError:
                outcome = Unsure("timeout")
            except Exception:
                # An outlet's bug: what it did is not known.
                log.exception("relay.send", case=case.number, row=row.id, kind=row.kind)
                outcome = Unsure("internal")
            await grants.sent(row.id, outcome)
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
        older: dict[int, Settled] = {}

        def decide(case: Case) -> list[Event]:
            lost.clear()
            events: list[Event] = []
            for row, outcome in sent:
                events += settle(case, row, outcome, now, stored.get(row.id), lost)
                if on_page(case, row, outcome):
                    if row.id not in older:
                        raise Turned
                    events += older[row.id].events
                    lost.extend(older[row.id].lost)
            case.reckon()
            return events

        while True:
            older |= await settle_older(self._deps, number, sent, now, known=older)
            with suppress(Turned):
                await self._book.settle(number, decide)
                break
        for identity, reason in lost:
            await self._contacts.unreachable(identity, reason)

    async def _pauses(self, number: int, sent: Sequence[Sent]) -> None:
        """What the provider refused for now pauses its chat or account for everybody."""
        case = await self._book.load(number)
        for row, outcome in sent:
            if isinstance(outcome, Deferred) and outcome.scope != "row":
                limits = list(self._limits(case, row))
                # Limits are listed from the whole account to the single chat.
                names = limits[:1] if outcome.scope == "account" else limits[-1:]
                for limit in names:
                    await self._deps.budget.pause(limit.name, outcome.after)
