"""What open pages hear of what happened to a case."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.case import Case
from hub.domain.events import (
    Assigned,
    CaseOpened,
    CommentAdded,
    DeadlineNear,
    DeliveryChanged,
    DetailsChanged,
    Escalated,
    Event,
    ExecutorAdded,
    ExecutorRemoved,
    FileArrived,
    FilesAdded,
    GuestWrote,
    MessageEdited,
    MessageReceived,
    Overdue,
    Released,
    Reopened,
    ReplyAdded,
    ResponsibleChanged,
    Revised,
    StatusChanged,
    Taken,
    TaskAdvanced,
    Transferred,
)
from hub.ports.live import LiveEvent

LIVE: dict[type[Event], str] = {
    CaseOpened: "opened",
    MessageReceived: "message",
    MessageEdited: "message",
    ReplyAdded: "message",
    FileArrived: "message",
    Revised: "message",
    FilesAdded: "comment",
    GuestWrote: "comment",
    CommentAdded: "comment",
    Transferred: "people",
    Taken: "people",
    Released: "people",
    Assigned: "people",
    ResponsibleChanged: "people",
    ExecutorAdded: "people",
    ExecutorRemoved: "people",
    TaskAdvanced: "people",
    Reopened: "status",
    StatusChanged: "status",
    Overdue: "status",
    Escalated: "status",
    DeadlineNear: "details",
    DetailsChanged: "details",
    DeliveryChanged: "delivery",
}


def live_event(case: Case, events: Sequence[Event], by: str = "") -> LiveEvent | None:
    """What open pages hear of it; None when nothing happened."""
    what = list(dict.fromkeys(LIVE[type(event)] for event in events))
    if not what:
        return None
    return LiveEvent(
        case=case.number,
        version=case.version,
        what=what,
        group=case.group,
        operator=case.operator,
        people=[login for login in (case.responsible, *case.executors) if login],
        by=by,
        contact=case.contact.id,
    )
