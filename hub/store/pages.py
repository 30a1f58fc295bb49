"""Pages: the older parts of long threads.

A page is written first, under the name that is next for its case, then the case lets go of what
stands there. A crash in between leaves a page that no case counts: it is written over by the next.
`basis` is the `rev` that a page was cut from: a slow writer never covers what a later one wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pymongo.errors import DuplicateKeyError

from hub.domain.case import Case
from hub.domain.errors import StoreDown
from hub.domain.thread import EVERYWHERE, Entry, HistoryLine
from hub.store.asking import parts
from hub.store.caserow import holds, remember
from hub.store.client import Mongo, repeated
from hub.store.codec import Document, document, struct
from hub.store.paging import grown, parted, split
from hub.store.search import Search


class Pages:
    """Cuts pages and reads them."""

    def __init__(self, database: Mongo, search: Search) -> None:
        self._search = search
        self._pages = database["pages"]
        self._cases = database["cases"]

    async def turn(self, case: Case, saved: Document) -> None:
        """Move the oldest part of a grown case to a page. Losing against another write, or to a
        lost connection, is harmless: the next save tries again."""
        if not grown(saved):
            return
        entries, lines = split(saved)
        if not entries and not lines:
            return
        try:
            kept = await self._move(saved, entries, lines)
        except StoreDown:
            return
        if kept is not None:
            case.thread, case.history = parted(case.thread, entries)[1], case.history[lines:]
            case.pages = kept["pages"]
            remember(case, kept)

    @repeated
    async def _move(self, saved: Document, entries: list[int], lines: int) -> Document | None:
        number, index, rev = saved["_id"], int(saved.get("pages", 0)), saved["rev"]
        moved, thread = parted(saved.get("thread", []), entries)
        history = saved.get("history", [])
        page = {
            "_id": f"{number}:{index}",
            "number": number,
            "index": index,
            "basis": rev,
            "low": min((entry["seq"] for entry in moved), default=0),
            "high": max((entry["seq"] for entry in moved), default=0),
        }
        # An empty list is never written down: the unique index on `thread.key` is sparse.
        page |= {"thread": moved} if moved else {}
        page |= {"history": history[:lines]} if lines else {}
        try:
            await self._pages.replace_one(
                {"_id": page["_id"], "basis": {"$lt": rev}}, page, upsert=True
            )
        except DuplicateKeyError:
            held = await self._pages.find_one({"_id": page["_id"]}, {"basis": 1})
            if held is None or held["basis"] != rev:
                return None
        kept = {**saved, "pages": index + 1, "rev": rev + 1}
        for name, rest in (("thread", thread), ("history", history[lines:])):
            if name in saved:
                kept[name] = rest
        names = ["pages", "rev", "thread", "history"]
        change: Document = {"$set": {name: kept[name] for name in names if name in kept}}
        if keys := holds(kept):
            kept["holds"] = change["$set"]["holds"] = keys
        elif kept.pop("holds", None):
            change["$unset"] = {"holds": ""}
        done = await self._cases.update_one({"_id": number, "rev": rev}, change)
        return kept if done.matched_count else None

    @repeated
    async def thread(self, number: int, before: int | None, limit: int) -> list[Entry]:
        """Up to `limit` entries that stand before the one with this seq, oldest first."""
        case = await self._cases.find_one({"_id": number}, {"thread": 1, "pages": 1})
        if case is None or limit <= 0:
            return []
        part, index = case.get("thread", []), int(case.get("pages", 0)) - 1
        if before is not None:
            position = _position(part, before)
            if position is not None:
                part = part[:position]
            else:
                page = await self._page_of(number, before, index + 1)
                if page is None:
                    part = [entry for entry in part if entry["seq"] < before]
                else:
                    index = page["index"] - 1
                    part = page.get("thread", [])[: _position(page.get("thread", []), before)]
        while len(part) < limit and index >= 0:
            page = await self._pages.find_one({"_id": f"{number}:{index}"}, {"thread": 1})
            part = [*(page.get("thread", ()) if page else ()), *part]
            index -= 1
        return [struct(Entry, entry) for entry in part[-limit:]]

    @repeated
    async def history(self, number: int, below: int) -> tuple[list[HistoryLine], int]:
        """Lines of the newest page below this one that holds any, and its index."""
        wanted = {"number": number, "index": {"$lt": below}, "history": {"$exists": True}}
        found = self._pages.find(wanted, {"index": 1, "history": 1}).sort("index", -1).limit(1)
        for page in await found.to_list():
            return [struct(HistoryLine, line) for line in page["history"]], int(page["index"])
        return [], 0

    @repeated
    async def entry(self, number: int, seq: int) -> Entry | None:
        """An entry that has moved to a page."""
        page = await self._counted(number, seq)
        if page is None:
            return None
        return next(struct(Entry, one) for one in page.get("thread", []) if one["seq"] == seq)

    @repeated
    async def save(self, number: int, entry: Entry) -> bool:
        """Write back an entry of a page over what was read; `turn` moves."""
        page = await self._counted(number, entry.seq)
        if page is None:
            return False
        await self._search.call(number, entry)
        place = f"thread.{_position(page.get('thread', []), entry.seq)}"
        # What is so by default is not written down.
        turns = [entry.turn] if entry.turn else [0, None]
        wanted = {
            "_id": page["_id"],
            f"{place}.seq": entry.seq,
            f"{place}.turn": {"$in": turns},
        }
        written = document(entry) | {"turn": entry.turn + 1}
        done = await self._pages.update_one(wanted, {"$set": {place: written}})
        if not done.matched_count:
            # Perhaps only the answer to an earlier try was lost.
            held = await self._page_of(number, entry.seq, int(page["index"]) + 1)
            part = held.get("thread", []) if held else []
            same = [one for one in part if struct(Entry, one) == struct(Entry, written)]
            if not same:
                return False
        entry.turn += 1
        return True

    async def keys_held(self, keys: Iterable[str]) -> dict[str, int]:
        """Which of these entry keys stand in a case or page: key → number."""
        wanted = set(keys)
        return await self._keys_held(wanted) if wanted else {}

    @repeated
    async def _keys_held(self, wanted: set[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        asked = {"$in": list(wanted)}
        pages = self._pages.find({"thread.key": asked}, {"number": 1, "thread.key": 1})
        async for page in pages:
            held = wanted & {entry["key"] for entry in page["thread"]}
            found.update(dict.fromkeys(held, int(page["number"])))
        async for case in self._cases.find({"holds": asked}, {"holds": 1}):
            found.update(dict.fromkeys(wanted & set(case["holds"]), int(case["_id"])))
        return found

    async def by_external(self, account: str, external_id: str) -> tuple[int, int] | None:
        """(case, seq) of the entry that the provider calls so."""
        for number, seq in await self._search.entries(account, external_id):
            found = await self._entry(number, seq)
            if (
                found is not None
                and account in _names(found)[0]
                and external_id in found.get("external_ids", ())
            ):
                return number, seq
        return None

    async def by_externals(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """`by_external` for many; number of the case. Newest threads are read together."""
        places = await self._search.entries_of(names)
        known = await self._called({number for some in places.values() for number, _ in some})
        found: dict[tuple[str, str], int] = {}
        for (account, external_id), some in places.items():
            for number, seq in some:
                named = known.get((number, seq))
                if named is None:
                    entry = await self._entry(number, seq)
                    named = _names(entry) if entry is not None else ((), ())
                if account in named[0] and external_id in named[1]:
                    found[account, external_id] = number
                    break
        return found

    @repeated
    async def _called(
        self, numbers: Iterable[int]
    ) -> dict[tuple[int, int], tuple[Sequence[str], Sequence[str]]]:
        """What entries of the newest threads of these cases are called."""
        names = {f"thread.{name}": 1 for name in ("seq", "account", "external_ids", "came_to")}
        return {
            (one["_id"], int(entry["seq"])): _names(entry)
            for some in parts(list(numbers))
            for one in await self._cases.find({"_id": {"$in": some}}, names).to_list()
            for entry in one.get("thread", ())
        }

    @repeated
    async def _entry(self, number: int, seq: int) -> Document | None:
        """An entry wherever it stands."""
        case = await self._cases.find_one({"_id": number}, {"thread": 1, "pages": 1})
        if case is None:
            return None
        part = case.get("thread", [])
        position = _position(part, seq)
        if position is None:
            page = await self._page_of(number, seq, int(case.get("pages", 0)))
            part = page.get("thread", []) if page else []
            position = _position(part, seq)
        entry: Document | None = None if position is None else part[position]
        return entry

    async def _counted(self, number: int, seq: int) -> Document | None:
        case = await self._cases.find_one({"_id": number}, {"pages": 1})
        pages = int(case.get("pages", 0)) if case else 0
        return await self._page_of(number, seq, pages) if pages else None

    async def _page_of(self, number: int, seq: int, pages: int) -> Document | None:
        """The page, among those that the case counts, on which this entry stands."""
        spans = self._pages.find({"number": number, "low": {"$lte": seq}}, {"high": 1, "index": 1})
        for span in sorted(await spans.to_list(), key=lambda span: -int(span["index"])):
            if span["index"] < pages and span["high"] >= seq:
                page = await self._pages.find_one({"_id": span["_id"]})
                if page is not None and _position(page.get("thread", []), seq) is not None:
                    return page
        return None


def _names(entry: Document) -> tuple[Sequence[str], Sequence[str]]:
    """At which accounts it is known (Entry.known_at), and what their providers call it."""
    anywhere = [EVERYWHERE] if entry.get("came_to") else []
    return [entry.get("account", ""), *anywhere], entry.get("external_ids", ())


def _position(thread: list[Document], seq: int) -> int | None:
    return next((index for index, entry in enumerate(thread) if entry["seq"] == seq), None)
