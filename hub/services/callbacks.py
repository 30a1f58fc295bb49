"""Calls that are owed: an entry for each number that did not get through, worked off by staff."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import structlog

from hub.domain.call import Call
from hub.domain.callback import Callback, owed_at
from hub.domain.errors import AlreadyTaken, NotFound, StoreDown
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.calls import CallbackFilter, CallFilter
from hub.ports.live import LiveEvent
from hub.ports.paging import Page
from hub.ports.saving import Conflict, Duplicate
from hub.services.deps import Deps
from hub.services.ringing import rung
from hub.services.staffletters import letters_to

log = structlog.get_logger()

ATTEMPTS = 12
LOOK_BACK = 20
"""Calls of a number that are looked through for one that got through."""
BADGE = 100
SWEEP = 50


class CallbackBook:
    """One entry stands for a number; nothing is doubled however many legs or calls were missed."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def settle(self, call: Call) -> None:
        """What this call means for entries: it makes one, ends one, or is taken out of one again.
        Repeating this leaves the same."""
        number = call.facts.number
        if not number or call.spam:
            return
        if call.facts.owed:
            await self._owe(call)
        elif await self._changed_mind(call) or call.facts.over or call.facts.answered:
            await self._tell(call)

    async def page(
        self, by: Actor, *, done: bool = False, cursor: str | None = None, limit: int = 50
    ) -> Page[Callback]:
        """Open ones, who waits longest first; or those that are settled, the newest first."""
        require(by, "callback.work")
        filter = CallbackFilter(state="done" if done else "open")
        return await self._deps.callbacks.page(filter, cursor, limit)

    async def open_for(self, number: str) -> Callback | None:
        """The open entry of a number."""
        return await self._deps.callbacks.open_for(number) if number else None

    async def get(self, entry_id: str, by: Actor) -> Callback:
        """One of them, or NotFound."""
        require(by, "callback.work")
        return await self._load(entry_id)

    async def take(self, entry_id: str, by: Actor) -> Callback:
        """«Перезвоню»: nobody else calls meanwhile. Raises AlreadyTaken."""
        require(by, "callback.work")
        now = self._deps.clock.now()
        directory = await self._deps.staff.directory()

        def decide(entry: Callback) -> None:
            if entry.state == "open" and not entry.take(by.login, now):
                raise AlreadyTaken(operator=directory.name(entry.taken_by))

        return await self._change(entry_id, decide)

    async def give_back(self, entry_id: str, by: Actor) -> Callback:
        """Somebody else may call."""
        require(by, "callback.work")
        now = self._deps.clock.now()
        return await self._change(entry_id, lambda entry: entry.give_back(now))

    async def done(self, entry_id: str, by: Actor, comment: str = "") -> Callback:
        """It is settled without a call that the hub heard of."""
        require(by, "callback.work")
        now = self._deps.clock.now()
        return await self._change(
            entry_id, lambda entry: entry.done(by.login, comment.strip()[:500], now)
        )

    async def waiting(self) -> int:
        """How many are open, up to a hundred."""
        return await self._deps.callbacks.waiting(BADGE)

    async def sweep(self) -> None:
        """Entries past their time: those who lead hear of it, once."""
        now = self._deps.clock.now()
        directory = await self._deps.staff.directory()
        for entry_id in await self._deps.callbacks.late(now, SWEEP):
            entry = await self._deps.callbacks.get(entry_id)
            if entry is None or not entry.late(now):
                continue
            leads = directory.members(entry.group, "supervisor") or directory.members(
                "", "supervisor"
            )
            letters = letters_to(
                leads,
                f"callback:{entry.id}:{entry.rev}",
                "callback",
                {"callback": entry.id},
                now,
            )
            # The letters first: their names make a second writing of them harmless.
            await self._deps.letters.add(letters)
            await self._change(entry_id, lambda one: one.alert(now))
            await self._deps.engine.post([letter.to for letter in letters])
            log.info("callback.late", entry=entry_id)

    # ── what calls do ────────────────────────────────────────────────────────────────────────

    async def _owe(self, call: Call) -> None:
        for _ in range(ATTEMPTS):
            now = self._deps.clock.now()
            held = await self._deps.callbacks.holding(call.id)
            if held is not None and held.state == "done":
                # It was settled: what comes late about this call opens nothing anew.
                return
            if held is None and await self._since(call):
                return
            entry = await self._deps.callbacks.open_for(call.facts.number)
            try:
                if entry is not None:
                    if entry.add(call, now):
                        await self._deps.callbacks.save(entry)
                        await self._say(entry)
                    await self._announce(entry, call)
                    return
                entry = Callback.of(call, now, id=self._deps.ids.new())
                await self._deps.callbacks.add(entry)
                log.info("callback.owed", entry=entry.id, why=entry.why)
                await self._say(entry)
                await self._announce(entry, call)
            except (Conflict, Duplicate):
                continue
            return
        raise StoreDown(what="callback", id=call.id)

    async def _announce(self, entry: Callback, call: Call) -> None:
        """Those whose telephones rang hear at once whom they owe a call, once for an entry: the
        norm leaves ten minutes. The letter's name makes a repeat of this harmless."""
        now = self._deps.clock.now()
        if entry.calls[0] != call.id or entry.taken_by or entry.late(now):
            return
        people = rung(call, await self._deps.staff.directory())
        letters = letters_to(people, f"owed:{entry.id}", "callback", {"callback": entry.id}, now)
        if letters:
            await self._deps.letters.add(letters)
            await self._deps.engine.post([letter.to for letter in letters])

    async def _since(self, call: Call) -> bool:
        """People spoke with this number after the call rang in vain."""
        page = await self._deps.calls.page(
            CallFilter(number=call.facts.number, since=call.facts.started_at), None, LOOK_BACK
        )
        at = owed_at(call)
        return any(
            one.facts.answered and one.facts.started_at >= at and one.id != call.id
            for one in page.items
        )

    async def _changed_mind(self, call: Call) -> bool:
        """A call that counted as missed was answered, as late events prove."""
        entry = await self._deps.callbacks.holding(call.id)
        if entry is None or entry.state != "open":
            return False
        now = self._deps.clock.now()
        await self._change(entry.id, lambda one: one.take_back(call.id, now))
        return True

    async def _tell(self, call: Call) -> None:
        entry = await self._deps.callbacks.open_for(call.facts.number)
        if entry is not None:
            now = self._deps.clock.now()
            await self._change(entry.id, lambda one: one.tell(call, now))

    async def _load(self, entry_id: str) -> Callback:
        entry = await self._deps.callbacks.get(entry_id)
        if entry is None:
            raise NotFound(what="callback", id=entry_id)
        return entry

    async def _change(self, entry_id: str, decide: Callable[[Callback], object]) -> Callback:
        for _ in range(ATTEMPTS):
            entry = await self._load(entry_id)
            before = msgspec.msgpack.encode(entry)
            decide(entry)
            if before == msgspec.msgpack.encode(entry):
                return entry
            try:
                await self._deps.callbacks.save(entry)
            except Conflict:
                continue
            await self._say(entry)
            return entry
        raise StoreDown(what="callback", id=entry_id)

    async def _say(self, entry: Callback) -> None:
        """Open pages show the list anew."""
        await self._deps.live.publish(
            LiveEvent(
                case=0, version=entry.rev, what=["callback"], group=entry.group, call=entry.id
            )
        )
