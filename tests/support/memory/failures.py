"""Twin of hub.store.failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hub.domain.failure import Failure
from hub.ports.failures import FailureCount, FailureFilter
from hub.ports.paging import Page
from hub.store.cursor import after, milliseconds, place
from tests.support.memory.table import Table


class MemoryFailures:
    def __init__(self) -> None:
        self._rows = Table(Failure)

    async def put(self, failure: Failure) -> None:
        self._rows.put(failure)

    async def drop(self, ids: Sequence[str]) -> int:
        held = [one for one in dict.fromkeys(ids) if one in self._rows]
        for one in held:
            self._rows.drop(one)
        return len(held)

    async def get(self, failure_id: str) -> Failure | None:
        return self._rows.get(failure_id)

    async def page(self, filter: FailureFilter, cursor: str | None, limit: int) -> Page[Failure]:
        found = self._rows.where(
            lambda one: (
                filter.channel in {"", one.channel}
                and filter.reason in {"", one.reason}
                and filter.operator in {"", one.operator}
            )
        )
        found.sort(key=_key, reverse=True)
        begin = place(cursor)
        if begin is not None:
            found = [one for one in found if _key(one) < (begin.at, begin.id)]
        items, more = found[:limit], len(found) > limit
        return Page(items, after(items[-1].at, items[-1].id) if more else None)

    async def count(self, most: int) -> int:
        return min(len(self._rows), most)

    async def counts(self) -> list[FailureCount]:
        found = Counter((one.channel, one.reason) for one in self._rows)
        return sorted(
            (
                FailureCount(channel=channel, reason=reason, count=count)
                for (channel, reason), count in found.items()
            ),
            key=lambda one: (-one.count, one.channel, one.reason),
        )


def _key(failure: Failure) -> tuple[int, str]:
    return milliseconds(failure.at), failure.id
