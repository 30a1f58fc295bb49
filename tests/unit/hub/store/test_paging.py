"""What leaves a grown document, and where lists go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.errors import Invalid
from hub.store.cursor import after, milliseconds, place
from hub.store.paging import (
    KEEP_ENTRIES,
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_LINES,
    SMALLEST,
    grown,
    parted,
    split,
)
from hub.store.windows import BEGINNING, END, Windows

AT = datetime(2026, 11, 21, tzinfo=UTC)


def document(entries: int, size: int, lines: int = 0) -> dict[str, Any]:
    return {
        "thread": [{"seq": n, "text": "x" * size} for n in range(entries)],
        "history": [{"action": "taken"}] * lines,
    }


def test_a_small_case_stays_whole() -> None:
    assert not grown({})
    assert not grown(document(MAX_ENTRIES, 100, MAX_LINES))
    assert not grown(document(SMALLEST, MAX_BYTES))


def test_many_entries_leave_the_newest() -> None:
    long = document(MAX_ENTRIES + 1, 10)
    assert grown(long)
    assert split(long) == (list(range(MAX_ENTRIES + 1 - KEEP_ENTRIES)), 0)


def test_what_is_not_finished_stays() -> None:
    long = document(MAX_ENTRIES + 4, 10)
    thread: Any = long["thread"]
    thread[0]["delivery"] = {"state": "failed"}
    thread[1]["delivery"] = {"state": "read"}
    thread[2]["delivery"] = {}
    long["outbox"] = [{"kind": "fetch", "entry": 4}]
    leaving, _ = split(long)
    assert leaving[:3] == [1, 3, 5]
    gone, stay = parted(thread, leaving)
    assert [entry["seq"] for entry in stay[:4]] == [0, 2, 4, 54]
    assert len(gone) + len(stay) == len(thread)


@given(st.integers(0, 400), st.integers(0, 6_000), st.integers(0, 300))
def test_what_stays_is_small_and_never_empty(entries: int, size: int, lines: int) -> None:
    made = document(entries, size, lines)
    leaving, old = split(made)
    moved = len(leaving)
    assert leaving == list(range(moved))
    assert 0 <= moved <= max(0, entries - SMALLEST)
    assert 0 <= old <= lines
    if grown(made):
        assert moved or old
        rest = document(entries - moved, size, lines - old)
        assert not grown(rest) or entries - moved <= SMALLEST


def test_a_cursor_names_the_last_item() -> None:
    at = AT + timedelta(milliseconds=7)
    for ident in (5, "a b/ё"):
        found = place(after(at, ident))
        assert found is not None
        assert (found.time, found.id) == (at, ident)
    assert place(None) is place("") is None
    assert milliseconds(at) % 1000 == 7


@given(st.text(max_size=30))
def test_any_other_cursor_is_refused(text: str) -> None:
    try:
        assert text == "" or place(text) is not None
    except Invalid:
        return


@pytest.mark.parametrize("newest", [None, AT, BEGINNING])
@pytest.mark.parametrize("oldest", [None, AT - timedelta(days=90), AT + timedelta(days=1)])
def test_windows_leave_nothing_out_and_do_not_overlap(
    newest: datetime | None, oldest: datetime | None
) -> None:
    spans = list(Windows(newest, oldest, now=AT))
    floor, top = oldest or BEGINNING, newest or END
    if floor > top:
        assert spans == []
        return
    assert spans[0][1] == top
    assert spans[-1][0] == floor
    for (low, _), (_, high) in pairwise(spans):
        assert low - high == timedelta(milliseconds=1)
    assert all(low <= high for low, high in spans)
    assert len(spans) < 10


def test_a_window_is_as_wide_as_the_last_one_says() -> None:
    spans = Windows(AT)
    widths = []
    for low, high in spans:
        widths.append((high - low).total_seconds())
        if len(widths) == 4:
            break
        spans.found(10, 20 if len(widths) < 3 else 0)
    assert [round(width / 3600) for width in widths] == [2, 6, 18, 18]
