"""Who hears of what and when: hours of rest, shifts, digests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.notices import NoticeSettings, Part, Quiet, digest_due, is_quiet, way
from hub.domain.shift import Shift, ShiftState

MOSCOW = ZoneInfo("Europe/Moscow")
KAMCHATKA = ZoneInfo("Asia/Kamchatka")
NIGHT = Quiet(22 * 60, 7 * 60)
LUNCH = Quiet(13 * 60, 14 * 60)
MINE = Part(mine=True)
OTHERS = Part()
CARRIES = Part(mine=True, carries=True)


def moscow(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """A time in Moscow, as UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


def shift(state: ShiftState) -> Shift:
    return Shift(state, moscow(8))


def settings(**chosen: Any) -> NoticeSettings:
    return NoticeSettings(**chosen)


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        (NIGHT, moscow(21, 59), False),
        (NIGHT, moscow(22), True),
        (NIGHT, moscow(0), True),
        (NIGHT, moscow(6, 59), True),
        (NIGHT, moscow(7), False),
        (LUNCH, moscow(12, 59), False),
        (LUNCH, moscow(13), True),
        (LUNCH, moscow(14), False),
        (None, moscow(3), False),
    ],
)
def test_hours_of_rest(quiet: Quiet | None, at: datetime, expected: bool) -> None:
    assert is_quiet(settings(quiet=quiet), at, MOSCOW) is expected


def test_rest_is_by_the_clock_of_the_house_and_not_of_the_server() -> None:
    """Nine hours lie between Moscow and Kamchatka; neither moves its clocks in summer."""
    night = settings(quiet=NIGHT)
    assert not is_quiet(night, moscow(14), MOSCOW)
    assert is_quiet(night, moscow(14), KAMCHATKA)
    for month in (1, 7):
        at = datetime(2026, month, 15, 19, 0, tzinfo=UTC)
        assert is_quiet(night, at, MOSCOW)
        assert not is_quiet(night, at - timedelta(minutes=1), MOSCOW)


@given(start=st.integers(0, 1439), end=st.integers(0, 1439), minute=st.integers(0, 2879))
def test_rest_and_its_opposite_share_the_day(start: int, end: int, minute: int) -> None:
    """Whatever is rest from A to B is none from B to A."""
    if start == end:
        return
    at = moscow(0) + timedelta(minutes=minute)
    there = is_quiet(settings(quiet=Quiet(start, end)), at, MOSCOW)
    back = is_quiet(settings(quiet=Quiet(end, start)), at, MOSCOW)
    assert there is not back


WAYS: list[tuple[NoticeSettings, Shift | None, str, Part, str]] = [
    # nothing chosen, no shifts kept: everything at once
    (settings(), None, "new", OTHERS, "now"),
    (settings(), None, "message", MINE, "now"),
    (settings(), shift("on"), "new", OTHERS, "now"),
    # scope
    (settings(scope="mine"), None, "new", OTHERS, "drop"),
    (settings(scope="mine"), None, "message", MINE, "now"),
    (settings(scope="none"), None, "message", MINE, "drop"),
    (settings(scope="none"), None, "assigned", MINE, "now"),
    (settings(scope="none"), None, "comment", CARRIES, "now"),
    # breaks hold back what is nobody's yet, being gone all that can wait
    (settings(), shift("break"), "new", OTHERS, "hold"),
    (settings(), shift("break"), "message", MINE, "now"),
    (settings(), shift("off"), "new", OTHERS, "hold"),
    (settings(), shift("off"), "message", MINE, "hold"),
    (settings(), shift("off"), "task", MINE, "now"),
    (settings(), shift("off"), "comment", CARRIES, "now"),
    (settings(scope="mine"), shift("off"), "new", OTHERS, "drop"),
    # a digest in place of single notices
    (settings(digest="hourly"), None, "new", OTHERS, "hold"),
    (settings(digest="hourly"), None, "failed", MINE, "now"),
    # who leads is woken, others of the next group are not called back from their rest
    (settings(), shift("off"), "escalated", OTHERS, "hold"),
    (settings(), shift("off"), "escalated", Part(leads=True), "now"),
    (settings(scope="mine"), None, "unstaffed", Part(leads=True), "now"),
]


@pytest.mark.parametrize(("chosen", "at_work", "what", "part", "expected"), WAYS)
def test_ways_by_day(
    chosen: NoticeSettings, at_work: Shift | None, what: str, part: Part, expected: str
) -> None:
    assert way(chosen, at_work, what, part, moscow(12), MOSCOW) == expected


@pytest.mark.parametrize(
    ("what", "part", "expected"),
    [
        ("assigned", MINE, "now"),
        ("failed", MINE, "now"),
        ("task", CARRIES, "now"),
        ("comment", CARRIES, "silent"),
        ("comment", MINE, "hold"),
        ("deadline", CARRIES, "silent"),
        ("soon", CARRIES, "silent"),
        ("unstaffed", Part(leads=True), "silent"),
        ("message", MINE, "hold"),
        ("new", OTHERS, "hold"),
        ("overdue", OTHERS, "hold"),
    ],
)
def test_ways_at_night(what: str, part: Part, expected: str) -> None:
    """Only what is meant for this very person wakes them; nothing of the rest is lost."""
    chosen = settings(quiet=NIGHT)
    assert way(chosen, shift("on"), what, part, moscow(23), MOSCOW) == expected


DUE: list[tuple[NoticeSettings, Shift | None, datetime, datetime, bool]] = [
    # without a digest: as soon as the rest is over
    (settings(), None, moscow(9), moscow(9, 1), True),
    (settings(quiet=NIGHT), None, moscow(23, day=22), moscow(6, 59), False),
    (settings(quiet=NIGHT), None, moscow(23, day=22), moscow(7), True),
    (settings(), shift("break"), moscow(9), moscow(12), False),
    (settings(), shift("off"), moscow(9), moscow(12), False),
    (settings(), shift("on"), moscow(9), moscow(12), True),
    # by the full hour
    (settings(digest="hourly"), None, moscow(9, 5), moscow(9, 59), False),
    (settings(digest="hourly"), None, moscow(9, 5), moscow(10), True),
    # at hours, those of yesterday too
    (settings(digest="at", hours=(9, 17)), None, moscow(9, 5), moscow(16, 59), False),
    (settings(digest="at", hours=(9, 17)), None, moscow(9, 5), moscow(17), True),
    (settings(digest="at", hours=(17,)), None, moscow(16, 0, 22), moscow(8), True),
    (settings(digest="at", hours=(17,)), None, moscow(18, 0, 22), moscow(8), False),
    (settings(digest="at"), None, moscow(9), moscow(9, 1), True),
]


@pytest.mark.parametrize(("chosen", "at_work", "oldest", "now", "expected"), DUE)
def test_when_a_digest_is_due(
    chosen: NoticeSettings, at_work: Shift | None, oldest: datetime, now: datetime, expected: bool
) -> None:
    assert digest_due(chosen, at_work, oldest, now, MOSCOW) is expected
