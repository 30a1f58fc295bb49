"""What in the outbox of a case may go now, and how heavy it is."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case import Case
from hub.domain.message import Attachment
from hub.domain.outbox import Row, heads


def due(case: Case, now: datetime) -> list[Row]:
    """Rows that may go now."""
    ready: list[Row] = []
    for row in heads(case.outbox):
        if row.state == "sending":
            if row.lease is not None and row.lease <= now:
                ready.append(row)
        elif row.due <= now:
            ready.append(row)
    return ready


def soon(case: Case, now: datetime, within: float, *, files: bool) -> float:
    """Seconds until the first row that was put off may go, among those with files or those without;
    0 where that is not `within` so many."""
    waits = [
        (row.due - now).total_seconds()
        for row in heads(case.outbox)
        if row.state == "waiting" and heavy(case, row) == files
    ]
    return min((wait for wait in waits if 0 < wait <= within), default=0.0)


def weight(case: Case, row: Row, most: int) -> int:
    """Bytes of the files that a row fetches or takes along, as far as they are known."""
    # Of a file that is still to come the size may be unknown, or untrue.
    known = sum(min(one.size or most, most) for one in _files(case, row))
    return known or int(row.data.get("bytes", "0"))


def heavy(case: Case, row: Row) -> bool:
    """Whether a row carries files: what takes long holds up nobody."""
    return weight(case, row, 1) > 0


def _files(case: Case, row: Row) -> list[Attachment]:
    """What a row fetches or takes along, where that is said in the case itself."""
    if row.kind not in {"deliver", "fetch"}:
        return []
    entry = case.by_seq(row.entry)
    wanted = row.data.get("file")
    return [one for one in entry.files if wanted in {None, one.id}] if entry else []
