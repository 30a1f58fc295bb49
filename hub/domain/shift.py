"""Shifts: who is at work now, and for how long they were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

ShiftState = Literal["on", "break", "off"]
SHIFT_STATES: tuple[ShiftState, ...] = ("on", "break", "off")


class Shift(msgspec.Struct, frozen=True):
    """What a person said of themselves last: at work, on a break, gone; and since when."""

    state: ShiftState
    since: datetime


class ShiftSpan(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An interval of work or of a break that is over; being gone is not written down.

    `id` is made of login and beginning, so that writing an interval again only corrects its end.
    """

    id: str = msgspec.field(name="_id")
    login: str
    state: ShiftState
    since: datetime
    until: datetime


def ended(login: str, shift: Shift | None, now: datetime) -> ShiftSpan | None:
    """The interval that ends now; None where nothing counted."""
    if shift is None or shift.state == "off":
        return None
    return ShiftSpan(
        id=f"{login}:{shift.since.isoformat(timespec='milliseconds')}",
        login=login,
        state=shift.state,
        since=shift.since,
        until=max(now, shift.since),
    )


def totals(
    spans: Iterable[ShiftSpan], login: str, shift: Shift | None, begin: datetime, now: datetime
) -> dict[ShiftState, int]:
    """Seconds at work and on breaks between `begin` and `now`, what lasts still included."""
    counted = {span.id: span for span in spans}
    lasting = ended(login, shift, now)
    if lasting is not None:
        # An end that was written down just before the change itself was lost counts no more.
        counted[lasting.id] = lasting
    found: dict[ShiftState, int] = dict.fromkeys(SHIFT_STATES, 0)
    for span in counted.values():
        seconds = (min(span.until, now) - max(span.since, begin)).total_seconds()
        found[span.state] += max(0, round(seconds))
    return found
