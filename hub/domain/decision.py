"""What staff decide about a line of a thread, wherever it stands.

A line of the newest part is changed in its case. One that has moved to an older page stays there:
no write holds two documents. Its case decides, by the one save that puts a row of kind `page` into
the outbox, and the page follows that row: each once and in order, however often it is asked
(`catch_up`), so that a process which dies in between leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from hub.domain.outbox import Row
from hub.domain.thread import Change, Entry

Decision = Literal["admitted", "apart", "answered", "revised"]


def carry_out(entry: Entry, what: str, said: Mapping[str, str], at: datetime) -> None:
    """The line as it stands after this decision. `said`: `case` is the number of the stranger's own
    case, `text` the new words, `edit` how those fare at the resident's."""
    guest = entry.guest
    if what == "revised":
        entry.edits = [*entry.edits, Change(at, entry.text)]
        entry.text = said["text"]
        if entry.delivery is not None and said.get("edit") == "queued":
            entry.delivery.edit = "queued"
    elif guest is not None and what == "admitted":
        guest.state = "accepted"
        entry.kind, entry.direction = "message", "in"
    elif guest is not None and what == "answered":
        guest.case = int(said["case"])
    elif guest is not None and what == "apart":
        guest.state, guest.case = "apart", int(said["case"])
        entry.text, entry.subject, entry.files, entry.original = "", "", [], None


def catch_up(entry: Entry, rows: Iterable[Row]) -> bool:
    """What was decided about an entry of an older page becomes so there. True if it changed."""
    changed = False
    for row in rows:
        if (row.kind, row.entry) == ("page", entry.seq) and row.id > entry.row:
            carry_out(entry, row.data["what"], row.data, row.at)
            entry.row, changed = row.id, True
    return changed


def corrected(entry: Entry, *, done: bool, reason: str = "") -> bool:
    """What became of new words at the resident's: where they were refused, the words that stand
    there stand here again. False where nothing was asked."""
    delivery = entry.delivery
    if delivery is None or delivery.edit != "queued":
        return False
    delivery.edit = "done" if done else "failed"
    if not done:
        delivery.reason = reason
        if entry.edits:
            entry.text, entry.edits = entry.edits[-1].text, entry.edits[:-1]
    return True
