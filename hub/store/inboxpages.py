"""Pages of what was kept, newest first, as admins read them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.ports.inbox import InboxRow, InboxState
from hub.ports.paging import Page
from hub.store.bundles import NEW, QUARANTINED, Bundles
from hub.store.client import Collection, repeated
from hub.store.codec import Document
from hub.store.cursor import after, milliseconds, place
from hub.store.inboxrows import row_of
from hub.store.plans import Plans
from hub.store.windows import BEGINNING, Windows

SPREAD = timedelta(minutes=5)
"""Rows of one bundle were kept within this time, and more."""
TOLD = {"_id": 1, "at": 1, "account": 1}
LANES: dict[InboxState | None, Any] = {"new": NEW, "quarantined": QUARANTINED}
Known = tuple[Document | None, datetime | None]
"""Of a row: its entry, None when it is done, and when it was."""


class InboxPages:
    """Rows with what their bundles say of them."""

    def __init__(self, rows: Collection, bundles: Bundles, plans: Plans) -> None:
        self._rows = rows
        self._bundles = bundles
        self._plans = plans

    @repeated
    async def page(
        self, *, account: str, state: InboxState | None, cursor: str | None, limit: int
    ) -> Page[InboxRow]:
        """A body that stands in a file is left out."""
        begin = place(cursor)
        wanted = {"account": account} if account else {}
        pool: list[Document] = []
        ready: list[Document] = []
        spans = Windows(begin.time + SPREAD if begin else None)
        async for low, ids in self._ids(state, spans):
            found = self._rows.find({"_id": {"$in": ids}, **wanted}, TOLD) if ids else None
            fresh = [row async for row in found] if found is not None else []
            pool += [row for row in fresh if begin is None or _place_of(row) < (begin.at, begin.id)]
            # What is older than the window may still be overtaken by rows of bundles not yet seen.
            ready = [row for row in pool if row["at"] >= low]
            if len(ready) > limit:
                break
            spans.found(len(fresh), limit + 1 - len(ready))
        ready.sort(key=_place_of, reverse=True)
        items = await self._read([row["_id"] for row in ready[:limit]])
        more = len(ready) > limit
        return Page(items, after(items[-1].at, items[-1].id) if more and items else None)

    async def _ids(
        self, state: InboxState | None, spans: Windows
    ) -> AsyncIterator[tuple[datetime, list[str]]]:
        """Window by window: its lower end, and the rows in this state of the bundles within. What
        waits is not much, and is found at once."""
        if state in LANES:
            bundles = await self._bundles.held(LANES[state])
            yield BEGINNING, _in_state(bundles, state)
            return
        for low, high in spans:
            yield low, _in_state(await self._bundles.between(low, high), state)

    async def _read(self, ids: Sequence[str]) -> list[InboxRow]:
        found = self._rows.find({"_id": {"$in": list(ids)}})
        by_id = {row.id: row for row in await self.told([row async for row in found])}
        return [by_id[row_id] for row_id in ids if row_id in by_id]

    async def told(self, rows: Sequence[Document]) -> list[InboxRow]:
        """These rows with what became of them."""
        bundles = await self._bundles.of(row["bundle"] for row in rows)
        known = {name: _rows_in(bundle) for name, bundle in bundles.items()}
        built = [
            row_of(row, *known.get(row["bundle"], {}).get(row["_id"], (None, None))) for row in rows
        ]
        await self._plans.fill(built, bundles)
        return built


def _in_state(bundles: Sequence[Document], state: InboxState | None) -> list[str]:
    return [
        row_id
        for bundle in bundles
        for row_id, known in _rows_in(bundle).items()
        if state is None or state == _state(known)
    ]


def _rows_in(bundle: Document) -> dict[str, Known]:
    """Every row of a bundle. Who waits again after it was done, waits."""
    found: dict[str, Known] = {}
    for one in bundle.get("done", ()):
        found.update(dict.fromkeys(one["ids"], (None, one["at"])))
    found.update({entry["id"]: (entry, None) for entry in bundle["waiting"]})
    return found


def _state(known: Known) -> InboxState:
    entry = known[0]
    if entry is None:
        return "done"
    return "quarantined" if entry["lane"] == QUARANTINED else "new"


def _place_of(row: Document) -> tuple[int, str]:
    return milliseconds(row["at"]), row["_id"]
