"""What is sent without a case.

`waits` repeats the recipient while a letter is unfinished, `next_at` says when it wants to be
looked at; `gone_at` lets finished ones go after a week, until when a repeat of what caused them
finds them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from pymongo.errors import BulkWriteError

from hub.domain.outbox import Letter
from hub.store.client import Mongo, refused, repeated
from hub.store.codec import Document, document, struct
from hub.store.rows import put
from hub.store.together import Together

UNFINISHED = frozenset({"waiting", "sending"})
LOOKED_AT = 5_000
"""Letters that one look for what is due goes through, however many wait."""


class Letters:
    """See hub.ports.letters.Letters."""

    def __init__(self, database: Mongo) -> None:
        self._letters = database["letters"]
        self._added = Together(self._add)

    async def add(self, letters: Sequence[Letter]) -> None:
        """Insert; a letter whose id stands already is left as it is."""
        if letters:
            await self._added.ask([_row(one) for one in letters])

    @repeated
    async def _add(self, added: Sequence[Sequence[Document]]) -> Sequence[None]:
        rows = list(itertools.chain.from_iterable(added))
        try:
            await self._letters.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            refused(error)
        return [None] * len(added)

    @repeated
    async def claim(self, to: str, by: str, now: datetime, seconds: float) -> Letter | None:
        """Lease the earliest unfinished letter to this recipient if it is due."""
        while True:
            found = await self._letters.find_one(
                {"waits": to}, sort=[("at", 1), ("order", 1), ("_id", 1)]
            )
            if found is None:
                return None
            letter = struct(Letter, found)
            if letter.state == "sending" and letter.by == by:
                return letter
            if (letter.lease or letter.due) > now:
                return None
            letter.repeat = letter.repeat or letter.state == "sending"
            letter.state, letter.by, letter.tries = "sending", by, letter.tries + 1
            letter.lease = now + timedelta(seconds=seconds)
            known = {"_id": letter.id} | {
                name: found.get(name) for name in ("state", "tries", "by")
            }
            if (await self._letters.replace_one(known, _row(letter))).matched_count:
                return letter

    async def settle(self, letter: Letter) -> None:
        """Write state, due and tries back; nobody holds it any more."""
        letter.lease = None
        await put(self._letters, _row(letter))

    @repeated
    async def due(self, now: datetime, limit: int) -> list[str]:
        """Recipients for whom something is due."""
        found = await self._letters.aggregate(
            [
                {"$match": {"next_at": {"$lte": now}}},
                {"$sort": {"next_at": 1}},
                {"$limit": LOOKED_AT},
                {"$project": {"to": 1}},
            ]
        )
        return list(dict.fromkeys([row["to"] async for row in found]))[:limit]


def _row(letter: Letter) -> Document:
    built = document(letter)
    if letter.state in UNFINISHED:
        built["waits"] = letter.to
        built["next_at"] = letter.lease or letter.due
    else:
        built["gone_at"] = letter.due
    return built
