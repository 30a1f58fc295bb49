"""Windows of time for lists, newest first, each wider than the one before.

The embedded database sorts in memory: a page out of thousands of matches is quick only when the
sort field is bounded. On MongoDB the same bounds ride the index.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

FIRST = timedelta(hours=2)
WIDER = 5
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
MOST = timedelta(days=400)


def windows(
    newest: datetime | None, oldest: datetime | None = None, *, now: datetime | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """Yield (low, high), both inclusive and without overlap (times are whole milliseconds).

    `newest`: where a cursor begins; without one the first window is open towards the future, since
    clocks of machines differ.
    """
    floor = oldest or BEGINNING
    high = newest or END
    width = FIRST
    low = (newest or now or datetime.now(UTC)) - width
    while True:
        if width > MOST or low <= floor:
            if floor <= high:
                yield floor, high
            return
        yield low, high
        high = low - timedelta(milliseconds=1)
        width *= WIDER
        low = high - width
