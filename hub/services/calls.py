"""Calls as staff see them: the log, whose they are, which cases they belong to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

import msgspec

from hub.domain.call import LOST, Call, KeptRecording
from hub.domain.callfacts import Hand
from hub.domain.callnote import CallNote
from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.errors import Invalid, NotFound, StoreDown
from hub.domain.message import Identity
from hub.domain.rights import may, require
from hub.domain.spamrules import SpamRule
from hub.domain.staff import Actor
from hub.ports.calls import CallFilter
from hub.ports.files import StoredFile
from hub.ports.paging import Page
from hub.ports.saving import Conflict
from hub.ports.telephony import Answering, Dialling, Recorded
from hub.services.callers import CallerBook, CallerView
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.newcases import NewCase, NewCases, NewContact
from hub.services.recordings import keeps
from hub.services.ringing import rings, rung
from hub.services.senders import everybody

ATTEMPTS = 12
MOST = 999
"""A tab counts no further."""
LIVE = 200
OF_CONTACT = 50


class CallBook:
    """Operators see their own calls and those of their cases, who leads sees all."""

    def __init__(
        self, deps: Deps, book: Casebook, callers: CallerBook, new_cases: NewCases
    ) -> None:
        self._deps = deps
        self._book = book
        self._callers = callers
        self._new_cases = new_cases

    # ── looking ──────────────────────────────────────────────────────────────────────────────

    async def get(self, call_id: str, by: Actor) -> Call:
        """One call, or NotFound."""
        require(by, "call.read")
        call = await self._load(call_id)
        if not await self._sees(call, by):
            raise NotFound(what="call", id=call_id)
        return call

    async def page(
        self, filter: CallFilter, by: Actor, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Call]:
        """The log, the newest first."""
        require(by, "call.read")
        return await self._deps.calls.page(_own(filter, by), cursor, limit)

    async def counts(self, by: Actor, since: datetime) -> dict[str, int]:
        """in, out, missed since a time; callbacks: how many are owed."""
        require(by, "call.read")
        found = {
            kind: await self._deps.calls.count(_own(CallFilter(kind=kind, since=since), by), MOST)
            for kind in ("in", "out", "missed")
        }
        return {**found, "callbacks": await self._deps.callbacks.waiting(MOST)}

    async def of_contact(
        self, contact: Contact, by: Actor, *, limit: int = OF_CONTACT
    ) -> list[Call]:
        """Calls of a person and of all that they stand for, the newest first: for whoever may see
        the person."""
        require(by, "contact.read")
        ids = tuple(await everybody(self._deps.contacts, contact.id))
        page = await self._deps.calls.page(CallFilter(contacts=ids), None, limit)
        return page.items

    async def of_case(self, number: int, by: Actor) -> list[Call]:
        """Calls that belong to a case, in the order in which they came."""
        require(by, "case.read", await self._book.load(number))
        page = await self._deps.calls.page(CallFilter(case=number), None, LIVE)
        return page.items[::-1]

    async def ringing(self, by: Actor) -> list[Call]:
        """Who calls this person at this very moment."""
        if not may(by, "call.read"):
            return []
        now, directory = self._deps.clock.now(), await self._deps.staff.directory()
        calls = [one for one in await self._under_way() if rings(one, now)]
        return [
            one for one in calls if any(person.login == by.login for person in rung(one, directory))
        ]

    async def talking(self, by: Actor) -> list[Call]:
        """Conversations that this person has now."""
        if not may(by, "call.read"):
            return []
        now, directory = self._deps.clock.now(), await self._deps.staff.directory()

        def has(hand: Hand | None) -> bool:
            person = directory.by_extension(hand.extension) if hand is not None else None
            return person is not None and person.login == by.login

        return [
            one
            for one in await self._under_way()
            if one.facts.answered_at is not None
            and one.live(now)
            and (has(one.facts.hands[-1] if one.facts.hands else None) or _alone(one, by))
        ]

    async def who(self, number: str, by: Actor) -> CallerView:
        """What is known of the other end."""
        require(by, "contact.read")
        return await self._callers.view(number)

    @property
    def on(self) -> bool:
        """Some account is a telephone exchange."""
        ports = (Answering, Dialling, Recorded)
        return any(isinstance(one, ports) for one in self._deps.exchanges.values())

    def records(self, account: str) -> bool:
        """Whether this account's exchange keeps recordings that the hub can fetch."""
        return keeps(self._deps.exchanges.get(account))

    # ── doing ────────────────────────────────────────────────────────────────────────────────

    async def attach(self, call_id: str, number: int, by: Actor) -> Case:
        """«Прикрепить к обращению». The case first: if the process dies between the two, doing it
        again completes it."""
        require(by, "call.attach")
        call = await self.get(call_id, by)
        now, note = self._deps.clock.now(), await self._note(call)
        if number in call.cases:
            return await self._book.load(number)
        case = await self._book.change(
            number,
            lambda one: one.attach_call(
                note, call.facts.started_at, call.facts.direction or "in", call.channel, by, now
            ),
            by=by,
            right="case.comment",
        )
        await self._change(call_id, lambda one: one.attach(number, now))
        return case

    async def open_case(self, call_id: str, text: str, by: Actor) -> Case:
        """«Создать обращение» out of a call: number, address and the call itself go with it. Again:
        the case that it made before."""
        call = await self.get(call_id, by)
        view = await self._callers.view(call.facts.number)
        known = view.known
        contact = NewContact(id=known.id) if known else NewContact(phone=call.facts.number)
        case = await self._new_cases.open(
            NewCase(
                text=text,
                key=f"call:{call.id}",
                contact=contact,
                premises=call.premises,
                channel=call.channel,
                group=call.facts.group,
            ),
            by,
        )
        await self.attach(call_id, case.number, by)
        return await self._book.load(case.number)

    async def detach(self, call_id: str, number: int, by: Actor) -> Case:
        """It was attached by mistake."""
        require(by, "call.attach")
        now = self._deps.clock.now()
        await self._change(call_id, lambda one: one.detach(number, now))
        return await self._book.change(
            number, lambda one: one.detach_call(call_id, by, now), by=by, right="case.comment"
        )

    async def block(self, call_id: str, by: Actor) -> Call:
        """Calls from this number are spam from now on; admins see and undo it among the senders
        of spam."""
        require(by, "case.spam")
        call = await self.get(call_id, by)
        if not call.facts.number:
            raise Invalid(field="number", reason="required")
        await self._deps.spam_rules.put(
            SpamRule(
                id=Identity("phone", call.facts.number).key,
                what="spam",
                name=call.name,
                by=by.login,
                at=self._deps.clock.now(),
            )
        )
        entry = await self._deps.callbacks.open_for(call.facts.number)
        if entry is not None and entry.done(by.login, "", self._deps.clock.now()):
            await self._deps.callbacks.save(entry)
        return await self._change(call_id, _spam)

    async def again(self, call_id: str, by: Actor) -> Call:
        """Ask the exchange for the recordings once more."""
        await self.get(call_id, by)
        return await self._change(call_id, lambda one: one.again(self._deps.clock.now()))

    # ── recordings ───────────────────────────────────────────────────────────────────────────

    async def recording(
        self, call_id: str, by: Actor, *, index: int = 0
    ) -> tuple[Call, KeptRecording, StoredFile]:
        """One of a call's recordings that is here, or NotFound."""
        call = await self.get(call_id, by)
        ready = [one for one in call.recordings if one.state == "ready"]
        if not 0 <= index < len(ready):
            raise NotFound(what="file", id=call_id)
        info = await self._deps.files.info(ready[index].file)
        if info is None:
            raise NotFound(what="file", id=ready[index].file)
        return call, ready[index], info

    def read(self, info: StoredFile, start: int, stop: int) -> AsyncIterator[bytes]:
        """Bytes [start, stop) of what `recording` found."""
        return self._deps.files.read(info.id, start, stop)

    # ── inside ───────────────────────────────────────────────────────────────────────────────

    async def _under_way(self) -> Sequence[Call]:
        return await self._deps.calls.under_way(self._deps.clock.now() - LOST, LIVE)

    async def _note(self, call: Call) -> CallNote:
        return CallNote.of(call, await self._deps.staff.directory())

    async def _sees(self, call: Call, by: Actor) -> bool:
        if may(by, "call.all") or by.login in {*call.staff, *call.rung}:
            return True
        if not call.staff and (call.facts.missed or call.facts.ringing):
            # Nobody took it: it is everybody's.
            return True
        cases = await self._deps.cases.many(call.cases)
        return any(may(by, "case.read", case) for case in cases.values())

    async def _load(self, call_id: str) -> Call:
        call = await self._deps.calls.get(call_id)
        if call is None:
            raise NotFound(what="call", id=call_id)
        return call

    async def _change(self, call_id: str, decide: Callable[[Call], object]) -> Call:
        for _ in range(ATTEMPTS):
            call = await self._load(call_id)
            decide(call)
            try:
                await self._deps.calls.save(call)
            except Conflict:
                continue
            return call
        raise StoreDown(what="call", id=call_id)


def _own(filter: CallFilter, by: Actor) -> CallFilter:
    """Who does not lead sees their own; a missed call is everybody's whose desk it rang at."""
    if may(by, "call.all"):
        return filter
    return msgspec.structs.replace(filter, staff=by.login)


def _alone(call: Call, by: Actor) -> bool:
    """The exchange does not say who has it, but they are the only one it can be."""
    return not call.facts.hands and call.staff == [by.login]


def _spam(call: Call) -> None:
    call.spam = True
