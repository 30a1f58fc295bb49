"""Working hours: what admins set, and what residents are told out of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.domain.errors import Invalid
from hub.domain.hours import HOUSE, Calendar, Schedule
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.saving import Conflict, Duplicate
from hub.services.deps import Deps

MOST_SPECIAL = 366
FRESH = timedelta(seconds=5)
"""For so long what was read is believed; another process may have written meanwhile."""


class WorkingHours:
    """A house without hours works round the clock; a group without its own has the house's."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._zone = ZoneInfo(deps.policy.timezone)
        self._read: tuple[datetime, dict[str, Calendar]] | None = None

    async def schedules(self, by: Actor) -> dict[str, Schedule]:
        """All that are set, by group; hub.domain.hours.HOUSE is the house's."""
        require(by, "hours.edit")
        return await self._deps.hours.all()

    async def put(self, schedule: Schedule, by: Actor, *, new: bool = False) -> None:
        """Write the hours of a group or of the house. Raises Invalid, Conflict of the store."""
        require(by, "hours.edit")
        if len(schedule.week) != 7:
            raise Invalid(field="week", reason="wrong")
        if len(schedule.special) > MOST_SPECIAL:
            raise Invalid(field="special", reason="too_long", limit=MOST_SPECIAL)
        if len({one.day for one in schedule.special}) < len(schedule.special):
            raise Invalid(field="special", reason="twice")
        if schedule.id != HOUSE and schedule.id not in (
            groups := (await self._deps.staff.directory()).groups
        ):
            raise Invalid(field="group", reason="unknown", known=sorted(groups))
        schedule.special.sort(key=lambda one: one.day)
        try:
            await self._deps.hours.put(schedule, new=new)
        except Duplicate:
            # Somebody else set the same hours meanwhile.
            raise Conflict(schedule.id) from None
        self._read = None

    async def drop(self, schedule_id: str, by: Actor) -> None:
        """The house's hours hold for this group again (for the house: round the clock)."""
        require(by, "hours.edit")
        await self._deps.hours.drop(schedule_id)
        self._read = None

    def calendar(self, schedule: Schedule) -> Calendar:
        """A schedule here and in this state."""
        return Calendar(schedule, self._deps.holidays, self._zone)

    async def of(self, group: str) -> Calendar | None:
        """The calendar that holds for a group, None where work is done round the clock."""
        now = self._deps.clock.now()
        if self._read is None or not timedelta() <= now - self._read[0] <= FRESH:
            found = await self._deps.hours.all()
            self._read = now, {name: self.calendar(one) for name, one in found.items()}
        calendars = self._read[1]
        return calendars.get(group) or calendars.get(HOUSE)

    async def opens(self, group: str) -> datetime | None:
        """When work is next done, None while it is (or where no hours say that it ever will)."""
        calendar, now = await self.of(group), self._deps.clock.now()
        if calendar is None:
            return None
        opens = calendar.next_open(now)
        return opens if opens != now else None
