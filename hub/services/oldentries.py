"""Entries on older pages of a thread: changed where they stand, one writer after the other."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from hub.domain.errors import StoreDown
from hub.domain.thread import Entry
from hub.ports.cases import Cases

ATTEMPTS = 8


async def change_paged(
    cases: Cases, number: int, seq: int, change: Callable[[Entry], bool]
) -> tuple[Entry | None, bool]:
    """The entry after `change`, and what that said; None where it stands on no page.

    How a delivery stands is written only over what was read: a report of the provider and the relay
    may be at the same entry, and a state never goes back. `change` may run several times.
    """
    for _ in range(ATTEMPTS):
        entry = await cases.paged_entry(number, seq)
        if entry is None:
            return None, False
        was = deepcopy(entry)
        changed = change(entry)
        if entry == was or await cases.save_paged(number, entry, was.delivery):
            return entry, changed
    raise StoreDown(what="message", id=seq)
