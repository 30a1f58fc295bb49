"""By which words a case is found: one posting for its head, one for each entry of its thread.

Postings are only added, so a long case costs no more than a short one. They are written before
the case and in the same journal: a case that is there can be found. One whose save was lost names
a case that does not say the word, which harms nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import ReplaceOne

from hub.domain.case import Case
from hub.domain.thread import Entry
from hub.store.caserow import found_of
from hub.store.client import LIGHT, Mongo, repeated
from hub.store.codec import Document
from hub.store.words import case_words, entry_words, query

MOST = 2_000
"""So many of the newest cases that say all words are looked at."""
PROBE = 300
SPANS = (1_000, 10_000, 100_000)
"""Case numbers looked back at first, then wider, then all."""


class Search:
    """Words → case numbers."""

    def __init__(self, database: Mongo) -> None:
        self._words = database["words"]
        self._light = self._words.with_options(write_concern=LIGHT)
        self._counters = database["counters"]

    @repeated
    async def note(self, cases: Sequence[Case]) -> None:
        """Write down by what these cases will be found once they are saved."""
        postings = [posting for case in cases for posting in _postings(case)]
        if postings:
            await self._light.bulk_write(
                [ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in postings],
                ordered=False,
            )

    async def numbers(self, text: str) -> list[int]:
        """Numbers of cases that say every word of the text; a head and entries may share them."""
        terms = query(text)
        if not terms:
            return []
        if len(terms) > 1:
            weights = {term: await self._weight(term) for term in terms}
            terms.sort(key=lambda term: (weights[term], -len(term)))
        counter = await self._counters.find_one({"_id": "case"})
        last = int(counter["value"]) if counter else 0
        found: set[int] = set()
        high = last + SPANS[0]
        for span in (*SPANS, high):
            low = max(0, high - span)
            part = await self._say(terms[0], {"$gt": low, "$lte": high})
            for term in terms[1:]:
                if part:
                    part = await self._say(term, {"$in": sorted(part)})
            found |= part
            high = low
            if low == 0 or len(found) >= MOST:
                break
        return sorted(found, reverse=True)[:MOST]

    async def _weight(self, term: str) -> int:
        postings = self._words.find({"words": term}, {"_id": 1}).limit(PROBE)
        return len(await postings.to_list())

    async def _say(self, term: str, numbers: Document) -> set[int]:
        postings = self._words.find({"words": term, "number": numbers}, {"number": 1, "_id": 0})
        return {int(one["number"]) async for one in postings}


def _postings(case: Case) -> list[Document]:
    found = found_of(case)
    held = int(found.get("seqs", 0)) if found else 0
    fresh = [entry for entry in case.thread if entry.seq > held]
    built = [_posting(f"{case.number}:{entry.seq}", case.number, _said(entry)) for entry in fresh]
    if found is None or _head(found) != _head_of(case):
        built.append(_posting(str(case.number), case.number, case_words(case)))
    return [one for one in built if one["words"]]


def _said(entry: Entry) -> list[str]:
    return entry_words([entry])


def _posting(ident: str, number: int, words: list[str]) -> Document:
    return {"_id": ident, "number": number, "words": words}


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
