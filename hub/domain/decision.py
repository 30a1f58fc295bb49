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

import msgspec

from hub.domain.message import Address
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
    """What was decided about an entry of an older page becomes so there, and that it goes out
    again. `rows` is the outbox of its case. True if it changed."""
    changed = False
    for row in rows:
        if row.entry != entry.seq:
            continue
        if row.kind == "page" and row.id > entry.row:
            carry_out(entry, row.data["what"], row.data, row.at)
            entry.row, changed = row.id, True
        changed = take_up(entry, row) or changed
    return changed


def carried(to: Address) -> dict[str, str]:
    """A row of an answer on an older page says itself where it goes."""
    return {"address": msgspec.json.encode(to).decode()}


def address_of(row: Row) -> Address | None:
    """Where a row of an answer on an older page goes; None for any other row."""
    said = row.data.get("address") if row.kind in {"deliver", "revise"} else None
    return msgspec.json.decode(said, type=Address) if said else None


def take_up(entry: Entry, row: Row) -> bool:
    """What a retry of an answer on an older page means for its entry: it is on its way again.
    True if it changed; a row that took it up before, or an older one, changes nothing."""
    delivery, to = entry.delivery, address_of(row)
    if row.kind != "deliver" or delivery is None or to is None or delivery.row >= row.id:
        return False
    delivery.row, delivery.to = row.id, to
    entry.channel, entry.account, entry.conversation = to.channel, to.account, to.conversation
    delivery.state, delivery.reason, delivery.detail, delivery.edit = "queued", "", "", ""
    delivery.at = row.at
    return True


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
