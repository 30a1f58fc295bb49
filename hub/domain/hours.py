"""Working hours: when people answer, and when they will next.

Times of day are minutes after local midnight; what is asked and answered are moments in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Literal, Protocol

import msgspec

HOUSE = "house"
"""The id of the hours that hold for every group without hours of its own."""
DAY = 24 * 60
MONDAY = 0
LOOK_AHEAD = 366
"""Days that are looked through for the next working one."""
MOST_SPANS = 6

DayKind = Literal["plain", "holiday", "workday"]
"""What the state made of a day: nothing, a day off, a working day by transfer."""

_SPAN = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?\s*[-\u2010-\u2015]\s*(\d{1,2})(?:[:.](\d{2}))?", re.ASCII
)


class Holidays(Protocol):
    """The state's calendar."""

    def kind(self, day: date) -> DayKind:
        """What this day is."""

    def name(self, day: date, language: str) -> str:
        """How the holiday is called, empty for other days."""


class Span(msgspec.Struct, frozen=True):
    """At work from `start` until `end`; an end after DAY is on the next day."""

    start: int
    end: int


class SpecialDay(msgspec.Struct, frozen=True, omit_defaults=True):
    """One date that is not like its weekday; without spans nobody works. `name` says why."""

    day: date
    spans: tuple[Span, ...] = ()
    name: str = ""


class Schedule(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The hours of a group (`id`), or of the whole house. `week` begins on Monday. `holidays`:
    public holidays are free, and working days by transfer are worked like a Monday."""

    id: str = msgspec.field(name="_id")
    rev: int = 0
    week: list[list[Span]] = msgspec.field(default_factory=lambda: [[] for _ in range(7)])
    special: list[SpecialDay] = []
    holidays: bool = True


class Calendar:
    """A schedule in a place and a state."""

    def __init__(self, schedule: Schedule, holidays: Holidays, zone: tzinfo) -> None:
        self._schedule = schedule
        self._special = {one.day: one.spans for one in schedule.special}
        self._holidays = holidays
        self._zone = zone

    def spans(self, day: date) -> Sequence[Span]:
        """The hours that begin on this day."""
        if day in self._special:
            return self._special[day]
        usual = self._schedule.week[day.weekday()]
        kind = self._holidays.kind(day) if self._schedule.holidays else "plain"
        if kind == "holiday":
            return ()
        if kind == "workday" and not usual:
            return self._schedule.week[MONDAY]
        return usual

    def intervals(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time that ends after `since`, in order, pieces that touch joined."""
        # What began yesterday may go on over midnight.
        first = since.astimezone(self._zone).date() - timedelta(days=1)
        held: tuple[datetime, datetime] | None = None
        for ahead in range(LOOK_AHEAD + 2):
            day = first + timedelta(days=ahead)
            for span in sorted(self.spans(day), key=lambda one: one.start):
                start, end = self._moment(day, span.start), self._moment(day, span.end)
                if end <= since:
                    continue
                if held is not None and start > held[1]:
                    yield held
                    held = start, end
                else:
                    held = (held[0], max(held[1], end)) if held else (start, end)
        if held is not None:
            yield held

    def is_open(self, at: datetime) -> bool:
        """Whether somebody works at this moment."""
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime | None:
        """When work is next done: `at` itself while it is, None if not within a year."""
        for start, _ in self.intervals(at):
            return max(start, at)
        return None

    def _moment(self, day: date, minutes: int) -> datetime:
        # By the clock on the wall, so that a change of the zone's offset does not shift it.
        wall = datetime.combine(day, time.min) + timedelta(minutes=minutes)
        return wall.replace(tzinfo=self._zone).astimezone(UTC)


def read_spans(text: str) -> list[Span]:
    """Understand «08:00-12:00, 13-20»; empty: nobody works. An end that is not after its start is
    on the next day. Raises ValueError for anything else."""
    spans: list[Span] = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(part)
        start, end = _minutes(found[1], found[2]), _minutes(found[3], found[4])
        if start == DAY:
            raise ValueError(part)
        spans.append(Span(start, end if end > start else end + DAY))
    spans.sort(key=lambda one: one.start)
    overlap = any(one.end > other.start for one, other in pairwise(spans))
    if overlap or len(spans) > MOST_SPANS:
        raise ValueError(text)
    return spans


def written_spans(spans: Sequence[Span]) -> str:
    """As `read_spans` understands it."""
    return ", ".join(f"{clock_time(one.start)}–{clock_time(one.end)}" for one in spans)


def clock_time(minutes: int) -> str:
    """HH:MM; midnight at the end of a day is 24:00."""
    shown = minutes if minutes <= DAY else minutes - DAY
    return f"{shown // 60:02}:{shown % 60:02}"


def _minutes(hours: str, minutes: str | None) -> int:
    found = int(hours) * 60 + int(minutes or 0)
    if found > DAY or int(minutes or 0) > 59:
        raise ValueError(hours)
    return found
