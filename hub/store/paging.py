"""When a case has grown: which of its oldest entries and history lines move to a page.

A case opens as quickly with ten thousand messages as with fifty because its document never holds
much more than the newest ones.
"""

from __future__ import annotations

import bson

from hub.store.codec import Document

MAX_BYTES = 96 * 1024
MAX_ENTRIES = 150
KEEP_ENTRIES = 100
KEEP_LINES = 60
MAX_LINES = 150
SMALLEST = 10
"""However large they are, so many of the newest entries stay."""


def grown(found: Document) -> bool:
    """Whether something should move. Cheap for the many small cases."""
    thread, history = found.get("thread", ()), found.get("history", ())
    if len(thread) > MAX_ENTRIES or len(history) > MAX_LINES:
        return True
    if len(thread) <= SMALLEST or len(thread) + len(history) < 20:
        return False
    return _size(thread) + _size(history) > MAX_BYTES and len(thread) > SMALLEST


def split(found: Document) -> tuple[int, int]:
    """How many of the oldest entries and of the oldest history lines leave the document."""
    thread, history = found.get("thread", []), found.get("history", [])
    entries = max(0, len(thread) - KEEP_ENTRIES) if len(thread) > MAX_ENTRIES else 0
    lines = max(0, len(history) - KEEP_LINES) if len(history) > MAX_LINES else 0
    room = MAX_BYTES // 2
    if _size(thread[entries:]) + _size(history[lines:]) > MAX_BYTES:
        lines = max(lines, len(history) - KEEP_LINES)
        weight = 0
        for index in range(len(thread) - 1, -1, -1):
            weight += len(bson.encode(thread[index]))
            if weight > room and len(thread) - index > SMALLEST:
                entries = max(entries, index + 1)
                break
    return entries, lines


def _size(items: list[Document]) -> int:
    return len(bson.encode({"_": items})) if items else 0
