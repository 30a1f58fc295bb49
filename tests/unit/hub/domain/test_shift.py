"""Intervals of shifts and what they add up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.domain.shift import Shift, ShiftSpan, ended, totals

DAWN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    return DAWN + timedelta(hours=hours)


def span(state: str, since: float, until: float) -> ShiftSpan:
    found = ended("emma", Shift(state, at(since)), at(until))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_being_gone_is_no_interval() -> None:
    assert ended("emma", None, at(1)) is None
    assert ended("emma", Shift("off", at(0)), at(1)) is None


def test_an_interval_ends_no_earlier_than_it_began() -> None:
    """Clocks of two machines differ."""
    assert span("on", 2, 1).until == at(2)


def test_the_day_counts_from_its_beginning_and_up_to_now() -> None:
    spans = [span("on", -3, 1), span("break", 9, 9.5), span("on", 9.5, 12)]
    found = totals(spans, "emma", Shift("on", at(13)), DAWN, at(14))
    assert found == {"on": (1 + 2.5 + 1) * 3600, "break": 1800, "off": 0}


def test_an_end_whose_change_was_lost_does_not_shorten_what_lasts() -> None:
    """The process died between the two writes: the person still is where they were."""
    begun = Shift("on", at(9))
    lost = ended("emma", begun, at(10))
    assert lost is not None
    assert totals([lost], "emma", begun, DAWN, at(12))["on"] == 3 * 3600
