"""All indexes, declared once; `ensure` is safe to repeat.

Every index of cases is paid for at every save, so there are few: derived fields (`holds`, `tags`,
`wake_at`, see hub.store.caserow) stand for many conditions at once.
"""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from hub.store.client import Mongo, repeated

UP = ASCENDING
DAY = 24 * 3600
FILES, RAW = "files", "raw"
"""GridFS buckets: what residents and staff see, and raw input that is too large for its row."""


def _index(*fields: str, **options: Any) -> IndexModel:
    return IndexModel([(field, UP) for field in fields], **options)


INDEXES: dict[str, list[IndexModel]] = {
    # Both of bundles alone: rows, in the same collection, are found by their id.
    "inbox": [_index("waiting.lane", sparse=True), _index("newest", sparse=True)],
    "plans": [_index("bundles")],
    "cases": [
        # A unique multikey index says nothing within one document (Case itself refuses a key it
        # holds) and would count missing values as equal: hence sparse, and an empty list is never
        # written down.
        _index("holds", unique=True, sparse=True),
        _index("tags", "updated_at"),
        _index("wake_at", sparse=True),
    ],
    "pages": [
        _index("thread.key", unique=True, sparse=True),
        _index("number", "low"),
    ],
    "words": [_index("words", "high")],
    "contacts": [
        _index("verified_keys", unique=True, sparse=True),
        _index("words", "updated_at"),
    ],
    "letters": [
        _index("waits", sparse=True),
        _index("next_at", sparse=True),
        _index("gone_at", expireAfterSeconds=7 * DAY),
    ],
    # So long a message of a bot can be answered; more than a year back nobody scrolls.
    "shown": [
        _index("case", "what", "account", "chat"),
        _index("at", expireAfterSeconds=400 * DAY),
    ],
    "topics": [_index("place", "thread"), _index("case"), _index("place", "called")],
    "links": [_index("expires_at", expireAfterSeconds=30 * DAY)],
    "tokens": [_index("name")],
    "held": [_index("login")],
    "parts": [_index("touched", expireAfterSeconds=7 * DAY)],
    "failures": [_index("tags", "at")],
    "codes": [_index("expires_at", expireAfterSeconds=DAY)],
    "calls": [_index("tags", "at"), _index("fetch_at", sparse=True)],
    "callbacks": [
        _index("tags", "since"),
        _index("calls"),
        _index("open_number", unique=True, sparse=True),
        _index("alert_at", sparse=True),
    ],
    "shifts": [_index("login", "until"), _index("until")],
    f"{FILES}.files": [_index("filename", unique=True)],
    f"{FILES}.chunks": [_index("files_id", "n", unique=True)],
    f"{RAW}.files": [_index("filename", unique=True)],
    f"{RAW}.chunks": [_index("files_id", "n", unique=True)],
}

COUNTERS = ("case",)


@repeated
async def ensure(database: Mongo) -> None:
    """Make what is missing. Counters are made here and only incremented later: an upsert that
    several make at once may answer nothing on the embedded database."""
    for name, indexes in INDEXES.items():
        held = await database[name].index_information() if indexes else {}
        missing = [one for one in indexes if one.document["name"] not in held]
        if missing:
            await database[name].create_indexes(missing)
    for name in COUNTERS:
        try:
            await database["counters"].insert_one({"_id": name, "value": 0})
        except DuplicateKeyError:
            continue
