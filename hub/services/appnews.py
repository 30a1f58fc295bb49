"""What is new for a resident since a position: read from what is stored, so that nothing is missed
and nothing told twice, however often a connection breaks.

A position is made for one case: the highest number of a line that was told, for each document that
the dialogue is written in, and digests of what may change later (the card, the newest lines).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hub.domain.message import stable_id
from hub.domain.thread import Entry
from hub.services.appreader import WINDOW, Dialogue, Line, Reader, fresh_lines, shows
from hub.services.appviews import AppCase, AppMessage
from hub.services.deps import Deps

RECENT = 30
"""Lines, from the newest back, whose later changes are told by themselves."""
MOST_WINDOWS = 50
_POSITION = re.compile(
    r"(?P<marks>\d{1,9}:\d{1,9}(?:,\d{1,9}:\d{1,9}){0,9})"
    r"/(?P<card>[0-9a-f]{0,8})\.(?P<lines>[0-9a-f]{0,8})",
    re.ASCII,
)


@dataclass(frozen=True)
class Position:
    """`marks` by document."""

    marks: dict[int, int]
    card: str = ""
    lines: str = ""

    def __str__(self) -> str:
        marks = ",".join(f"{doc}:{seq}" for doc, seq in self.marks.items())
        return f"{marks}/{self.card}.{self.lines}"


@dataclass(frozen=True)
class News:
    """What to tell, in this order: new lines with the position after each, changed ones, and the
    card (None: it is as it was) with the position at the end."""

    fresh: list[tuple[AppMessage, str]]
    changed: list[AppMessage]
    card: AppCase | None
    position: str


def read_position(text: str) -> Position | None:
    """None for what is no position of ours: then everything is new."""
    found = _POSITION.fullmatch(text)
    if found is None:
        return None
    marks = {
        int(doc): int(seq) for doc, seq in (one.split(":") for one in found["marks"].split(","))
    }
    return Position(marks, found["card"], found["lines"])


def digest(*shown: msgspec.Struct) -> str:
    """A short name for what is shown."""
    return stable_id("shown", *(msgspec.json.encode(one).decode() for one in shown))[:8]


def ends(talk: Dialogue) -> dict[int, int]:
    """How far the documents go now."""
    return {doc.number: doc.seqs for doc in talk.docs}


def recent(lines: Sequence[Line], marks: dict[int, int]) -> list[Line]:
    """The newest lines among those that were told."""
    return [one for one in lines if one.entry.seq <= marks.get(one.doc, 0)][-RECENT:]


async def unknown_lines(
    deps: Deps, talk: Dialogue, reader: Reader, marks: dict[int, int]
) -> list[Line]:
    """Lines with a number above the marks, in the order in which they were made. What is older
    than the newest part of a thread may stand in pages."""
    found: list[Line] = []
    held = fresh_lines(talk, reader)
    for doc in talk.docs:
        mark = marks.get(doc.number, 0)
        here = {one.entry.seq: one for one in held if one.doc == doc.number}
        if doc.pages and mark < min((entry.seq for entry in doc.thread), default=doc.seqs) - 1:
            for entry in await _paged(deps, doc.number, mark):
                # What was written since this look is told by the next one.
                if entry.seq <= doc.seqs and shows(entry, doc, reader):
                    here.setdefault(entry.seq, Line(doc.number, entry))
        found += [here[seq] for seq in sorted(here) if seq > mark]
    return found


async def _paged(deps: Deps, number: int, mark: int) -> list[Entry]:
    entries: list[Entry] = []
    cursor: int | None = None
    for _ in range(MOST_WINDOWS):
        part = await deps.cases.thread(number, cursor, WINDOW)
        entries += [entry for entry in part if entry.seq > mark]
        if len(part) < WINDOW or all(entry.seq <= mark for entry in part):
            break
        cursor = part[0].seq
    return entries
