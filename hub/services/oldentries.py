"""Entries on older pages of a thread: read as they stand, changed where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy

from hub.domain.case import Case
from hub.domain.decision import catch_up
from hub.domain.errors import StoreDown
from hub.domain.message import Accepted, Deferred, Outcome
from hub.domain.outbox import Row
from hub.domain.thread import Entry
from hub.ports.cases import Cases
from hub.ports.channel import Limit
from hub.ports.outlet import Skip

ATTEMPTS = 8
PATIENCE = 30.0
"""Seconds after which a page is asked again that could not be written."""


async def change_paged(
    cases: Cases, number: int, seq: int, change: Callable[[Entry], bool]
) -> tuple[Entry | None, bool]:
    """The entry after `change`, and what that said; None where it stands on no page.

    It is written only over what was read: a report of the provider, the relay and people may be at
    the same entry, and nobody covers what another wrote. `change` may run several times.
    """
    for _ in range(ATTEMPTS):
        entry = await cases.paged_entry(number, seq)
        if entry is None:
            return None, False
        was = deepcopy(entry)
        changed = change(entry)
        if entry == was or await cases.save_paged(number, entry):
            return entry, changed
    raise StoreDown(what="message", id=seq)


async def standing(cases: Cases, case: Case, seq: int) -> Entry | None:
    """The entry wherever it stands, with what was decided about it; None where that is nowhere."""
    held = case.by_seq(seq)
    if held is not None or not seq:
        return held
    old = await cases.paged_entry(case.number, seq)
    return None if old is None else case.line(seq, old)


def brought_up(case: Case, entries: Iterable[Entry]) -> list[Entry]:
    """These lines of the case with what was decided about those of older pages."""
    decided = {row.entry for row in case.outbox if row.kind in {"page", "deliver"}}
    return [case.line(one.seq, one) if one.seq in decided else one for one in entries]


async def follow_page(cases: Cases, case: Case, seq: int) -> bool:
    """The page follows what its case decided. False where nothing stands there."""
    entry, _ = await change_paged(
        cases, case.number, seq, lambda entry: catch_up(entry, case.outbox)
    )
    return entry is not None


class PageOutlet:
    """Carries rows of kind page."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """Nobody outside is asked."""
        return ()

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """The page follows. What was decided is not given up, however long the store is away."""
        try:
            followed = await follow_page(self._cases, case, row.entry)
        except StoreDown:
            return Deferred("store_down", PATIENCE, "chat")
        return Accepted() if followed else Skip()
