"""By which words a case is found, and by which provider's ids an entry of it.

Postings, in a collection of their own: one for the head of a case (with what it is opened by), one
for each later entry. They are only added, so a long case costs no more than a short one. They are
written before the case and in the same journal: a case that is there can be found. One whose save
was lost names a case that does not say the word, which harms nobody; ids are compared with the
entry itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError

from hub.domain.case import Case
from hub.domain.thread import Entry
from hub.store.caserow import found_of
from hub.store.client import LIGHT, Mongo, refused, repeated
from hub.store.codec import Document
from hub.store.words import MOST, case_words, entry_words, query

NEWEST = 1_000
"""So many of the newest cases that say all words are looked at."""
PROBE = 300
FEW = 40
"""So many cases are asked for one by one; of more, all that say a word are read."""
SPANS = (1_000, 10_000, 100_000)
"""Case numbers looked back at first, then wider, then all."""


class Search:
    """Words → case numbers; a provider's id → entries."""

    def __init__(self, database: Mongo) -> None:
        self._words = database["words"]
        self._light = self._words.with_options(write_concern=LIGHT)
        self._counters = database["counters"]

    async def note(self, cases: Sequence[Case]) -> None:
        """Write down by what these cases will be found once they are saved."""
        writes = [write for case in cases for write in _writes(case)]
        if writes:
            await self._write(writes)

    async def call(self, number: int, entry: Entry) -> None:
        """Write down what the provider calls an entry of a page."""
        if entry.external_ids:
            name = f"{number}:{entry.seq}:{len(entry.external_ids)}"
            await self._write([InsertOne(_posting(number, name, [], [entry], ids_only=True))])

    @repeated
    async def _write(self, writes: list[InsertOne[Document] | ReplaceOne[Document]]) -> None:
        try:
            await self._light.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            # A posting that stands already is from an earlier try of the same save.
            refused(error)

    async def numbers(self, text: str) -> list[int]:
        """Numbers of cases that say every word of the text; a head and entries may share them."""
        terms = query(text)
        if not terms:
            return []
        if len(terms) > 1:
            weights = {term: await self._weight(term) for term in terms}
            terms.sort(key=lambda term: (weights[term], -len(term)))
        counter = await self._counters.find_one({"_id": "case"})
        high = (int(counter["value"]) if counter else 0) + SPANS[0]
        found: set[int] = set()
        for span in (*SPANS, high):
            low = max(0, high - span)
            here = {"$gt": low, "$lte": high}
            part = await self._say(terms[0], here)
            for term in terms[1:]:
                if len(part) > FEW:
                    part &= await self._say(term, here)
                elif part:
                    part = await self._say(term, {"$in": sorted(part)})
            found |= part
            high = low
            if low == 0 or len(found) >= NEWEST:
                break
        return sorted(found, reverse=True)[:NEWEST]

    @repeated
    async def entries(self, account: str, external_id: str) -> list[tuple[int, int]]:
        """(case, seq) of entries that may be called so by the provider."""
        postings = self._words.find({"words": _external(account, external_id)}, {"entries": 1})
        found: list[tuple[int, int]] = []
        async for one in postings:
            number = int(one["_id"].partition(":")[0])
            found += [(number, int(seq)) for seq in one.get("entries", ())]
        return found

    async def _weight(self, term: str) -> int:
        postings = self._words.find({"words": term}, {"_id": 1}).limit(PROBE)
        return len(await postings.to_list())

    async def _say(self, term: str, numbers: Document) -> set[int]:
        postings = self._words.find({"words": term, "number": numbers}, {"number": 1, "_id": 0})
        return {int(one["number"]) async for one in postings}


def _writes(case: Case) -> list[InsertOne[Document] | ReplaceOne[Document]]:
    found = found_of(case)
    if found is None and case.rev == 0:
        head = _posting(case.number, str(case.number), case_words(case), case.thread)
        return [InsertOne(head)]
    writes: list[InsertOne[Document] | ReplaceOne[Document]] = []
    held = int(found.get("seqs", 0)) if found else 0
    known = _known_ids(found) if found else {}
    for entry in case.thread:
        new_ids = len(entry.external_ids) - known.get(entry.seq, 0)
        if entry.seq > held:
            writes.append(
                InsertOne(_posting(case.number, f"{case.number}:{entry.seq}", [], [entry]))
            )
        elif new_ids > 0:
            name = f"{case.number}:{entry.seq}:{len(entry.external_ids)}"
            writes.append(InsertOne(_posting(case.number, name, [], [entry], ids_only=True)))
    if found is None or _head(found) != _head_of(case):
        head = _posting(case.number, f"{case.number}:head", case_words(case), [])
        writes.append(ReplaceOne({"_id": head["_id"]}, head, upsert=True))
    return writes


def _posting(
    number: int, name: str, words: list[str], entries: list[Entry], *, ids_only: bool = False
) -> Document:
    said = [] if ids_only else entry_words(entries)
    called = [_external(entry.account, one) for entry in entries for one in entry.external_ids]
    built = dict.fromkeys([*words, *said[:MOST], *called])
    posting: Document = {"_id": name, "number": number, "words": list(built)}
    return posting | ({"entries": [entry.seq for entry in entries]} if called else {})


def _external(account: str, external_id: str) -> str:
    # No word begins so.
    return f"={account}={external_id}"


def _known_ids(found: Document) -> dict[int, int]:
    return {
        int(entry["seq"]): len(entry.get("external_ids", ())) for entry in found.get("thread", ())
    }


def _head(found: Document) -> tuple[str, ...]:
    contact = found["contact"]
    names = ("premises", "subject", "text")
    return (
        contact.get("name", ""),
        contact.get("phone", ""),
        *(str(found.get(name, "")) for name in names),
    )


def _head_of(case: Case) -> tuple[str, ...]:
    return case.contact.name, case.contact.phone, case.premises, case.subject, case.text
