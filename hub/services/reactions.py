"""Event → what must follow, in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

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
from hub.domain.staff import SYSTEM, Directory
from hub.domain.status import AT_WORK
from hub.services import escalation, unsent
from hub.services.forum import forum_rows
from hub.services.reaction import TOLD, Reaction


def _opened(then: Reaction, event: CaseOpened) -> None:
    if then.case.status == "spam":
        return
    then.staff(then.owners(), "new", event.entry, but=event.by)
    escalation.unstaffed(then, event.entry)
    if then.case.direction == "in":
        then.status()


def _received(then: Reaction, event: MessageReceived) -> None:
    case = then.case
    if case.operator or case.responsible:
        then.staff(then.owners(), "message", event.entry)
        then.cards(then.owners())
    else:
        then.cards(then.queue())


def _guest(then: Reaction, event: GuestWrote) -> None:
    if then.case.status != "spam":
        then.staff(then.owners(), "comment", event.entry)
        then.cards(_watching(then))


def _edited(then: Reaction, event: MessageEdited) -> None:
    if then.case.status == "spam":
        return
    then.staff([then.case.operator, then.case.responsible], "edited", event.entry)
    then.cards(_watching(then))


def _reopened(then: Reaction, event: Reopened) -> None:
    then.staff(then.owners(), "reopened", but=event.by)
    escalation.unstaffed(then)
    then.status()


def _replied(then: Reaction, event: ReplyAdded) -> None:
    then.mark(event.by, event.entry)
    then.cards(_watching(then))


def _commented(then: Reaction, event: CommentAdded) -> None:
    then.staff(_colleagues(then), "comment", event.entry, but=event.by)


def _more_files(then: Reaction, event: FilesAdded) -> None:
    then.staff(_colleagues(then), "file", event.entry, but=event.by)


def _revised(then: Reaction, event: Revised) -> None:
    if event.inside:
        then.staff(_colleagues(then), "revised", event.entry, but=event.by)
        return
    then.mark(event.by, event.entry)
    then.cards(_watching(then))


def _taken(then: Reaction, event: Taken) -> None:
    then.cards([*then.queue(), event.by])


def _released(then: Reaction, event: Released) -> None:
    then.staff(then.queue(), "released", but=event.by)
    then.cards([event.by])


def _assigned(then: Reaction, event: Assigned) -> None:
    then.staff([event.operator], "assigned", but=event.by)
    then.cards([*then.queue(), event.by])


def _transferred(then: Reaction, event: Transferred) -> None:
    if event.operator:
        then.staff([event.operator], "transferred", event.entry, but=event.by)
    else:
        then.staff(then.queue(), "transferred_group", event.entry, but=event.by)
        escalation.unstaffed(then, event.entry)
    then.cards([event.by, *then.queue()])


def _responsible(then: Reaction, event: ResponsibleChanged) -> None:
    then.staff([event.staff], "responsible", but=event.by)
    then.cards(_watching(then))


def _executor_added(then: Reaction, event: ExecutorAdded) -> None:
    then.staff([event.staff], "task", but=event.by)
    then.cards(_watching(then))


def _executor_removed(then: Reaction, event: ExecutorRemoved) -> None:
    then.staff([event.staff], "task_gone", but=event.by)
    then.cards([*_watching(then), event.staff])


def _task_advanced(then: Reaction, event: TaskAdvanced) -> None:
    then.cards(_watching(then))


def _details(then: Reaction, event: DetailsChanged) -> None:
    then.cards(_watching(then))
    if event.what in {"deadline", "rating", "language"}:
        then.status()
    if event.what == "deadline":
        then.staff(then.case.executors, "deadline", but=event.by)
    if event.what == "reach" and not _heard_of_refusal(then.case):
        then.staff([then.case.operator, then.case.responsible], "unreachable")


def _heard_of_refusal(case: Case) -> bool:
    """The resident is there again, or it was an answer of ours that met the closed door."""
    sent = [entry for entry in case.thread if entry.direction == "out" and entry.delivery]
    failed = sent[-1].delivery if sent else None
    return not case.unreachable or (failed is not None and failed.reason == case.unreachable)


def _status(then: Reaction, event: StatusChanged) -> None:
    # Who was written to first and has not answered has asked for nothing that could be told of.
    asked = then.case.direction == "in" or any(one.direction == "in" for one in then.case.thread)
    if asked and TOLD.get(event.old) != TOLD.get(event.new):
        then.status()
    ended = {event.old, event.new} - AT_WORK
    # Whoever still has a card of it from the queue sees that it is over, or is not any more.
    then.cards([*_involved(then), *then.queue()] if ended else _watching(then))


def _overdue(then: Reaction, event: Overdue) -> None:
    then.staff([*then.owners(), *then.leads()], "overdue")
    then.cards(_watching(then))


def _delivery(then: Reaction, event: DeliveryChanged) -> None:
    entry = then.case.by_seq(event.entry)
    login = entry.author.login if entry else event.author
    unsent.plan(then.case, event, then.now)
    then.mark(login, event.entry)
    if then.case.operator != login and unsent.retried(then.case, event.entry):
        # Who was told of the trouble sees that it is over.
        then.mark(then.case.operator, event.entry)
    if event.state in {"failed", "uncertain", "edit_failed"}:
        people = {then.case.operator, login} - {""}
        then.staff(sorted(people) or then.owners(), event.state, event.entry)
        then.cards(_watching(then))


def _file(then: Reaction, event: FileArrived) -> None:
    if then.case.status == "spam":
        return
    then.staff([then.case.operator, then.case.responsible], "file", event.entry)


def _colleagues(then: Reaction) -> list[str]:
    """Who hears of comments."""
    case = then.case
    return [*case.executors, case.responsible, case.operator or case.dispatcher]


def _involved(then: Reaction) -> list[str]:
    case = then.case
    return [case.operator, case.responsible, *case.executors]


def _watching(then: Reaction) -> list[str]:
    """Whose cards must say what is so now: those who have to do with the case, and its queue
    while nobody has taken it."""
    return _involved(then) if then.case.operator else [*_involved(then), *then.queue()]


TABLE: dict[type[Event], Callable[[Reaction, Any], None]] = {
    CaseOpened: _opened,
    MessageReceived: _received,
    GuestWrote: _guest,
    MessageEdited: _edited,
    Reopened: _reopened,
    ReplyAdded: _replied,
    CommentAdded: _commented,
    Taken: _taken,
    Released: _released,
    Assigned: _assigned,
    Transferred: _transferred,
    ResponsibleChanged: _responsible,
    ExecutorAdded: _executor_added,
    ExecutorRemoved: _executor_removed,
    TaskAdvanced: _task_advanced,
    DetailsChanged: _details,
    StatusChanged: _status,
    Overdue: _overdue,
    Escalated: escalation.escalated,
    DeadlineNear: escalation.near,
    DeliveryChanged: _delivery,
    FileArrived: _file,
    FilesAdded: _more_files,
    Revised: _revised,
}


def follow(case: Case, events: Sequence[Event], directory: Directory, now: datetime) -> None:
    """Add to the case's outbox what must follow from these events, under the trace at work."""
    then = Reaction(case, directory, now)
    for event in events:
        TABLE[type(event)](then, event)
    escalation.plan(case, directory, now)
    forum_rows(case, events, directory, now)
    trace = structlog.contextvars.get_contextvars().get("trace", "")
    for row in case.outbox:
        row.trace = row.trace or trace


def vacate(case: Case, directory: Directory, now: datetime) -> list[Event]:
    """Who has left since works on nothing any more: a case that comes back to life under their
    name goes to its queue."""
    person = directory.staff.get(case.operator)
    if person is None or person.active or case.status not in AT_WORK:
        return []
    return case.release(SYSTEM, now, reason="deactivated")
