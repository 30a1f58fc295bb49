"""Durable intake: the rows of what came in, and what became of them."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hub.ports.channel import Kept, Key, RawRequest
from hub.ports.inbox import HEAVY, InboxRow
from hub.store.asking import parts
from hub.store.blobs import Blobs
from hub.store.bundles import NEW, QUARANTINED, TOUCHED, Bundles, Place, entry_of
from hub.store.client import Mongo, repeated
from hub.store.cursor import milliseconds
from hub.store.inboxpages import InboxPages
from hub.store.inboxrows import SEQ_BYTES, row_document, row_of
from hub.store.indexes import RAW
from hub.store.keeping import OnKept, Writers
from hub.store.plans import Chosen, Plans
from hub.store.together import Together

INLINE = 256 * 1024
"""Bytes of a body that still stands in its row."""
ABANDONED = timedelta(minutes=1)
"""After this an entry without its row is of a process that died before it wrote the row."""
PLACES = 20_000
"""Rows whose place is remembered."""


class Inbox:
    """`on_kept` hears the lanes of each group that was written."""

    def __init__(self, database: Mongo) -> None:
        self._rows = database["inbox"]
        self._raw = Blobs(database, RAW)
        self._bundles = Bundles(self._rows)
        self._writers = Writers(self._rows, self._bundles)
        self._seq = itertools.count(1)
        self._me = secrets.token_bytes(6)
        self._plans = Plans(database)
        self._places: dict[str, Place] = {}
        self._ended = Together(self._end)
        self._pages = InboxPages(self._rows, self._bundles, self._plans)
        self.page = self._pages.page

    @property
    def on_kept(self) -> OnKept | None:
        return self._writers.on_kept

    @on_kept.setter
    def on_kept(self, hook: OnKept | None) -> None:
        self._writers.on_kept = hook

    async def close(self) -> None:
        """Write what has gathered."""
        await self._writers.close()

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        """Keep durably; raises StoreDown when the store did not confirm."""
        row = row_document(raw, key, self._me + next(self._seq).to_bytes(SEQ_BYTES, "big"))
        if len(raw.body) > INLINE:
            name = f"{row['_id']}:{row['digest'].hex()}"
            await self._raw.put(name, _once(raw.body), len(raw.body), {})
            row["raw_file"] = name
            del row["body"]
        return await self._writers.keep(row, strict=key.strict)

    @repeated
    async def waiting(self, lanes: Sequence[str], limit: int, now: datetime) -> list[InboxRow]:
        """New rows of these lanes that are due, in the order kept."""
        entries = [
            one
            for one in await self._bundles.waiting(lanes)
            if one[1].get("due") is None or one[1]["due"] <= now
        ]
        rows: list[InboxRow] = []
        places: list[Any] = []
        weight = 0
        void: list[tuple[Any, bytes]] = []
        for first in range(0, len(entries), limit):
            part = entries[first : first + limit]
            held = await self._held([entry["id"] for _, entry in part])
            for bundle, entry in part:
                if weight >= HEAVY:
                    break
                row = held.get(entry["id"])
                if row is not None and row["mark"] == entry["mark"]:
                    self._remember(row["_id"], Place(bundle, row["mark"]))
                    rows.append(await self._whole(row_of(row, entry)))
                    weight += len(rows[-1].raw.body)
                    places.append(bundle)
                elif row is not None or entry["at"] < now - ABANDONED:
                    void.append((bundle, entry["mark"]))
            if len(rows) >= limit or weight >= HEAVY:
                break
        if void:
            await self._bundles.forget(void)
        await self._plans.fill(rows[:limit], places)
        return rows[:limit]

    async def _held(self, ids: Sequence[str]) -> dict[str, Any]:
        return {
            row["_id"]: row
            for some in parts(ids)
            for row in await self._rows.find({"_id": {"$in": some}}).to_list()
        }

    async def choose(self, chosen: Iterable[Chosen]) -> None:
        """Write (row id, case, linked, contact) down, in one call."""
        some = list(chosen)
        places = await self._where([row_id for row_id, *_ in some])
        await self._plans.write(some, [place.bundle for place in places.values()])

    async def done(self, ids: Sequence[str], now: datetime) -> None:
        """These rows are understood and saved."""
        if ids:
            await self._ended.ask((ids, now))

    @repeated
    async def _end(self, ended: Sequence[tuple[Sequence[str], datetime]]) -> Sequence[None]:
        every = [row_id for ids, _ in ended for row_id in ids]
        by_bundle: dict[Any, list[str]] = {}
        for row_id, place in (await self._where(every)).items():
            by_bundle.setdefault(place.bundle, []).append(row_id)
        await self._bundles.done(by_bundle, max(now for _, now in ended))
        for row_id in every:
            self._places.pop(row_id, None)
        return [None] * len(ended)

    @repeated
    async def later(self, row_id: str, due: datetime, error: str) -> None:
        """Try this row again at `due`."""
        for place in (await self._where([row_id])).values():
            await self._bundles.put_off(place, row_id, due, error)

    @repeated
    async def quarantine(self, row_id: str, error: str, now: datetime) -> None:
        """Nobody else waits for this row."""
        row = await self._rows.find_one({"_id": row_id})
        if row is not None:
            facts = {"lane": QUARANTINED, "error": error, "done_at": now}
            await self._bundles.put(row["bundle"], entry_of(row) | facts)

    @repeated
    async def replay(self, row_id: str) -> InboxRow | None:
        """The row is new again."""
        row = await self._rows.find_one({"_id": row_id})
        if row is None:
            return None
        await self._bundles.put(row["bundle"], entry_of(row))
        return await self.get(row_id)

    @repeated
    async def get(self, row_id: str) -> InboxRow | None:
        """The row with its body."""
        row = await self._rows.find_one({"_id": row_id})
        if row is None:
            return None
        (found,) = await self._pages.told([row])
        return await self._whole(found)

    async def stale_lanes(self, before: datetime, limit: int) -> list[str]:
        """Lanes with rows that are due and were kept before this time."""
        lanes = dict.fromkeys(entry["lane"] for entry in await self._bundles.stale(before))
        return list(lanes)[:limit]

    @repeated
    async def expire(self, before: datetime, limit: int) -> int:
        """Delete done rows older than this, and what else is not needed any more."""
        await self._plans.forget(before)
        gone = 0
        while gone < limit:
            bundles = await self._bundles.kept_before(before, TOUCHED)
            if not bundles:
                break
            for bundle in bundles:
                old = [one["ids"] for one in bundle["done"] if one["at"] < before]
                ids = list(dict.fromkeys(itertools.chain.from_iterable(old)))[: limit - gone]
                await self._delete(ids)
                await self._bundles.drop_done(bundle, ids)
                gone += len(ids)
                if gone >= limit:
                    break
        return gone

    async def _delete(self, ids: Sequence[str]) -> None:
        wanted = {"_id": {"$in": list(ids)}}
        rows = self._rows.find({**wanted, "raw_file": {"$exists": True}}, {"raw_file": 1})
        files = [row["raw_file"] async for row in rows]
        if files:
            await self._raw.drop(files)
        await self._rows.delete_many(wanted)

    async def stats(self, now: datetime) -> dict[str, float]:
        """`new`, `quarantined`, `oldest` (seconds)."""
        new, since = await self._bundles.counted(NEW)
        quarantined, _ = await self._bundles.counted(QUARANTINED)
        oldest = milliseconds(now) - milliseconds(since or now)
        return {
            "new": float(new),
            "quarantined": float(quarantined),
            "oldest": max(0.0, oldest / 1000),
        }

    def _remember(self, row_id: str, place: Place) -> None:
        if len(self._places) >= PLACES:
            self._places.clear()
        self._places[row_id] = place

    async def _where(self, ids: Iterable[str]) -> dict[str, Place]:
        """Where these rows stand; most were read a moment ago."""
        wanted = list(dict.fromkeys(ids))
        known = {row_id: self._places[row_id] for row_id in wanted if row_id in self._places}
        missing = [row_id for row_id in wanted if row_id not in known]
        if missing:
            found = self._rows.find({"_id": {"$in": missing}}, {"bundle": 1, "mark": 1})
            async for row in found:
                known[row["_id"]] = Place(row["bundle"], row["mark"])
        return known

    async def _whole(self, built: InboxRow) -> InboxRow:
        if built.raw_file:
            built.raw = msgspec.structs.replace(
                built.raw, body=await self._raw.whole(built.raw_file)
            )
        return built


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
