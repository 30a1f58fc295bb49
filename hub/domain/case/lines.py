"""A line of the thread, wherever it stands: in the case, or on an older page."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime

from hub.domain.case.outgoing import CaseOutgoing
from hub.domain.decision import Decision, carry_out, catch_up
from hub.domain.thread import Entry

# What has left already; other deliveries take the words as they are when they go.
GONE = frozenset({"sending", "sent", "delivered", "read"})


class CaseLines(CaseOutgoing, kw_only=True):
    """What is decided about a line of an older page is put into the outbox (hub.domain.decision);
    until the page has followed, the line is read with it."""

    def line(self, seq: int, old: Entry | None = None) -> Entry:
        """The entry with this number; `old` is what its page says, brought up to what was decided
        since. Raises NotFound."""
        if old is None or old.seq != seq or self.by_seq(seq) is not None:
            return self.entry(seq)
        entry = deepcopy(old)
        catch_up(entry, self.outbox)
        return entry

    def about(self, seq: int) -> tuple[int, ...]:
        """Names what the outbox does about this entry: who read its page while this was so knows
        how it stands."""
        return (self.rows, *(row.id for row in self.outbox if row.entry == seq))

    def left(self, entry: Entry) -> bool:
        """These words stand at the resident's already, or are about to."""
        if entry.delivery is None:
            return False
        leaving = any(
            (row.kind, row.entry, row.state) == ("deliver", entry.seq, "sending")
            for row in self.outbox
        )
        return leaving or entry.delivery.state in GONE

    def _decided(self, entry: Entry, what: Decision, now: datetime, **said: str) -> None:
        """This becomes so with the entry: here, or on its page."""
        carry_out(entry, what, said, now)
        if self.by_seq(entry.seq) is None:
            data = {"what": what, **said}
            self.follow("page", f"page:{entry.seq}", now, entry=entry.seq, data=data)
