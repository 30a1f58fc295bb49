"""What time brings: wake-ups that were lost, deadlines and what comes before them, cases that
nobody takes, digests, old inbox rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from hub.domain.case import Case
from hub.domain.events import Event
from hub.domain.staff import SYSTEM
from hub.services.callbacks import CallbackBook
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.digests import Digests
from hub.services.escalation import escalate
from hub.services.reactions import vacate

log = structlog.get_logger()

STALE = 3.0
"""Seconds after which a row that nobody took is woken again."""
LANES = 500
CASES = 200


class Timers:
    """Each method is one sweep; sweeps may run in several processes at once without harm."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book
        self._digests = Digests(deps)
        self._callbacks = CallbackBook(deps)

    async def wake(self) -> None:
        """Whatever is older than it should be: kept but not understood, due but not sent."""
        await self.wake_lanes()
        now = self._deps.clock.now()
        numbers = await self._deps.cases.due(now, CASES)
        if numbers:
            await self._deps.engine.drain(numbers)
        recipients = await self._deps.letters.due(now, LANES)
        if recipients:
            await self._deps.engine.post(recipients)

    async def wake_lanes(self) -> None:
        """What was kept and is not understood."""
        now = self._deps.clock.now()
        lanes = await self._deps.inbox.stale_lanes(now - timedelta(seconds=STALE), LANES)
        if lanes:
            log.info("sweep.lanes", count=len(lanes))
            await self._deps.engine.take(lanes)

    async def deadlines(self) -> None:
        """«Истёк срок ответа» and its reminder, cases that nobody takes, deferred cases whose time
        has come."""
        now = self._deps.clock.now()
        directory = await self._deps.staff.directory()
        for number in await self._deps.cases.untaken(now, CASES):
            await self._change(number, lambda case: escalate(case, directory, now))
        for number in await self._deps.cases.near(now, CASES):
            await self._change(number, lambda case: case.remind(now))
        for number in await self._deps.cases.overdue(now, CASES):
            await self._change(number, lambda case: case.expire(now))
        for number in await self._deps.cases.deferred(now, CASES):
            await self._change(number, lambda case: case.resume(now))

    async def callbacks(self) -> None:
        """Calls that are owed past the norm."""
        await self._callbacks.sweep()

    async def digests(self) -> None:
        """What was held back from people whose time has come."""
        await self._digests.sweep()

    async def tidy(self) -> None:
        """Resolved cases that nobody touches are closed; cases of people who left go to their
        queue, should that have been cut off when they left; old inbox rows go."""
        now = self._deps.clock.now()
        directory = await self._deps.staff.directory()
        for login in [one.login for one in directory.staff.values() if not one.active]:
            for number in await self._deps.cases.assigned_to(login):
                await self._change(number, lambda case: vacate(case, directory, now))
        policy = self._deps.policy
        before = now - timedelta(days=policy.close_resolved_days)
        for number in await self._deps.cases.resolved_before(before, CASES):

            def decide(case: Case) -> list[Event]:
                if case.status != "resolved" or case.updated_at > before:
                    return []
                return case.close(SYSTEM, now)

            await self._change(number, decide)
        await self._deps.inbox.expire(now - timedelta(days=policy.inbox_days), 5000)

    async def _change(self, number: int, decide: Callable[[Case], list[Event]]) -> None:
        try:
            await self._book.change(number, decide)
        except Exception:
            # One case must not keep the sweep from the others; it comes up again.
            log.exception("sweep.case", case=number)
