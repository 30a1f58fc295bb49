"""What must follow and what was sent: the outbox, deliveries, retries."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.case.moves import CaseMoves, author
from hub.domain.decision import carried
from hub.domain.errors import WrongState
from hub.domain.events import DeliveryChanged, DetailsChanged, Event
from hub.domain.message import Address, DeliveryState
from hub.domain.outbox import COALESCED, Row, RowKind, heads
from hub.domain.staff import Actor
from hub.domain.thread import ADVANCE, Entry


class CaseOutgoing(CaseMoves, kw_only=True):
    """Rows for the relay, and what became of them."""

    def follow(
        self,
        kind: RowKind,
        to: str,
        now: datetime,
        *,
        account: str = "",
        entry: int = 0,
        data: dict[str, str] | None = None,
        after: timedelta = timedelta(),
    ) -> None:
        """Put a row into the outbox, due `after` now; rows that would say the same as a waiting
        one are one."""
        if kind in COALESCED:
            for row in self.outbox:
                if (row.kind, row.to, row.entry, row.state) == (kind, to, entry, "waiting"):
                    return
        self.rows += 1
        self.outbox = [
            *self.outbox,
            Row(
                id=self.rows,
                kind=kind,
                to=to,
                account=account,
                entry=entry,
                data=data or {},
                due=now + after,
                at=now,
            ),
        ]
        self.reckon()

    def reckon(self) -> None:
        """Say when the outbox wants to be looked at next. A row behind another one is not asked:
        it would have sweeps look at a case in which nothing may go yet, before others."""
        times = [
            row.lease if row.state == "sending" and row.lease else row.due
            for row in heads(self.outbox)
        ]
        self.outbox_due = min(times, default=None)

    def delivery(
        self,
        seq: int,
        state: DeliveryState,
        now: datetime,
        *,
        external_ids: tuple[str, ...] = (),
        reason: str = "",
        detail: str = "",
    ) -> list[Event]:
        """How an outgoing message fares now. States only advance."""
        entry = self.entry(seq)
        was = entry.delivery.state if entry.delivery else ""
        if not progress(entry, state, now, external_ids=external_ids, reason=reason, detail=detail):
            return []
        if state in {"failed", "uncertain"}:
            # A decision waits here again: buttons drawn before this must be drawn anew.
            self._touch(now)
        return [DeliveryChanged(entry=seq, state=state, was=was)]

    def retry(
        self, seq: int, by: Actor, now: datetime, *, to: Address | None = None
    ) -> list[Event]:
        """Send a failed or uncertain message again, perhaps to another address."""
        self._allow("retry")
        entry = self.entry(seq)
        if entry.delivery is None or entry.delivery.state not in {"failed", "uncertain"}:
            raise WrongState(number=self.number, action="retry", status=self.status)
        if to is not None:
            entry.delivery.to = to
            entry.channel, entry.account = to.channel, to.account
            entry.conversation = to.conversation
        delivery = entry.delivery
        was = delivery.state
        delivery.state, delivery.reason, delivery.detail = "queued", "", ""
        delivery.edit = ""
        delivery.at = now
        self.outbox = [
            row for row in self.outbox if not (row.kind == "deliver" and row.entry == seq)
        ]
        self.follow(
            "deliver",
            f"resident:{delivery.to.account}:{delivery.to.to}",
            now,
            account=delivery.to.account,
            entry=seq,
        )
        self._note(now, author(by), "retried", entry=str(seq))
        return [DeliveryChanged(entry=seq, state="queued", was=was, by=by.login)]

    def retry_paged(
        self, entry: Entry, by: Actor, now: datetime, *, to: Address | None = None
    ) -> list[Event]:
        """As `retry`, for an answer that has moved to an older page of the thread.

        The entry stays on its page, in its place. What decides is the row that is put into the
        outbox here: while it is there nobody puts in a second one, it stands behind what goes to
        the same resident already, and it says where to. By it the relay takes the entry up
        (`catch_up`) before anything is sent, as often as it is asked and once in effect.
        """
        self._allow("retry")
        delivery = entry.delivery
        leaving = any((row.kind, row.entry) == ("deliver", entry.seq) for row in self.outbox)
        if leaving or delivery is None or delivery.state not in {"failed", "uncertain"}:
            raise WrongState(number=self.number, action="retry", status=self.status)
        address = to or delivery.to
        self.follow(
            "deliver",
            f"resident:{address.account}:{address.to}",
            now,
            account=address.account,
            entry=entry.seq,
            data=carried(address) | {"bytes": str(sum(file.size for file in entry.files))},
        )
        self._note(now, author(by), "retried", entry=str(entry.seq))
        return [
            DeliveryChanged(
                entry=entry.seq,
                state="queued",
                was=delivery.state,
                by=by.login,
                author=entry.author.login,
            )
        ]

    def let_be(self, seq: int, by: Actor, now: datetime) -> list[Event]:
        """Nobody sends this failed message again; it stays where it stands."""
        self._note(now, author(by), "let_be", entry=str(seq))
        return [DetailsChanged(what="let_be", by=by.login)]


def progress(
    entry: Entry,
    state: DeliveryState,
    now: datetime,
    *,
    external_ids: tuple[str, ...] = (),
    reason: str = "",
    detail: str = "",
) -> bool:
    """Advance the delivery of an entry wherever it stands (case or page). True if it changed."""
    delivery = entry.delivery
    if delivery is None:
        return False
    entry.external_ids = list(dict.fromkeys([*entry.external_ids, *external_ids]))
    if state == "sending" and delivery.state in {"queued", "sending"}:
        delivery.attempts += 1
    if ADVANCE[state] <= ADVANCE[delivery.state]:
        return False
    delivery.state, delivery.at = state, now
    delivery.reason, delivery.detail = reason, detail
    return True
