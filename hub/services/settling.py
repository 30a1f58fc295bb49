"""What becomes of an outbox row after an attempt, and what that means for its case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeGuard

from hub.domain.case import Case, progress
from hub.domain.decision import corrected
from hub.domain.events import Event
from hub.domain.message import Accepted, Deferred, DeliveryState, Outcome, Rejected, Unsure
from hub.domain.outbox import Row
from hub.domain.thread import Entry
from hub.ports.files import StoredFile
from hub.ports.outlet import Skip

MAX_TRIES = 10
"""Attempts at one row before it is given up in a person's sight."""


def settle(
    case: Case,
    row: Row,
    outcome: Outcome | Skip,
    now: datetime,
    stored: StoredFile | None,
    lost: list[tuple[str, str]],
) -> Sequence[Event]:
    """Write down an outcome. `lost` collects identities that cannot be reached any more.

    A row that is not ours any more (taken by somebody else after our lease ran out) changes
    nothing but the delivery, and that only by good news.
    """
    held = next((one for one in case.outbox if one.id == row.id and one.by == row.by), None)
    if held is None and not isinstance(outcome, Accepted):
        # Somebody else has the row by now and says what became of it.
        return []
    if isinstance(outcome, Deferred):
        return _again(case, held, outcome, now)
    if isinstance(outcome, Unsure) and row.kind != "deliver":
        # Said twice is better than not said, to staff; the outlet marks a repeat as one.
        if row.kind == "status" and not case.status_card:
            _drop(case, held)
            return []
        return _again(case, held, Deferred(outcome.reason, 0), now, repeat=True)
    _drop(case, held)
    if isinstance(outcome, Skip):
        return []
    if row.kind == "fetch":
        return _fetched(case, row, outcome, now, stored)
    if row.kind == "status" and isinstance(outcome, Accepted) and outcome.external_ids:
        case.status_card = outcome.external_ids[0]
    if row.kind == "status" and isinstance(outcome, Rejected):
        case.status_card = ""
    if row.kind == "revise" and _overtaken(case, row):
        return []
    if row.kind == "revise":
        refused = outcome.reason if isinstance(outcome, Rejected) else ""
        return case.revised(row.entry, isinstance(outcome, Accepted), now, reason=refused)
    if row.kind != "deliver":
        return []
    return _delivered(case, row, outcome, now, lost)


def _delivered(
    case: Case, row: Row, outcome: Outcome, now: datetime, lost: list[tuple[str, str]]
) -> Sequence[Event]:
    entry = case.by_seq(row.entry)
    if entry is None or entry.delivery is None:
        return []
    if isinstance(outcome, Rejected) and outcome.gone:
        lost.append((entry.delivery.to.identity, outcome.reason))
    came = came_to(outcome)
    return case.delivery(
        row.entry,
        came.state,
        now,
        external_ids=came.external_ids,
        reason=came.reason,
        detail=came.detail,
    )


class CameTo(NamedTuple):
    """How a delivery stands after its last attempt."""

    state: DeliveryState
    reason: str = ""
    detail: str = ""
    external_ids: tuple[str, ...] = ()


def came_to(outcome: Outcome) -> CameTo:
    """What an outcome after which a row is not tried again says of the delivery."""
    match outcome:
        case Accepted():
            return CameTo(outcome.state, external_ids=outcome.external_ids)
        case Rejected():
            return CameTo("failed", outcome.reason, outcome.detail[:200])
        case Unsure():
            return CameTo("uncertain", outcome.reason)
    return CameTo("failed", outcome.reason)


def ends(outcome: Outcome | Skip, row: Row) -> TypeGuard[Outcome]:
    """The row is not tried again, and that says something of its delivery."""
    if isinstance(outcome, Unsure) and row.kind != "deliver":
        return row.tries >= MAX_TRIES
    if isinstance(outcome, Deferred):
        return outcome.scope == "row" and row.tries >= MAX_TRIES
    return not isinstance(outcome, Skip)


def settle_paged(entry: Entry, row: Row, outcome: Outcome, now: datetime) -> bool:
    """As `settle`, for a delivery whose entry has moved to an older page. True if it changed."""
    if row.kind == "revise":
        if entry.row > row.id:
            # Changed once more since.
            return False
        refused = "" if isinstance(outcome, Accepted) else outcome.reason
        return corrected(entry, done=isinstance(outcome, Accepted), reason=refused)
    if entry.delivery is not None and entry.delivery.row > row.id:
        # It was sent again since: what became of an earlier attempt says nothing any more.
        return False
    came = came_to(outcome)
    return progress(
        entry,
        came.state,
        now,
        external_ids=came.external_ids,
        reason=came.reason,
        detail=came.detail,
    )


def _fetched(
    case: Case, row: Row, outcome: Outcome, now: datetime, stored: StoredFile | None
) -> Sequence[Event]:
    file = row.data["file"]
    if isinstance(outcome, Accepted) and stored is not None:
        return case.arrived(file, now, size=stored.size, mime=stored.mime)
    reason = outcome.reason if isinstance(outcome, Rejected) else "file_gone"
    return case.file_lost(file, now, reason)


def _again(
    case: Case, row: Row | None, outcome: Deferred, now: datetime, *, repeat: bool = False
) -> Sequence[Event]:
    if row is None:
        return []
    if outcome.scope != "row":
        # A rate limit is nobody's failure: it does not count as an attempt.
        row.tries = max(row.tries - 1, 0)
    elif row.tries >= MAX_TRIES:
        return _given_up(case, row, outcome, now)
    row.state, row.lease, row.by = "waiting", None, ""
    row.repeat = row.repeat or repeat
    row.reason = outcome.reason
    wait = now + timedelta(seconds=outcome.after)
    row.due = max(wait, row.pause(now)) if outcome.scope == "row" else wait
    return []


def _given_up(case: Case, row: Row, outcome: Deferred, now: datetime) -> Sequence[Event]:
    _drop(case, row)
    if row.kind == "fetch":
        return case.file_lost(row.data["file"], now, outcome.reason)
    if row.kind == "revise" and not _overtaken(case, row):
        return case.revised(row.entry, False, now, reason=outcome.reason)
    if row.kind == "deliver" and case.by_seq(row.entry) is not None:
        return case.delivery(row.entry, came_to(outcome).state, now, reason=outcome.reason)
    return []


def _overtaken(case: Case, row: Row) -> bool:
    """The words were changed once more: what became of an earlier change says nothing any more."""
    return any(
        (one.kind, one.entry) == (row.kind, row.entry) and one.id > row.id for one in case.outbox
    )


def _drop(case: Case, row: Row | None) -> None:
    if row is not None:
        case.outbox = [one for one in case.outbox if one is not row]
