"""Which case was chosen for an inbox row, before that case was touched.

One document for a whole batch: on the embedded database an update of a row costs seven inserts.
Light writes: the case's own durable save comes after them in the same journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from hub.ports.inbox import InboxRow
from hub.store.client import LIGHT, Mongo, repeated
from hub.store.codec import Document

Chosen = tuple[str, int, int, str]
"""Row id, case, linked case, contact."""


class Plans:
    """`rows` of a document: what was chosen for each row; `bundles`: where those rows stand. The
    newest document counts."""

    def __init__(self, database: Mongo) -> None:
        self._plans = database["plans"]
        self._light = self._plans.with_options(write_concern=LIGHT)

    async def write(self, chosen: Iterable[Chosen], bundles: Iterable[Any]) -> None:
        """Write down what was chosen for rows of these bundles."""
        rows = [
            {"row": row_id, "case": case, "linked": linked, "contact": contact}
            for row_id, case, linked, contact in chosen
        ]
        if rows:
            # The id is made here, so that a repeat after a lost answer is no second document.
            await self._write({"_id": ObjectId(), "bundles": list(set(bundles)), "rows": rows})

    @repeated
    async def _write(self, plan: Document) -> None:
        await self._light.replace_one({"_id": plan["_id"]}, plan, upsert=True)

    @repeated
    async def fill(self, rows: Sequence[InboxRow], bundles: Iterable[Any]) -> None:
        """Tell these rows, which stand in these bundles, what was chosen for them."""
        by_id = {row.id: row for row in rows}
        if not by_id:
            return
        plans = self._plans.find({"bundles": {"$in": list(set(bundles))}}).sort("_id", 1)
        async for plan in plans:
            for chosen in plan["rows"]:
                row = by_id.get(chosen["row"])
                if row is not None:
                    row.case, row.linked = int(chosen["case"]), int(chosen["linked"])
                    row.contact = chosen["contact"]

    @repeated
    async def forget(self, before: datetime) -> None:
        """Delete what was chosen before this."""
        await self._plans.delete_many({"_id": {"$lt": ObjectId.from_datetime(before)}})
