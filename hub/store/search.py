"""By which words a case is found, and by which provider's ids an entry of it.

Postings, in a collection of their own, one document for all cases that are saved together: people
who write at the same time write of the same things, so its `words` (what the index holds) are far
fewer than theirs. `said`: word → numbers of cases; `called`: [provider's id, number, entry];
`high`: the highest number. Postings are only added, so a long case costs no more than a short one.
They are written before the cases and in the same journal: a case that is there can be found. One
whose save was lost names a case that does not say the word, which harms nobody; ids are compared
with the entry itself.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from hub.domain.case import Case
from hub.domain.thread import Entry
from hub.store.asking import parts
from hub.store.caserow import found_of
from hub.store.client import LIGHT, Mongo, repeated
from hub.store.codec import Document
from hub.store.words import MOST, case_words, entry_words, query

NEWEST = 1_000
"""So many of the newest cases that say all words are looked at."""
PROBE = 300
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
        await self._write([one for case in cases for one in _postings(case)])

    async def call(self, number: int, entry: Entry) -> None:
        """Write down what the provider calls an entry of a page."""
        if entry.external_ids:
            await self._write([Posting(number, called=called([entry]))])

    async def _write(self, postings: Sequence[Posting]) -> None:
        if postings:
            # The id is made here, so that a repeat after a lost answer is no second document.
            await self._insert({"_id": ObjectId(), **together(postings)})

    @repeated
    async def _insert(self, built: Document) -> None:
        with contextlib.suppress(DuplicateKeyError):
            await self._light.insert_one(built)

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
            part = await self._say(terms[0], low, high)
            for term in terms[1:]:
                if part:
                    part &= await self._say(term, min(part) - 1, max(part))
            found |= part
            high = low
            if low == 0 or len(found) >= NEWEST:
                break
        return sorted(found, reverse=True)[:NEWEST]

    @repeated
    async def entries(self, account: str, external_id: str) -> list[tuple[int, int]]:
        """(case, seq) of entries that may be called so by the provider."""
        name = external(account, external_id)
        found = self._words.find({"words": name}, {"called": 1})
        return [
            (int(number), int(seq))
            async for one in found
            for called_, number, seq in one.get("called", ())
            if called_ == name
        ]

    @repeated
    async def entries_of(
        self, names: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """`entries` for many (account, the provider's id)."""
        wanted = {external(*name): name for name in names}
        places: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for some in parts(list(wanted)):
            found = self._words.find({"words": {"$in": some}}, {"called": 1})
            async for one in found:
                for called_, number, seq in one.get("called", ()):
                    if called_ in some:
                        places.setdefault(wanted[called_], []).append((int(number), int(seq)))
        return places

    async def _weight(self, term: str) -> int:
        found = self._words.find({"words": term}, {"_id": 1}).limit(PROBE)
        return len(await found.to_list())

    async def _say(self, term: str, low: int, high: int) -> set[int]:
        # A document may reach below the span: its lower numbers belong to the next one.
        found = self._words.find({"words": term, "high": {"$gt": low}}, {f"said.{term}": 1})
        numbers = {int(number) async for one in found for number in one["said"].get(term, ())}
        return {number for number in numbers if low < number <= high}


@dataclass(frozen=True)
class Posting:
    """What is to be found in one case."""

    number: int
    words: Sequence[str] = ()
    called: Sequence[tuple[str, int]] = ()


def together(postings: Sequence[Posting]) -> Document:
    """The document of these, but for its id."""
    said: dict[str, list[int]] = {}
    for one in postings:
        for word in one.words:
            said.setdefault(word, []).append(one.number)
    names = [[name, one.number, seq] for one in postings for name, seq in one.called]
    words = dict.fromkeys([*said, *(name for name, _, _ in names)])
    built: Document = {"high": max(one.number for one in postings), "words": list(words)}
    return built | {"said": said} | ({"called": names} if names else {})


def called(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    """What providers call these entries."""
    return [
        (external(account, name), one.seq)
        for one in entries
        for account in one.known_at
        for name in one.external_ids
    ]


def external(account: str, external_id: str) -> str:
    """A provider's id among words: no word begins so."""
    return f"={account}={external_id}"


def _postings(case: Case) -> list[Posting]:
    found = found_of(case)
    if found is None and case.rev == 0:
        said = entry_words(case.thread)[:MOST]
        return [Posting(case.number, _each(case_words(case), said), called(case.thread))]
    held = int(found.get("seqs", 0)) if found else 0
    known = _known_ids(found) if found else {}
    words: list[str] = []
    names: list[tuple[str, int]] = []
    for entry in case.thread:
        if entry.seq > held:
            words += entry_words([entry])[:MOST]
        if entry.seq > held or len(entry.external_ids) > known.get(entry.seq, 0):
            names += called([entry])
    if found is None or _head(found) != _head_of(case):
        words += case_words(case)
    return [Posting(case.number, _each(words), names)] if words or names else []


def _each(*words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(itertools.chain(*words)))


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
