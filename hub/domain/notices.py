"""Who hears of what, when and how often. Pure: reactions ask it before anything is written.

Nothing of this hides a case: what a person does not hear of stands in lists as before.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import Literal

import msgspec

from hub.domain.shift import Shift

Scope = Literal["all", "mine", "none"]
SCOPES: tuple[Scope, ...] = ("all", "mine", "none")
DigestMode = Literal["off", "hourly", "at"]
DIGESTS: tuple[DigestMode, ...] = ("off", "hourly", "at")
DAY = 24 * 60
MOST_HOURS = 12
"""Times of day at which a digest may come."""

Way = Literal["now", "silent", "hold", "drop"]
"""At once, at once without a sound, later in a digest, never."""


class Quiet(msgspec.Struct, frozen=True):
    """Hours of rest in minutes after local midnight, `end` not included; over midnight where
    `end` is before `start`."""

    start: int
    end: int


class NoticeSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person has chosen. `scope`: everything of their groups, only their own cases, only
    what cannot wait. `digest`: what can wait comes at once, every hour, or at `hours` (of the
    local day)."""

    scope: Scope = "all"
    quiet: Quiet | None = None
    digest: DigestMode = "off"
    hours: tuple[int, ...] = ()


# Given to this very person, taken away on the way there, or an answer of theirs did not arrive.
URGENT = frozenset(
    {
        "assigned",
        "transferred",
        "responsible",
        "task",
        "task_gone",
        "failed",
        "uncertain",
        "edit_failed",
    }
)
# Of use only while it is fresh: it always comes, at rest without a sound.
FRESH = frozenset({"soon", "deadline", "unstaffed"})


# What colleagues say in a case: who carries it out works by it.
SAID = frozenset({"comment", "revised", "file"})


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What the person has to do with the case: works on it in any way; carries it out and no
    more; leads those who should."""

    mine: bool = False
    carries: bool = False
    leads: bool = False


def way(
    settings: NoticeSettings,
    shift: Shift | None,
    what: str,
    part: Part,
    now: datetime,
    zone: tzinfo,
) -> Way:
    """How a notice of this kind reaches the person. Why it is so: docs/decisions/0006."""
    quiet = is_quiet(settings, now, zone)
    if what in URGENT:
        return "now"
    if (
        what in FRESH
        or (what == "comment" and part.carries)
        or (what == "escalated" and part.leads)
    ):
        return "silent" if quiet else "now"
    if settings.scope == "none" or (settings.scope == "mine" and not part.mine):
        return "drop"
    state = shift.state if shift else "on"
    if quiet or state == "off" or (state == "break" and not part.mine):
        return "hold"
    return "now" if settings.digest == "off" else "hold"


def is_quiet(settings: NoticeSettings, now: datetime, zone: tzinfo) -> bool:
    """Whether it is the person's time of rest, by the clock on the wall."""
    if settings.quiet is None:
        return False
    start, end = settings.quiet.start, settings.quiet.end
    here = now.astimezone(zone)
    minute = here.hour * 60 + here.minute
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end


def digest_due(
    settings: NoticeSettings, shift: Shift | None, oldest: datetime, now: datetime, zone: tzinfo
) -> bool:
    """Whether what was held back since `oldest` may be told now."""
    if is_quiet(settings, now, zone) or (shift is not None and shift.state != "on"):
        return False
    if settings.digest == "off" or (settings.digest == "at" and not settings.hours):
        return True
    return _last_time(settings, now, zone) > oldest


def _last_time(settings: NoticeSettings, now: datetime, zone: tzinfo) -> datetime:
    """The newest time up to now at which a digest was to come."""
    here = now.astimezone(zone)
    if settings.digest == "hourly":
        return here.replace(minute=0, second=0, microsecond=0)
    times = [
        datetime.combine(here.date() - timedelta(days=back), time(hour), zone)
        for back in (0, 1)
        for hour in settings.hours
    ]
    return max(at for at in times if at <= here)
