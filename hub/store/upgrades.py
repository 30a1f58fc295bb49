"""From the stored shape of the version before to that of this one, in numbered steps.

A step may be cut off or run twice at once, so each must be safe to repeat; it is written down when
it is done. Steps only go forward: the way back is a backup.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.store.client import Mongo, repeated

COLLECTION = "upgrades"
MARK = "version"


@dataclass(frozen=True)
class Step:
    """Leads from ``number`` - 1 to ``number``; ``name`` says in a word what it changes."""

    number: int
    name: str
    run: Callable[[Mongo], Awaitable[None]]


async def _begin(database: Mongo) -> None:
    """The first shape; nothing was stored before it."""


STEPS: tuple[Step, ...] = (Step(1, "begin", _begin),)


class Ahead(Exception):
    """What is stored was written by a later version than this one knows (``known``)."""

    def __init__(self, stored: int, known: int) -> None:
        super().__init__(f"stored {stored}, known {known}")
        self.stored = stored
        self.known = known


@repeated
async def stored(database: Mongo) -> int:
    """The number of the last step that is done; 0 for an empty database."""
    found = await database[COLLECTION].find_one({"_id": MARK})
    return int(found["value"]) if found else 0


async def upgrade(database: Mongo, now: datetime, steps: Sequence[Step] = STEPS) -> list[Step]:
    """Do what is not done yet, in order; returns it. Raises :class:`Ahead`."""
    known = steps[-1].number
    at = await stored(database)
    if at > known:
        raise Ahead(at, known)
    due = [step for step in steps if step.number > at]
    for step in due:
        await step.run(database)
        await _done(database, step, now)
    return due


@repeated
async def _done(database: Mongo, step: Step, now: datetime) -> None:
    await database[COLLECTION].update_one(
        {"_id": step.number}, {"$setOnInsert": {"name": step.name, "at": now}}, upsert=True
    )
    # Two at once: the mark only rises.
    await database[COLLECTION].update_one(
        {"_id": MARK}, {"$max": {"value": step.number}}, upsert=True
    )
