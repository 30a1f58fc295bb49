"""Calls of which the first is heard, many at once: one call of each kind to the store for all.

What is plain is written together: calls that nobody knew, from numbers of which it is clear whose
they are, about which nothing is owed. Everything else is left to be taken alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from hub.domain.call import Call, call_id
from hub.domain.callevent import CallEvent
from hub.domain.contact import Contact
from hub.domain.message import Identity
from hub.domain.staff import Directory
from hub.services.callers import at, by_staff, caller_of
from hub.services.deps import Deps
from hub.services.recordings import keeps

MANY = 1000

Place = Callable[[Call, Directory], None]
"""Says who of the staff had the call or was rung."""


class CallGroups:
    """Writes calls together; what follows from each is its caller's affair."""

    def __init__(self, deps: Deps, place: Place) -> None:
        self._deps = deps
        self._place = place

    async def keep(self, told: Sequence[Sequence[CallEvent]]) -> dict[int, Call]:
        """By position in `told`: calls that are written now, about which nothing is owed."""
        now = self._deps.clock.now()
        fresh = await self._fresh(told, now)
        fresh = await self._introduced(fresh, now)
        if not fresh:
            return {}
        numbers = [one.facts.number for one in fresh.values() if one.facts.number]
        ids = [one.id for one in fresh.values()]
        owed = await self._deps.callbacks.about(ids, numbers)
        asked = {entry.number for entry in owed} | {name for entry in owed for name in entry.calls}
        plain = {
            place: one
            for place, one in fresh.items()
            if not one.facts.owed and one.id not in asked and one.facts.number not in asked
        }
        there = set(await self._deps.calls.add_many(list(plain.values()))) if plain else set()
        return {place: one for place, one in plain.items() if one.id not in there}

    async def _fresh(self, told: Sequence[Sequence[CallEvent]], now: datetime) -> dict[int, Call]:
        names = [{call_id(event.account, event.call) for event in events} for events in told]
        once = [
            place
            for place, ids in enumerate(names)
            if len(ids) == 1 and sum(bool(ids & other) for other in names) == 1
        ]
        known = await self._deps.calls.many(name for place in once for name in names[place])
        directory = await self._deps.staff.directory()
        spammers = await self._deps.spam_rules.known()
        fresh: dict[int, Call] = {}
        for place in once:
            if names[place] & known.keys():
                continue
            first, *rest = told[place]
            call = Call.of(first, now)
            for event in rest:
                call.hear(event, now)
            self._place(call, directory)
            rule = spammers.get(Identity("phone", call.facts.number).key)
            call.spam = rule is not None and rule.what == "spam"
            if keeps(self._deps.exchanges.get(call.account)):
                call.want_recordings(now)
            fresh[place] = call
        return fresh

    async def _introduced(self, fresh: dict[int, Call], now: datetime) -> dict[int, Call]:
        """Those of whom it is clear who is at the other end; they know it."""
        asking = {
            place: one.facts.number
            for place, one in fresh.items()
            if one.facts.number and not one.spam
        }
        contacts = self._deps.contacts
        keys = {number: Identity("phone", number).key for number in asking.values()}
        held = await contacts.by_identities(keys.values()) if keys else {}
        unknown = [number for number, key in keys.items() if key not in held]
        maybe = await contacts.at_phones(unknown, MANY) if unknown else []
        if len(maybe) >= MANY:
            return {}
        people: dict[str, Contact | None] = {}
        made: dict[str, Contact] = {}
        for number in unknown:
            if any(by_staff(one, number) for one in at(maybe, number)):
                continue
            people[number] = None
            if any(
                fresh[place].facts.direction == "in"
                for place, one in asking.items()
                if one == number
            ):
                made[number] = caller_of(number, now)
        refused = set(await contacts.add_many(list(made.values())))
        people |= {number: one for number, one in made.items() if one.id not in refused}
        for number, key in keys.items():
            if key in held:
                people[number] = held[key]
        clear: dict[int, Call] = {}
        for place, call in fresh.items():
            number = asking.get(place, "")
            if number and (number not in people or made_in_vain(made, refused, number)):
                continue
            contact = people.get(number)
            if contact is not None:
                call.introduce(contact.id, contact.name, contact.premises)
            clear[place] = call
        return clear


def made_in_vain(made: dict[str, Contact], refused: set[str], number: str) -> bool:
    """Somebody else was first to know this number."""
    return number in made and made[number].id in refused
