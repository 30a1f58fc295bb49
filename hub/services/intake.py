"""Inbox → case: what was kept is understood, in order within a lane, many lanes at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from hub.domain.errors import StoreDown
from hub.domain.message import Action, CallEvent, DeliveryReport, Edit, Fragment, Inbound, Received
from hub.ports.channel import Receiver, Unreadable
from hub.ports.inbox import HEAVY, InboxRow, weighs
from hub.ports.outlet import Conversation, ResidentConversation
from hub.ports.telephony import CallDesk
from hub.services.assembling import Assembling, Waits
from hub.services.casebook import Casebook
from hub.services.contacts import ContactBook
from hub.services.deps import Deps
from hub.services.filing import Filing
from hub.services.holding import Holding
from hub.services.lonefiling import LoneFiling
from hub.services.receipts import Receipts
from hub.services.threads import Threads
from hub.services.understanding import (
    NotYet,
    holds,
    last_try,
    of_nobody,
    only_messages,
    parse,
    put_off,
)

log = structlog.get_logger()

BATCH = 128
"""Rows that are taken together: more than lanes that are kicked together, so that one look at
lanes with one row each sees that there is no more."""
NEED_NOT = -1.0


class Intake:
    """Takes lanes: leases them, understands their rows in order, gives them back."""

    def __init__(
        self,
        deps: Deps,
        book: Casebook,
        contacts: ContactBook,
        receivers: Mapping[str, Receiver],
        *,
        staff_bots: Mapping[str, Conversation] | None = None,
        residents: ResidentConversation | None = None,
        calls: CallDesk | None = None,
    ) -> None:
        self._deps = deps
        self._calls = calls
        self._receivers = receivers
        self._staff_bots = staff_bots or {}
        self._residents = residents
        self._contacts = contacts
        self._holding = Holding(deps.lanes, deps.clock, deps.policy.lane_lease)
        self._filing = Filing(deps, book)
        self._lone = LoneFiling(deps, book)
        self._threads = Threads(deps, book, self._lone)
        self._receipts = Receipts(deps, book)
        self._assembling = Assembling(deps, self._lone, self._receipts)

    async def take(self, lanes: Sequence[str]) -> None:
        """Understand everything that waits in those of the lanes that nobody else takes. A talk
        with the staff waits for Telegram: it does not hold up what residents write."""
        talks = [lane for lane in lanes if lane.partition(":")[0] in self._staff_bots]
        others = [lane for lane in lanes if lane not in set(talks)] if talks else lanes
        parts = [self._take(some) for some in (others, talks) if some]
        for failed in await asyncio.gather(*parts, return_exceptions=True):
            if failed is not None:
                raise failed

    async def _take(self, lanes: Sequence[str]) -> None:
        pending = list(dict.fromkeys(lanes))
        while pending:
            me = self._deps.ids.new()
            mine = await self._holding.lease(pending, me)
            if not mine:
                return
            stuck: dict[str, float] = {}
            try:
                async with self._holding.held(mine, me):
                    await self._empty(mine, stuck)
            finally:
                # What was kept after the last look has kicked, and whom it kicked found the lane
                # taken.
                pending = await asyncio.shield(self._give_back(mine, me, stuck))

    async def _give_back(
        self, mine: Sequence[str], me: str, stuck: Mapping[str, float]
    ) -> list[str]:
        """Free the lanes; one that waits for a row of its own stays leased until that is due.
        Returns those that others asked for meanwhile."""
        lanes, now = self._deps.lanes, self._deps.clock.now()
        asked = await lanes.free([lane for lane in mine if not stuck.get(lane)], me)
        for lane in mine:
            if stuck.get(lane):
                await lanes.lease([lane], me, now, stuck[lane])
        return asked

    async def _empty(self, lanes: Sequence[str], stuck: dict[str, float]) -> None:
        while True:
            wanted = [lane for lane in lanes if lane not in stuck]
            now = self._deps.clock.now()
            rows = await self._deps.inbox.waiting(wanted, BATCH, now) if wanted else []
            if rows:
                stuck |= await self.understand(rows)
            if len(rows) < BATCH and weighs(rows) < HEAVY:
                return

    async def understand(self, rows: Sequence[InboxRow]) -> dict[str, float]:
        """Take these rows (in order within each lane); returns the lanes that must wait, with the
        seconds for which nobody else may take them (0: others of the lane go on)."""
        stuck: dict[str, float] = {}
        together: list[tuple[InboxRow, list[Inbound]]] = []
        single: list[tuple[InboxRow, list[Received]]] = []
        opened: set[str] = set()
        staff: dict[str, list[InboxRow]] = {}
        for row in rows:
            if row.account in self._staff_bots:
                staff.setdefault(row.lane, []).append(row)
                continue
            try:
                received = parse(self._receivers, row)
            except Unreadable as error:
                await self._deps.inbox.quarantine(row.id, str(error), self._deps.clock.now())
                continue
            except Exception as error:
                # A receiver's bug must not stop the lane: the row waits for a person.
                log.exception("intake.parse", row=row.id, account=row.account)
                await self._deps.inbox.quarantine(
                    row.id, type(error).__name__, self._deps.clock.now()
                )
                continue
            messages = only_messages(received)
            # Once something else than a message came in a lane, the rest of it keeps its order.
            if messages is not None and not row.case and not row.tries and row.lane not in opened:
                together.append((row, messages))
            else:
                opened.add(row.lane)
                single.append((row, received))
        for row, messages in await self._file(together):
            opened.add(row.lane)
            single.append((row, list(messages)))
        if staff:
            waits = await asyncio.gather(*(self._talk(lane) for lane in staff.values()))
            stuck |= {lane: wait for lane, wait in zip(staff, waits, strict=True) if wait >= 0}
        single.sort(key=lambda pair: (pair[0].at, pair[0].seq))
        single = await self._ring(single)
        for row, received in single:
            if row.lane not in stuck:
                wait = await self._one(row, received)
                if wait >= 0:
                    stuck[row.lane] = wait
        return stuck

    async def _ring(
        self, rows: list[tuple[InboxRow, list[Received]]]
    ) -> list[tuple[InboxRow, list[Received]]]:
        """Take many calls at once; returns the rows that must be looked at one by one."""
        told = [
            (row, [one for one in received if isinstance(one, CallEvent)])
            for row, received in rows
            if received and not row.tries
        ]
        whole = {row.id: len(received) for row, received in rows}
        told = [(row, events) for row, events in told if len(events) == whole[row.id]]
        if self._calls is None or len(told) < 2:
            return rows
        try:
            flags = await self._calls.take_many([events for _, events in told])
        except StoreDown:
            raise
        except Exception:
            log.exception("intake.calls", rows=len(told))
            return rows
        done = [row for (row, _), taken in zip(told, flags, strict=True) if taken]
        now = self._deps.clock.now()
        await self._deps.inbox.done([row.id for row in done], now)
        for row in done:
            self._deps.measures.understood(row.account, "done", (now - row.at).total_seconds())
        gone = {row.id for row in done}
        return [pair for pair in rows if pair[0].id not in gone]

    async def _file(
        self, rows: list[tuple[InboxRow, list[Inbound]]]
    ) -> list[tuple[InboxRow, list[Inbound]]]:
        """File many rows at once; returns those that must be looked at one by one."""
        if not rows:
            return []
        try:
            return await self._filing.together(rows)
        except StoreDown:
            raise
        except Exception:
            # One poisonous row must not hold the others up: each is tried alone.
            log.exception("intake.together", rows=len(rows))
            return rows

    async def _one(self, row: InboxRow, received: Sequence[Received]) -> float:
        """Take one row alone. Returns for how long its lane must wait, below 0 if it need not."""
        try:
            with structlog.contextvars.bound_contextvars(trace=row.id):
                for item in received:
                    await self._item(row, item)
        except StoreDown:
            raise
        except Waits as parts:
            await self._deps.inbox.later(row.id, parts.due, str(parts))
            return NEED_NOT
        except NotYet as waits:
            if last_try(row) and all(map(of_nobody, received)):
                log.info("intake.of_nobody", row=row.id, account=row.account)
                await self._done(row)
                return NEED_NOT
            await put_off(self._deps.inbox, row, str(waits), self._deps.clock.now())
            # An edit or report that came too early lets others of its lane go first.
            return NEED_NOT
        except Exception as error:
            log.exception("intake.row", row=row.id, account=row.account)
            await put_off(self._deps.inbox, row, type(error).__name__, self._deps.clock.now())
            return holds(row)
        await self._done(row)
        return NEED_NOT

    async def _item(self, row: InboxRow, item: Received) -> None:
        if isinstance(item, Inbound):
            if row.case or not await self._answers(row, item):
                await (self._threads if item.clues else self._lone).file(row, item)
        elif isinstance(item, Fragment):
            await self._assembling.take(row, item)
        elif isinstance(item, Edit):
            await self._edit(row, item)
        elif isinstance(item, DeliveryReport):
            lost = await self._receipts.report(item)
            if lost:
                await self._contacts.unreachable(lost, item.reason)
        elif isinstance(item, CallEvent):
            if self._calls is None:
                raise NotYet("no_calls")
            await self._calls.take(item)
        else:
            await self._act(row, item)

    async def _answers(self, row: InboxRow, message: Inbound) -> bool:
        """Whether the message says what its sender was asked for, and is no news for a case."""
        return self._residents is not None and await self._residents.answers(message, row.id)

    async def _edit(self, row: InboxRow, edit: Edit) -> None:
        try:
            await self._receipts.edit(edit)
        except NotYet:
            # It stands in no case: it may have said what its sender was asked for.
            if self._residents is None or not await self._residents.corrects(edit, row.id):
                raise

    async def _act(self, row: InboxRow, action: Action) -> None:
        if action.name == "blocked":
            await self._contacts.unreachable(action.sender.identity.key, "blocked")
        elif action.name == "unblocked":
            await self._contacts.unreachable(action.sender.identity.key, "")
        if self._residents is not None:
            await self._residents.handle(action, row.id)

    async def _talk(self, rows: list[InboxRow]) -> float:
        """Updates of one chat of a staff bot, in order. Returns as `_one`."""
        for row in rows:
            now: datetime = self._deps.clock.now()
            try:
                with structlog.contextvars.bound_contextvars(trace=row.id):
                    await self._staff_bots[row.account].handle(row.id, row.account, row.raw.body)
            except StoreDown:
                raise
            except Exception as error:
                log.exception("intake.bot", row=row.id, account=row.account)
                await put_off(self._deps.inbox, row, type(error).__name__, now)
                return holds(row)
            await self._done(row)
        return NEED_NOT

    async def _done(self, row: InboxRow) -> None:
        now = self._deps.clock.now()
        await self._deps.inbox.done([row.id], now)
        seconds = (now - row.at).total_seconds()
        log.debug("intake.done", trace=row.id, account=row.account, seconds=seconds)
        self._deps.measures.understood(row.account, "done", seconds)
