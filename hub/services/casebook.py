"""Changing a case: load, decide, react, save; decide again when another write was first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

from hub.domain.case import Case
from hub.domain.errors import AlreadyTaken, NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.rights import Right, require
from hub.domain.staff import SYSTEM, Actor
from hub.ports.saving import Conflict
from hub.services.deps import Deps
from hub.services.livenews import live_event
from hub.services.reactions import follow, vacate

ATTEMPTS = 12
ASIDE = 0.005
"""Seconds to step aside after the first lost race; twice as long after each further one."""
LONGEST = 0.2
Decide = Callable[[Case], Sequence[Event]]


class Casebook:
    """The one path by which a single case changes."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def _alone(self, number: int) -> asyncio.Lock:
        """Changes of one case by this process go one after the other; `rev` decides between
        processes, which are few."""
        lock = self._locks.get(number)
        if lock is None:
            self._locks[number] = lock = asyncio.Lock()
        return lock

    async def load(self, number: int) -> Case:
        """The case, or NotFound."""
        case = await self._deps.cases.get(number)
        if case is None:
            raise NotFound(what="case", id=number)
        return case

    async def change(
        self,
        number: int,
        decide: Decide,
        *,
        by: Actor = SYSTEM,
        right: Right | None = None,
        expect: int | None = None,
        key: str = "",
        op: str = "",
    ) -> Case:
        """Let `decide` change the case and save it with what must follow.

        `decide` may run several times, each time on a fresh case. An entry with `key` that stands
        in the case already means that this was done before, whatever the version is now; so does
        `op`, an id of the change itself, for as long as the case remembers it.
        Raises Forbidden, NotFound, StaleVersion (the case is not at `expect` any more) and what
        `decide` raises.
        """
        async with self._alone(number):
            try:
                return await self._change(number, decide, by, right, expect, key, op)
            except AlreadyTaken as taken:
                directory = await self._deps.staff.directory()
                taken.params["operator"] = directory.name(str(taken.params["operator"]))
                raise

    async def _change(
        self,
        number: int,
        decide: Decide,
        by: Actor,
        right: Right | None,
        expect: int | None,
        key: str,
        op: str,
    ) -> Case:
        op = op or self._deps.ids.new()
        directory = await self._deps.staff.directory()
        for attempt in range(ATTEMPTS):
            case = await self.load(number)
            if right is not None:
                require(by, right, case)
            if op in case.ops or (key and await self._held(case, key)):
                return case
            case.at_version(expect)
            before = (case.version, case.seqs, case.rows, case.unread)
            events = list(decide(case))
            if not events and before == (case.version, case.seqs, case.rows, case.unread):
                return case
            now = self._deps.clock.now()
            events += vacate(case, directory, now)
            follow(case, events, directory, now)
            try:
                await self._deps.cases.save(case, op)
            except Conflict:
                await _step_aside(attempt)
                continue
            await self.told(case, events, by=by)
            return case
        raise StoreDown(what="case", id=number)

    async def _held(self, case: Case, key: str) -> bool:
        """Whether an entry with this key stands in the case, in an older page of it perhaps."""
        if case.by_key(key) is not None:
            return True
        if not case.pages:
            return False
        return (await self._deps.cases.keys_held([key])).get(key) == case.number

    async def settle(self, number: int, decide: Decide) -> None:
        """As `change`, for what the relay writes down: it is saved even when nothing that people
        see has happened."""
        async with self._alone(number):
            await self._settle(number, decide)

    async def _settle(self, number: int, decide: Decide) -> None:
        op = self._deps.ids.new()
        directory = await self._deps.staff.directory()
        for attempt in range(ATTEMPTS):
            case = await self.load(number)
            if op in case.ops:
                return
            events = list(decide(case))
            follow(case, events, directory, self._deps.clock.now())
            try:
                await self._deps.cases.save(case, op)
            except Conflict:
                await _step_aside(attempt)
                continue
            event = live_event(case, events)
            if event is not None:
                await self._deps.live.publish(event)
            return
        raise StoreDown(what="case", id=number)

    async def pass_mark(self, number: int) -> None:
        """The older case of a conversation takes nothing more. Repeating this does no harm."""
        for _ in range(ATTEMPTS):
            case = await self._deps.cases.get(number)
            if case is None or not case.current:
                return
            case.current = False
            try:
                await self._deps.cases.save(case, self._deps.ids.new())
            except Conflict:
                continue
            return

    async def told(self, case: Case, events: Sequence[Event], *, by: Actor = SYSTEM) -> None:
        """After a save: wake the relay and the open pages."""
        await self.told_many([(case, events)], by=by)

    async def told_many(
        self, cases: Sequence[tuple[Case, Sequence[Event]]], *, by: Actor = SYSTEM
    ) -> None:
        """As `told`, one wake-up for all of them."""
        due = [case.number for case, _ in cases if case.outbox_due is not None]
        if due:
            await self._deps.engine.drain(due)
        for case, events in cases:
            event = live_event(case, events, by.login)
            if event is not None:
                await self._deps.live.publish(event)


async def _step_aside(attempt: int) -> None:
    await asyncio.sleep(min(ASIDE * 2**attempt, LONGEST))
