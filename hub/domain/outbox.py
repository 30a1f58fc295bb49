"""The outbox of a case: what must follow from what was saved, in rows that outlive a process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

RowKind = Literal[
    "deliver",
    "revise",
    "status",
    "notice",
    "hold",
    "card",
    "mark",
    "fetch",
    "react",
    "topic",
    "topic_mark",
    "failure",
    "page",
]
RowState = Literal["waiting", "sending", "failed"]

# Row kinds that always render what is so at the time of sending: one waiting row per recipient
# is enough, a second one would say the same.
COALESCED: frozenset[RowKind] = frozenset(
    {"revise", "status", "card", "mark", "topic", "topic_mark", "failure"}
)

PAUSES = (1, 5, 15, 60, 300, 900)


class Row(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One thing to do for one recipient.

    `kind`: deliver (thread entry → resident), revise (what was delivered is changed there), status
    (the resident's status card), notice (staff hear of something), hold (they are to hear of it
    later, in a digest), card (staff's card of the case is redrawn), mark (⏳ → ✓ at the operator's
    message), fetch (bytes of a file come to the store), react (a sign at a resident's message that
    it was seen), topic and topic_mark (what a forum group shows of the case, and of one of its
    deliveries), failure (the list of what did not get there says how a delivery stands), page (an
    entry of an older page becomes what was decided here). `to` names the recipient: rows to the
    same one go in order. `account` is the channel or bot account that carries it, `entry` the
    thread entry it is about, `data` small facts for rendering.
    `trace` is the id that logs carry from what caused it. While `state` is sending, `lease` says
    until when somebody may be at it.
    """

    id: int
    kind: RowKind
    to: str
    account: str = ""
    entry: int = 0
    data: dict[str, str] = {}
    due: datetime
    at: datetime
    tries: int = 0
    state: RowState = "waiting"
    lease: datetime | None = None
    by: str = ""
    repeat: bool = False
    reason: str = ""
    trace: str = ""

    def pause(self, now: datetime) -> datetime:
        """When a row that failed for now is tried again: growing pauses."""
        return now + timedelta(seconds=PAUSES[min(max(self.tries, 1), len(PAUSES)) - 1])


def waited(kind: str, at: datetime, due: datetime, now: datetime) -> float:
    """Seconds for which an unfinished row has stood there, however often it was tried or put off;
    what waits for somebody's digest has not waited before that is due."""
    return max(0.0, (now - (due if kind == "hold" else at)).total_seconds())


def heads(outbox: Iterable[Row]) -> Iterator[Row]:
    """Rows that may go next: of each recipient the earliest unfinished one. What is only drawn
    anew holds nobody up once it has failed, but for a later drawing of the same: two at a time
    would both find nothing drawn yet."""
    seen: set[str] = set()
    drawn: set[tuple[str, str, int]] = set()
    for row in outbox:
        same = (row.to, row.kind, row.entry)
        if row.state == "failed" or row.to in seen or same in drawn:
            continue
        if row.kind not in COALESCED or row.state == "sending" or not row.tries:
            seen.add(row.to)
        drawn.add(same)
        yield row


class Letter(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is sent without a case: greetings, refusals, prompts of a bot. Same manners as Row.

    `id` is stable over repeats of what caused it. `kind`: resident (data is an Outbound)  staff
    (data is a Bot API call: method and params, and what to remember of its answer) or forum (which
    part of a forum group is drawn). `repeat`: an
    earlier attempt may have gone out.
    """

    id: str = msgspec.field(name="_id")
    kind: Literal["resident", "staff", "forum"]
    to: str
    account: str
    body: dict[str, object]
    order: int = 0
    due: datetime
    at: datetime
    tries: int = 0
    state: Literal["waiting", "sending", "sent", "failed", "uncertain"] = "waiting"
    lease: datetime | None = None
    by: str = ""
    repeat: bool = False
    reason: str = ""
