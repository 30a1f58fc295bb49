"""Shifts and notices of one's own: everybody says for themselves whether they are at work and
what they want to hear of."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.errors import Forbidden, Invalid, StoreDown
from hub.domain.notices import DAY, DIGESTS, MOST_HOURS, SCOPES, NoticeSettings
from hub.domain.shift import SHIFT_STATES, Shift, ShiftState, ended, totals
from hub.domain.staff import Actor, Staff
from hub.ports.saving import Conflict
from hub.services.deps import Deps
from hub.services.digests import Digests
from hub.services.people import People

ATTEMPTS = 5


class ShiftView(msgspec.Struct, frozen=True, kw_only=True):
    """How a person's shift stands. `state` None: they keep no shifts. `worked` and `rested` are
    seconds of today, by the clock of the house."""

    state: ShiftState | None
    since: datetime | None
    worked: int
    rested: int


class Shifts:
    """Nobody says it for somebody else."""

    def __init__(self, deps: Deps, people: People) -> None:
        self._deps = deps
        self._people = people
        self._digests = Digests(deps)

    async def change(self, state: ShiftState, by: Actor) -> ShiftView:
        """На смене, перерыв, ушёл. Who comes to work hears what happened meanwhile."""
        if state not in SHIFT_STATES:
            raise Invalid(field="state", reason="unknown")
        login = _own(by)
        for _ in range(ATTEMPTS):
            person = await self._people.get(login)
            now = self._deps.clock.now()
            if person.shift is not None and person.shift.state == state:
                break
            # The interval first: its id comes from its beginning, so that whatever is cut off
            # after this leaves at most an end that the next change corrects.
            span = ended(login, person.shift, now)
            if span is not None:
                await self._deps.shifts.put(span)
            person.shift, person.updated_at = Shift(state, now), now
            try:
                await self._deps.staff.save(person)
            except Conflict:
                continue
            self._deps.staff.forget()
            break
        else:
            raise StoreDown(what="staff", id=login)
        if state == "on":
            await self._digests.tell(person, "rest")
        return await self._view(person)

    async def shown(self, login: str) -> ShiftView:
        """How the shift of this person stands."""
        return await self._view(await self._people.get(login))

    async def _view(self, person: Staff) -> ShiftView:
        now = self._deps.clock.now()
        here = now.astimezone(ZoneInfo(self._deps.policy.timezone))
        begin = here.replace(hour=0, minute=0, second=0, microsecond=0)
        spans = await self._deps.shifts.since(begin, person.login)
        found = totals(spans, person.login, person.shift, begin, now)
        return ShiftView(
            state=person.shift.state if person.shift else None,
            since=person.shift.since if person.shift else None,
            worked=found["on"],
            rested=found["break"],
        )

    async def choose(self, settings: NoticeSettings, by: Actor) -> Staff:
        """What the person wants to hear of from now on."""
        checked = _checked(settings)

        def decide(person: Staff) -> None:
            person.notices = checked

        return await self._people.save(_own(by), decide)


def _own(by: Actor) -> str:
    if by.kind != "staff":
        raise Forbidden(action="shift")
    return by.login


def _checked(settings: NoticeSettings) -> NoticeSettings:
    if settings.scope not in SCOPES:
        raise Invalid(field="scope", reason="unknown")
    if settings.digest not in DIGESTS:
        raise Invalid(field="digest", reason="unknown")
    quiet = settings.quiet
    times = {quiet.start, quiet.end} if quiet else {0, 1}
    if len(times) < 2 or not all(0 <= at < DAY for at in times):
        raise Invalid(field="quiet", reason="unknown")
    hours = tuple(sorted(set(settings.hours)))
    if not all(0 <= hour < 24 for hour in hours) or len(hours) > MOST_HOURS:
        raise Invalid(field="hours", reason="unknown")
    if settings.digest == "at" and not hours:
        raise Invalid(field="hours", reason="required")
    return msgspec.structs.replace(settings, hours=hours if settings.digest == "at" else ())
