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

Window = tuple[datetime, datetime]


class Windows:
    """Iterate: (low, high), both inclusive and without overlap (times are whole milliseconds).

    `newest`: where a cursor begins; without one the first window is open towards the future, since
    clocks of machines differ. Telling `found` how many a window held, and how many are still
    wanted, makes the next one about as wide as needed.
    """

    def __init__(
        self,
        newest: datetime | None,
        oldest: datetime | None = None,
        *,
        now: datetime | None = None,
    ) -> None:
        self._floor = oldest or BEGINNING
        self._high = newest or END
        self._low = (newest or now or datetime.now(UTC)) - FIRST
        self._width = FIRST
        self._wider: float = WIDER

    def whole(self) -> None:
        """All at once: there are few."""
        self._low = self._floor

    def found(self, count: int, wanted: int) -> None:
        """The last window held `count`; `wanted` more are looked for."""
        if count:
            self._wider = min(max(1.5 * wanted / count, 1.0), WIDER**2)
        else:
            self._wider = WIDER

    def __iter__(self) -> Iterator[Window]:
        while True:
            if self._width > MOST or self._low <= self._floor:
                if self._floor <= self._high:
                    yield self._floor, self._high
                return
            yield self._low, self._high
            self._high = self._low - timedelta(milliseconds=1)
            self._width *= self._wider
            self._low = self._high - timedelta(seconds=round(self._width.total_seconds()))
