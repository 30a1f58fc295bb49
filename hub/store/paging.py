"""When a case has grown: which of its oldest entries and history lines move to a page.

A case opens as quickly with ten thousand messages as with fifty because its document never holds
much more than the newest ones. What is not finished stays with them, however old: an answer on
its way, one that failed and may be sent again, a file that is still fetched.
"""

from __future__ import annotations

from typing import TypeVar

import bson

from hub.store.codec import Document

T = TypeVar("T")

MAX_BYTES = 96 * 1024
MAX_ENTRIES = 150
KEEP_ENTRIES = 100
KEEP_LINES = 250
MAX_LINES = 400
"""Lines of history are short, and what has moved is not shown beside the case any more."""
SMALLEST = 10
"""However large they are, so many of the newest entries stay."""
MAX_UNFINISHED = 500
MAX_UNFINISHED_BYTES = 1024 * 1024
"""More than these are not held back: what becomes of the oldest is then written on their page."""
UNFINISHED = frozenset({"queued", "sending", "failed", "uncertain"})


def grown(found: Document) -> bool:
    """Whether something should move. Cheap for the many small cases."""
    thread, history = found.get("thread", ()), found.get("history", ())
    if len(thread) > MAX_ENTRIES or len(history) > MAX_LINES:
        return True
    if len(thread) <= SMALLEST or len(thread) + len(history) < 20:
        return False
    return _size(thread) + _size(history) > MAX_BYTES and len(thread) > SMALLEST


def split(found: Document) -> tuple[list[int], int]:
    """Which entries (by position, oldest first) and how many of the oldest history lines leave
    the document."""
    thread, history = found.get("thread", []), found.get("history", [])
    stay = _unfinished(found)
    loose = [index for index in range(len(thread)) if index not in stay]
    entries = max(0, len(loose) - KEEP_ENTRIES) if len(loose) > MAX_ENTRIES else 0
    lines = max(0, len(history) - KEEP_LINES) if len(history) > MAX_LINES else 0
    rest = [thread[index] for index in loose[entries:]]
    if _size(rest) + _size(history[lines:]) > MAX_BYTES:
        lines = max(lines, len(history) - KEEP_LINES)
        weight = 0
        for kept, entry in enumerate(reversed(rest)):
            weight += len(bson.encode(entry))
            if weight > MAX_BYTES // 2 and kept >= SMALLEST:
                entries = len(loose) - kept
                break
    return loose[:entries], lines


def parted(items: list[T], leaving: list[int]) -> tuple[list[T], list[T]]:
    """Those that leave and those that stay."""
    gone = set(leaving)
    return [items[index] for index in leaving], [
        item for index, item in enumerate(items) if index not in gone
    ]


def _unfinished(found: Document) -> set[int]:
    """Positions of the newest entries about which something is still to be done."""
    fetched = {row["entry"] for row in found.get("outbox", ()) if row["kind"] == "fetch"}
    stay: set[int] = set()
    weight = 0
    thread = found.get("thread", ())
    for index in range(len(thread) - 1, -1, -1):
        entry = thread[index]
        delivery = entry.get("delivery")
        waits = delivery is not None and delivery.get("state", "queued") in UNFINISHED
        if waits or entry["seq"] in fetched:
            weight += len(bson.encode(entry))
            if len(stay) == MAX_UNFINISHED or weight > MAX_UNFINISHED_BYTES:
                break
            stay.add(index)
    return stay


def _size(items: list[Document]) -> int:
    return len(bson.encode({"_": items})) if items else 0
