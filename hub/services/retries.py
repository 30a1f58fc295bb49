"""[Повторить]: an answer that did not arrive goes out again, wherever its entry stands.

An entry of the newest part of the thread is changed in its case. One that has moved to an older
page stays there: bringing it back would take two documents that no write holds together, and the
thread would show it out of its place. Instead the case gets the row of the outbox that carries it,
by the one save that decides; the page follows that row (`Case.retry_paged`, `take_up`) and is never
asked alone whether something is on its way.

Who presses twice, or at the same time as somebody else, is refused by the row while it waits, and
by the page once it is gone: the page is read after the case that is changed, is marked before
anything is sent, and holds the outcome before the row goes. A case that got a row in between is
read again.
"""

from __future__ import annotations

from functools import partial

from hub.domain.case import Case, take_up
from hub.domain.errors import NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.message import Address
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.services.casebook import ATTEMPTS, Casebook
from hub.services.deps import Deps
from hub.services.oldentries import change_paged


class _Moved(Exception):
    """The case is not the one whose page was read."""


async def retry(
    deps: Deps,
    book: Casebook,
    place: tuple[int, int],
    by: Actor,
    *,
    to: Address | None,
    expect: int | None,
) -> Case:
    """Send the entry at `place` (case, seq) again, perhaps to another address; raises WrongState
    for what is on its way or has arrived, NotFound for what stands nowhere."""
    number, seq = place
    for _ in range(ATTEMPTS):
        before = await book.load(number)
        old = None
        if before.by_seq(seq) is None:
            old = await deps.cases.paged_entry(number, seq)
            if old is None:
                raise NotFound(what="message", id=seq)

        def decide(case: Case, rows: int = before.rows, old: Entry | None = old) -> list[Event]:
            now = deps.clock.now()
            if case.by_seq(seq) is not None:
                return case.retry(seq, by, now, to=to)
            if old is None or case.rows != rows:
                raise _Moved
            return case.retry_paged(old, by, now, to=to)

        try:
            case = await book.change(number, decide, by=by, right="case.retry", expect=expect)
        except _Moved:
            continue
        row = next((one for one in case.outbox if (one.kind, one.entry) == ("deliver", seq)), None)
        if old is not None and row is not None:
            # The relay would do so before it sends; who pressed is to see it at once.
            await change_paged(deps.cases, number, seq, partial(take_up, row=row))
        return case
    raise StoreDown(what="case", id=number)
