"""What became of answers that stand on older pages: the page first, then the case."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime

import msgspec

from hub.domain.case import Case
from hub.domain.events import DeliveryChanged
from hub.domain.message import Outcome, Rejected
from hub.domain.outbox import Row
from hub.domain.thread import Delivery, Entry
from hub.ports.outlet import Skip
from hub.services.deps import Deps
from hub.services.oldentries import change_paged
from hub.services.settling import ends, settle_paged

TOLD = frozenset({"deliver", "revise"})
"""Kinds of rows whose outcome stands at the entry."""


class Turned(Exception):
    """An entry has moved to a page since its outcome was to be written into the case."""


class Settled(msgspec.Struct):
    """What happened, and the identities that cannot be reached any more, each with the reason."""

    events: list[DeliveryChanged] = []
    lost: list[tuple[str, str]] = []


def on_page(case: Case, row: Row, outcome: Outcome | Skip) -> bool:
    """The outcome is to be written on a page of this case."""
    return row.kind in TOLD and case.by_seq(row.entry) is None and ends(outcome, row)


async def settle_older(
    deps: Deps,
    number: int,
    sent: Sequence[tuple[Row, Outcome | Skip]],
    now: datetime,
    *,
    known: Container[int],
) -> dict[int, Settled]:
    """Write the outcomes of such rows on their pages; by row, but for those `known` already.

    The case lets go of a row only afterwards: whoever finds no row finds the outcome on the page,
    and a process that dies in between leaves a row that is asked about again.
    """
    if all(row.kind not in TOLD for row, _ in sent):
        return {}
    case = await deps.cases.get(number)
    if case is None:
        return {}
    done: dict[int, Settled] = {}
    for row, outcome in sent:
        if row.id not in known and on_page(case, row, outcome) and ends(outcome, row):
            done[row.id] = await _settled(deps, case, row, outcome, now)
    return done


async def _settled(deps: Deps, case: Case, row: Row, outcome: Outcome, now: datetime) -> Settled:
    before: list[str] = []

    def settle(entry: Entry) -> bool:
        before[:] = [entry.delivery.state] if entry.delivery else []
        return settle_paged(entry, row, outcome, now)

    entry, changed = await change_paged(deps.cases, case.number, row.entry, settle)
    if entry is None or entry.delivery is None:
        return Settled()
    delivery = entry.delivery
    if row.kind == "revise":
        return _corrected(entry, delivery) if entry.row < row.id else Settled()
    if not changed:
        return Settled()
    gone = isinstance(outcome, Rejected) and outcome.gone
    lost = [(delivery.to.identity, delivery.reason)] if gone else []
    event = DeliveryChanged(
        entry=entry.seq, state=delivery.state, was=before[0], author=entry.author.login
    )
    return Settled([event], lost)


def _corrected(entry: Entry, delivery: Delivery) -> Settled:
    """What became of new words at the resident's. Said again by whoever settles the row again: it
    may be that the page was written, and the case not."""
    states = {"done": "edited", "failed": "edit_failed"}
    if delivery.edit not in states:
        return Settled()
    said = DeliveryChanged(entry=entry.seq, state=states[delivery.edit], author=entry.author.login)
    return Settled([said])
