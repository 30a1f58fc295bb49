"""What exchanges tell → calls: saved by revision, then followed; both may be repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from hub.domain.call import Call, call_id
from hub.domain.callevent import CallEvent
from hub.domain.callnote import CallNote
from hub.domain.errors import StoreDown
from hub.domain.message import Identity
from hub.domain.staff import Directory
from hub.ports.live import LiveEvent
from hub.ports.saving import Conflict, Duplicate
from hub.services.callbacks import CallbackBook
from hub.services.callers import CallerBook
from hub.services.callgroups import CallGroups
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.recordings import keeps
from hub.services.ringing import Ringing, rung

log = structlog.get_logger()

ATTEMPTS = 12


class CallIntake:
    """See hub.ports.telephony.CallDesk."""

    def __init__(
        self, deps: Deps, book: Casebook, callers: CallerBook, callbacks: CallbackBook
    ) -> None:
        self._deps = deps
        self._book = book
        self._callers = callers
        self._callbacks = callbacks
        self._ringing = Ringing(deps)
        self._groups = CallGroups(deps, place)

    async def take(self, event: CallEvent) -> None:
        """The event joins its call. What must follow is done again for a repeat: a process may
        have died between the two."""
        call = await self._keep(event)
        await self.follow(call)

    async def take_many(self, calls: Sequence[Sequence[CallEvent]]) -> list[bool]:
        """See hub.ports.telephony.CallDesk. Of what is plain nothing follows but that people
        see it; should the process die here, the repeat is taken alone."""
        kept = await self._groups.keep(calls)
        for call in kept.values():
            await self._ringing.tell(call)
            await self._deps.live.publish(_live(call))
        return [number in kept for number in range(len(calls))]

    async def follow(self, call: Call) -> None:
        """Whatever a call's present state asks for. Doing it twice leaves the same."""
        await self._callbacks.settle(call)
        await self.show(call)
        await self._ringing.tell(call)
        await self._deps.live.publish(_live(call))

    async def show(self, call: Call) -> None:
        """Cases that it is attached to say what is known of it now."""
        if not call.cases:
            return
        note = CallNote.of(call, await self._deps.staff.directory())
        now = self._deps.clock.now()
        for number in call.cases:
            await self._book.change(number, lambda case: case.tell_call(note, now))

    async def _keep(self, event: CallEvent) -> Call:
        for _ in range(ATTEMPTS):
            now = self._deps.clock.now()
            known = await self._deps.calls.get(call_id(event.account, event.call))
            call = known or Call.of(event, now)
            if known is not None and not call.hear(event, now):
                return call
            await self._who(call, now)
            if keeps(self._deps.exchanges.get(event.account)):
                call.want_recordings(now)
            try:
                if known is None:
                    await self._deps.calls.add(call)
                else:
                    await self._deps.calls.save(call)
            except (Conflict, Duplicate):
                continue
            log.debug("call.heard", call=call.id, account=call.account, kind=event.kind)
            return call
        raise StoreDown(what="call", id=call_id(event.account, event.call))

    async def _who(self, call: Call, now: datetime) -> None:
        """Who is at the other end, and who of the staff had it or was rung."""
        facts = call.facts
        place(call, await self._deps.staff.directory())
        call.spam = await self._spam(facts.number)
        if not call.contact and facts.number and not call.spam:
            proven = facts.direction == "in"
            contact = await self._callers.of_call(facts.number, now, proven=proven)
            if contact is not None:
                call.introduce(contact.id, contact.name, contact.premises)

    async def _spam(self, number: str) -> bool:
        if not number:
            return False
        rule = (await self._deps.spam_rules.known()).get(Identity("phone", number).key)
        return rule is not None and rule.what == "spam"


def place(call: Call, directory: Directory) -> None:
    """Say who of the staff had the call or was rung."""
    facts = call.facts
    had = [hand.extension for hand in facts.hands]
    if facts.direction in {"out", "inner"} and facts.caller.extension:
        had.insert(0, facts.caller.extension)
    call.staff = _logins(had, directory)
    call.rung = _logins(facts.rung, directory) or call.rung
    if not call.rung and facts.direction == "in":
        call.rung = [person.login for person in rung(call, directory)]


def _logins(extensions: Iterable[str], directory: Directory) -> list[str]:
    found = [directory.by_extension(one) for one in extensions]
    return list(dict.fromkeys(one.login for one in found if one is not None))


def _live(call: Call) -> LiveEvent:
    return LiveEvent(
        case=0,
        version=call.rev,
        what=["call"],
        group=call.facts.group,
        people=list(dict.fromkeys([*call.staff, *call.rung])),
        call=call.id,
    )
