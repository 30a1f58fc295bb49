"""[Повторить]: an answer that did not arrive goes out again, wherever its entry stands.

An entry of the newest part of the thread is changed in its case. One that has moved to an older
page stays there: bringing it back would take two documents that no write holds together, and the
thread would show it out of its place. Instead the case gets the row of the outbox that carries it,
by the one save that decides; the page follows that row (`Case.retry_paged`, `catch_up`) and is
never asked alone whether something is on its way.

Who presses twice, or at the same time as somebody else, is refused by the row while it waits, and
by the page once it is gone: the page is read after the case that is changed, is marked before
anything is sent, and holds the outcome before the row goes. A case that got a row in between is
read again (`change_line`).
"""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.events import Event
from hub.domain.message import Address
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.lines import change_line


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

    def decide(case: Case, old: Entry | None) -> list[Event]:
        now = deps.clock.now()
        if old is None:
            return case.retry(place[1], by, now, to=to)
        return case.retry_paged(old, by, now, to=to)

    return await change_line(deps, book, place, decide, by=by, right="case.retry", expect=expect)
