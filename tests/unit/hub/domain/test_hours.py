"""When people answer, and when they will next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.hours import (
    DAY,
    Calendar,
    Schedule,
    Span,
    SpecialDay,
    read_spans,
    written_spans,
)
from hub.holidays import RussianHolidays
from tests.support.examples import examples

MOSCOW = ZoneInfo("Europe/Moscow")
HOLIDAYS = RussianHolidays()
OFFICE = [Span(8 * 60, 20 * 60)]


def local(*parts: int, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime(*parts, tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type]


def calendar(
    week: list[list[Span]] | None = None,
    *special: SpecialDay,
    holidays: bool = True,
    zone: ZoneInfo = MOSCOW,
) -> Calendar:
    week = week if week is not None else [OFFICE] * 5 + [[], []]
    schedule = Schedule(id="house", week=week, special=list(special), holidays=holidays)
    return Calendar(schedule, HOLIDAYS, zone)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # Wednesday within hours, at the first and after the last minute of them.
        ((2026, 11, 18, 12, 0), (2026, 11, 18, 12, 0)),
        ((2026, 11, 18, 8, 0), (2026, 11, 18, 8, 0)),
        ((2026, 11, 18, 20, 0), (2026, 11, 19, 8, 0)),
        ((2026, 11, 18, 3, 0), (2026, 11, 18, 8, 0)),
        # Friday evening: Monday.
        ((2026, 11, 20, 21, 0), (2026, 11, 23, 8, 0)),
        # New Year: 31 December was made free, 1 to 8 January are, 9 to 11 are a weekend in 2026+.
        ((2025, 12, 30, 21, 0), (2026, 1, 12, 8, 0)),
        ((2026, 12, 30, 21, 0), (2027, 1, 11, 8, 0)),
        # 9 May 2026 is a Saturday: its day off is Monday the 11th.
        ((2026, 5, 8, 20, 30), (2026, 5, 12, 8, 0)),
        # Unity Day.
        ((2026, 11, 3, 20, 30), (2026, 11, 5, 8, 0)),
        # Saturday, 20 February 2027 is worked for Monday the 22nd, which is free with the 23rd.
        ((2027, 2, 19, 21, 0), (2027, 2, 20, 8, 0)),
        ((2027, 2, 20, 21, 0), (2027, 2, 24, 8, 0)),
    ],
)
def test_when_work_is_next_done(now: tuple[int, ...], opens: tuple[int, ...]) -> None:
    found = calendar().next_open(local(*now))
    assert found == local(*opens)
    assert calendar().is_open(local(*now)) == (now == opens)


def test_a_house_that_works_on_holidays_does() -> None:
    assert calendar(holidays=False).is_open(local(2026, 1, 2, 12, 0))
    assert not calendar(holidays=False).is_open(local(2027, 2, 20, 12, 0))


def test_a_shift_over_midnight_ends_in_the_morning() -> None:
    nights = calendar([[Span(20 * 60, 32 * 60)]] * 5 + [[], []])
    assert nights.is_open(local(2026, 11, 18, 23, 59))
    assert nights.is_open(local(2026, 11, 19, 7, 59))
    assert nights.next_open(local(2026, 11, 19, 8, 0)) == local(2026, 11, 19, 20, 0)
    # Friday's night ends on Saturday morning; Sunday has none.
    assert nights.is_open(local(2026, 11, 21, 7, 0))
    assert nights.next_open(local(2026, 11, 21, 9, 0)) == local(2026, 11, 23, 20, 0)


def test_a_break_at_noon() -> None:
    day = calendar([read_spans("08:00-12:00, 13:00-17:00")] * 7, holidays=False)
    assert day.next_open(local(2026, 11, 18, 12, 30)) == local(2026, 11, 18, 13, 0)


def test_round_the_clock_is_one_interval() -> None:
    always = calendar([[Span(0, DAY)]] * 7, holidays=False)
    ((start, end),) = list(always.intervals(local(2026, 11, 18, 12, 0)))
    assert start <= local(2026, 11, 18, 12, 0)
    assert end - start > timedelta(days=360)


def test_closed_all_week_never_opens() -> None:
    assert calendar([[]] * 7).next_open(local(2026, 11, 18, 12, 0)) is None


def test_a_special_day_is_stronger_than_week_and_holiday() -> None:
    new_year = SpecialDay(date(2026, 1, 2), (Span(10 * 60, 12 * 60),))
    closed = SpecialDay(date(2026, 11, 18))
    one = calendar(None, new_year, closed)
    assert one.next_open(local(2026, 1, 1, 12, 0)) == local(2026, 1, 2, 10, 0)
    assert one.next_open(local(2026, 11, 18, 9, 0)) == local(2026, 11, 19, 8, 0)


def test_hours_follow_the_clock_on_the_wall_over_a_change_of_offset() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    one = calendar([OFFICE] * 7, holidays=False, zone=berlin)
    assert one.next_open(local(2026, 3, 28, 21, 0, zone=berlin)) == datetime(
        2026, 3, 29, 6, 0, tzinfo=UTC
    )


spans = st.builds(
    lambda start, length: Span(start, start + length),
    st.integers(0, DAY - 1),
    st.integers(1, DAY),
)
weeks = st.lists(st.lists(spans, max_size=3), min_size=7, max_size=7)


@examples(60)
@given(weeks, st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1)), st.booleans())
def test_next_open_is_never_before_now_and_is_open(
    week: list[list[Span]], now: datetime, free: bool
) -> None:
    one, at = calendar(week, holidays=free), now.replace(tzinfo=UTC)
    found = one.next_open(at)
    if found is None:
        assert not any(week)
        return
    assert found >= at
    assert one.is_open(found)
    if found > at:
        middle = at + (found - at) / 2
        assert not one.is_open(middle)


@examples(60)
@given(st.lists(spans, max_size=1))
def test_what_is_written_is_read_again(day: list[Span]) -> None:
    assert read_spans(written_spans(day)) == day


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("8-20", [Span(480, 1200)]),
        ("08.30 — 17:45", [Span(510, 1065)]),
        ("13-17, 8-12", [Span(480, 720), Span(780, 1020)]),
        ("00:00–24:00", [Span(0, DAY)]),
        ("0-0", [Span(0, DAY)]),
        ("20:00-08:00", [Span(1200, 1920)]),
    ],
)
def test_hours_as_people_type_them(text: str, spans: list[Span]) -> None:
    assert read_spans(text) == spans


@pytest.mark.parametrize(
    "text", ["8", "8-25", "8:70-9", "8-20, 19-22", "24-8", "с 8 до 20", "8-20-"]
)
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_spans(text)
