"""The list of what did not reach residents follows the deliveries of cases.

A row follows every delivery that is given up (and goes when it is taken up again): by the outbox of
its case, so that none is lost, and it says what is so at the time of writing, so that repeats are
harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.domain.case import Case
from hub.domain.events import DeliveryChanged
from hub.domain.failure import STUCK, failure_id, failure_of
from hub.domain.message import Accepted, Outcome
from hub.domain.outbox import Row
from hub.domain.thread import Entry
from hub.ports.channel import Limit
from hub.ports.live import LiveEvent
from hub.ports.outlet import Skip
from hub.services.deps import Deps


def plan(case: Case, event: DeliveryChanged, now: datetime) -> None:
    """The list follows a delivery that is stuck now, or was."""
    if STUCK & {event.state, event.was}:
        case.follow("failure", f"failure:{event.entry}", now, entry=event.entry)


class FailureOutlet:
    """Carries rows of kind failure into the list."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """Nobody outside is asked."""
        return ()

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """The list says how this delivery stands now."""
        entry = case.by_seq(row.entry) or await self._deps.cases.paged_entry(case.number, row.entry)
        if entry is not None:
            await note(self._deps, case, entry)
        return Accepted()


async def note(deps: Deps, case: Case, entry: Entry) -> None:
    """Write down, or strike out, one delivery; open pages hear of it."""
    failure = failure_of(case, entry)
    if failure is None:
        await deps.failures.drop([failure_id(case.number, entry.seq)])
    else:
        await deps.failures.put(failure)
    await deps.live.publish(
        LiveEvent(
            case=case.number,
            version=case.version,
            what=["failure"],
            group=case.group,
            operator=case.operator,
        )
    )


def retried(case: Case, seq: int) -> bool:
    """Somebody wished this message to be sent once more."""
    return any(
        line.action == "retried" and line.data.get("entry") == str(seq) for line in case.history
    )
