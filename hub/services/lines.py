"""Lines of a thread that staff change, wherever they stand: here, or on an older page.

What is decided about a line of an older page is saved with its case alone (hub.domain.decision).
Who read the page may have been overtaken since; then the outbox says something else about the line
than it did before, and the page is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from hub.domain.case import Case
from hub.domain.errors import NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.rights import Right
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.services.casebook import ATTEMPTS, Casebook
from hub.services.deps import Deps
from hub.services.oldentries import follow_page

Decide = Callable[[Case, Entry | None], Sequence[Event]]


class _Moved(Exception):
    """The case is not the one whose page was read."""


async def change_line(
    deps: Deps,
    book: Casebook,
    place: tuple[int, int],
    decide: Decide,
    *,
    by: Actor,
    right: Right,
    expect: int | None = None,
) -> Case:
    """Let `decide` change the line at `place` (case, seq). It is given the case, and what the page
    says where the line stands on one; it may run several times. Raises NotFound for what stands
    nowhere, what `Casebook.change` raises and what `decide` does."""
    number, seq = place
    for _ in range(ATTEMPTS):
        before = await book.load(number)
        old = None
        if before.by_seq(seq) is None:
            old = await deps.cases.paged_entry(number, seq)
            if old is None:
                raise NotFound(what="message", id=seq)

        def decided(case: Case, before: Case = before, old: Entry | None = old) -> Sequence[Event]:
            if case.by_seq(seq) is not None:
                return decide(case, None)
            if old is None or case.about(seq) != before.about(seq):
                raise _Moved
            return decide(case, old)

        try:
            case = await book.change(number, decided, by=by, right=right, expect=expect)
        except _Moved:
            continue
        if old is not None:
            # The relay would do so in a moment; who pressed is to see it at once. It is decided,
            # whether or not the page can be written just now.
            with suppress(StoreDown):
                await follow_page(deps.cases, case, seq)
        return case
    raise StoreDown(what="case", id=number)
