"""Who is to see that somebody calls, and what they are shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.call import Call
from hub.domain.staff import Directory, Staff
from hub.services.deps import Deps
from hub.services.staffletters import letters_to

FRESH = timedelta(minutes=2)
"""A call that began longer ago is no news for anybody, should its first word come late."""


class Ringing:
    """Tells the bots of those at whose desks it rings; open pages ask by themselves."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def tell(self, call: Call) -> None:
        """One message to each person for a call, however many events there are."""
        now = self._deps.clock.now()
        if not rings(call, now):
            return
        people = rung(call, await self._deps.staff.directory())
        letters = letters_to(people, f"call:{call.id}", "call", {"call": call.id}, now)
        if letters:
            await self._deps.letters.add(letters)
            await self._deps.engine.post([letter.to for letter in letters])


def rings(call: Call, now: datetime) -> bool:
    """Somebody from outside is calling this very moment."""
    facts = call.facts
    return (
        facts.direction == "in"
        and facts.ringing
        and not call.spam
        and now - facts.started_at < FRESH
    )


def rung(call: Call, directory: Directory) -> list[Staff]:
    """At whose desks it rings. Where the exchange does not say it (or nobody here has these
    extensions), everybody of the line's group who is not off shift."""
    named = [directory.staff[login] for login in call.rung if login in directory.staff]
    if named:
        return named
    return [
        person
        for person in directory.members(call.facts.group, "operator")
        if person.shift is None or person.shift.state == "on"
    ]
