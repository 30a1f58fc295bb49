"""From the stored shape of the version before to that of this one, in numbered steps.

A step may be cut off or run twice at once, so each must be safe to repeat; it is written down when
it is done. Steps only go forward: the way back is a backup.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.domain.case import Case
from hub.domain.failure import STUCK, failure_of
from hub.store.bundles import QUARANTINED
from hub.store.caserow import holds
from hub.store.client import Mongo, repeated
from hub.store.codec import Document, struct
from hub.store.failures import row as failure_row
from hub.store.rows import put
from hub.store.search import Posting, together

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


async def _bundles(database: Mongo) -> None:
    """What changes about an inbox row stands in its bundle, no longer in the row (each row of
    before gets a bundle of its own, named like it); the row's index is not needed any more."""
    rows, bundles = database["inbox"], database["bundles"]
    await _drop_index(database, "inbox", "waits_1_at_1")
    await _drop_index(database, "plans", "rows.row_1")
    async for row in rows.find({"bundle": {"$exists": False}, "mark": {"$exists": True}}):
        bundle = _bundle_of(row)
        await bundles.replace_one({"_id": row["_id"]}, bundle, upsert=True)
        await rows.update_one(
            {"_id": row["_id"]},
            {
                "$set": {"bundle": row["_id"], "lane": _lane_of(row)},
                "$unset": dict.fromkeys(("waits", "state", "due", "error", "tries", "done_at"), ""),
            },
        )
    async for plan in database["plans"].find({"bundles": {"$exists": False}}):
        named = [chosen["row"] for chosen in plan["rows"]]
        await database["plans"].update_one({"_id": plan["_id"]}, {"$set": {"bundles": named}})


def _bundle_of(row: Document) -> Document:
    """The bundle of one row as the version before kept it."""
    bundle: Document = {"_id": row["_id"], "at": row["at"], "waiting": []}
    if row.get("state") == "done":
        return bundle | {"done": [{"at": row["done_at"], "ids": [row["_id"]]}]}
    entry = {"id": row["_id"], "mark": row["mark"], "lane": _lane_of(row), "at": row["at"]}
    entry |= {name: row[name] for name in ("due", "error", "tries") if name in row}
    if row.get("state") == "quarantined":
        entry |= {"lane": QUARANTINED, "done_at": row["done_at"]}
    return bundle | {"waiting": [entry]}


def _lane_of(row: Document) -> str:
    lane: str = row["lane"] if "lane" in row else row["waits"]
    return lane


async def _holds(database: Mongo) -> None:
    """A case carries what it alone may have (`holds`) and when it is to be looked at (`wake_at`),
    each under one index where there were two."""
    for name in ("thread.key_1", "conversation_1", "outbox_due_1", "alarm_at_1"):
        await _drop_index(database, "cases", name)
    cases = database["cases"]
    async for found in cases.find({"tags": {"$exists": True}, "holds": {"$exists": False}}):
        resolved = found.get("status") == "resolved"
        names = ("outbox_due",) if resolved else ("outbox_due", "alarm_at")
        wakes = [found[name] for name in names if found.get(name) is not None]
        sets: Document = {"wake_at": min(wakes)} if wakes else {}
        if held := holds(found):
            sets["holds"] = held
        change: Document = {"$unset": {"alarm_at": ""}}
        if sets:
            change["$set"] = sets
        await cases.update_one({"_id": found["_id"], "rev": found["rev"]}, change)


async def _postings(database: Mongo) -> None:
    """Words stand together for many cases."""
    await _drop_index(database, "words", "words_1_number_1")
    words = database["words"]
    async for old in words.find({"high": {"$exists": False}}):
        named = [word for word in old["words"] if word.startswith("=")]
        plain = [word for word in old["words"] if not word.startswith("=")]
        called = [(name, int(seq)) for name in named for seq in old.get("entries", ())]
        posting = Posting(int(old["number"]), plain, called)
        await words.replace_one({"_id": old["_id"]}, together([posting]))


async def _people(database: Mongo) -> None:
    """A contact that stands for others knows it; what did not arrive in open cases is listed."""
    contacts, cases = database["contacts"], database["cases"]
    async for merged in contacts.find({"merged_into": {"$exists": True}}, {"merged_into": 1}):
        await contacts.update_one({"_id": merged["merged_into"]}, {"$set": {"joined": True}})
    stuck = {"thread.delivery.state": {"$in": sorted(STUCK)}}
    async for found in cases.find(stuck):
        case = struct(Case, found)
        for failure in [failure_of(case, entry) for entry in case.thread if case.open]:
            if failure is not None:
                await put(database["failures"], failure_row(failure))


async def _leases(database: Mongo) -> None:
    """Who takes which lane stands in Redis."""
    await database.drop_collection("lanes")


async def _one_inbox(database: Mongo) -> None:
    """Bundles stand among their rows, those named like their one row under a name of their own."""
    inbox, plans = database["inbox"], database["plans"]
    async for bundle in database["bundles"].find():
        name = own = bundle.pop("_id")
        bundle["newest"] = bundle.pop("at")
        if isinstance(name, str):
            own = f"bundle:{name}"
            await plans.update_many({"bundles": name}, {"$set": {"bundles.$": own}})
        await inbox.update_one({"_id": own}, {"$setOnInsert": bundle}, upsert=True)
        if own != name:
            await inbox.update_one({"_id": name}, {"$set": {"bundle": own}})
    await database.drop_collection("bundles")


async def _drop_index(database: Mongo, collection: str, name: str) -> None:
    if name in await database[collection].index_information():
        await database[collection].drop_index(name)


STEPS: tuple[Step, ...] = (
    Step(1, "begin", _begin),
    Step(2, "bundles", _bundles),
    Step(3, "holds", _holds),
    Step(4, "postings", _postings),
    Step(5, "people", _people),
    Step(6, "leases", _leases),
    Step(7, "one inbox", _one_inbox),
)


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
