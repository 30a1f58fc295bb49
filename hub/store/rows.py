"""Small documents that are saved whole."""

from __future__ import annotations

from typing import Any

import bson
from bson import CodecOptions
from pymongo.errors import DuplicateKeyError

from hub.ports.saving import Conflict, Duplicate
from hub.store.client import Collection, repeated
from hub.store.codec import Document, document

_OPTIONS: Any = CodecOptions(tz_aware=True)


@repeated
async def put(rows: Collection, built: Document) -> None:
    """Insert or replace by `_id`."""
    await rows.replace_one({"_id": built["_id"]}, built, upsert=True)


@repeated
async def add(rows: Collection, built: Document) -> None:
    """Insert; raises Duplicate. Finding exactly this document means that it got in before."""
    try:
        await rows.insert_one(built)
    except DuplicateKeyError:
        if await rows.find_one({"_id": built["_id"]}) != _kept(built):
            raise Duplicate(built["_id"]) from None


async def swap(rows: Collection, struct: Any, built: Document) -> None:
    """Replace on {_id, rev}; `rev` moves, in the struct too. Raises Conflict, Duplicate."""
    await _swap(rows, {**built, "rev": struct.rev + 1})
    struct.rev += 1


@repeated
async def _swap(rows: Collection, built: Document) -> None:
    known = {"_id": built["_id"], "rev": built["rev"] - 1}
    try:
        done = await rows.replace_one(known, built)
    except DuplicateKeyError:
        raise Duplicate(built["_id"]) from None
    if not done.matched_count and await rows.find_one({"_id": built["_id"]}) != _kept(built):
        raise Conflict(built["_id"])


def _kept(built: Document) -> Document:
    """The document as it comes back: times to the millisecond, sequences as lists."""
    kept: Document = bson.decode(bson.encode(built), _OPTIONS)
    return kept


def with_rev(struct: Any) -> Document:
    """The document with its `rev` written down even while it is 0: saves ask for it."""
    return {**document(struct), "rev": struct.rev}
