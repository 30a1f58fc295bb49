"""What a timeline shows: one line for everything that happened between a person and the house."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from hub.domain.call import Call
from hub.domain.callnote import CallNote
from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.failure import STUCK
from hub.domain.staff import Directory
from hub.domain.thread import Entry, HistoryLine
from hub.services.entryviews import EntryView, HistoryView, entry_view, history_view

TimelineKind = Literal["message", "call", "case", "change"]


class CallLine(msgspec.Struct, kw_only=True):
    """A call as a line; times in seconds, None: not known."""

    id: str
    direction: str
    number: str
    caller: str
    callee: str
    waiting: int | None
    talk: int | None
    result: str
    missed: bool
    sound: str


class TimelineItem(msgspec.Struct, kw_only=True):
    """One line. `at` is when it happened, `order` when the house heard of it, by which lines stand
    (a mail of last week that comes today stands at today). `case` is the number of the case it
    belongs to. Of `entry` (a message), `call` and `change` (of the contact itself) at most one is
    there; a case stands where it was opened, with its state now."""

    id: str
    kind: TimelineKind
    at: datetime
    order: datetime
    channel: str = ""
    case: int | None = None
    subject: str = ""
    status: str = ""
    contact: str = ""
    entry: EntryView | None = None
    call: CallLine | None = None
    change: HistoryView | None = None

    @property
    def failed(self) -> bool:
        """A message that did not arrive."""
        delivery = self.entry.delivery if self.entry else None
        return delivery is not None and delivery.state in STUCK


def of_entry(case: Case, entry: Entry) -> TimelineItem:
    """A message of a case (or a call that stands in its thread)."""
    return TimelineItem(
        id=f"{case.number}-{entry.seq}",
        kind="call" if entry.kind == "call" else "message",
        at=entry.at,
        order=entry.kept_at,
        channel=entry.channel,
        case=case.number,
        subject=case.subject or case.text,
        status=case.status,
        contact=case.contact.id,
        entry=entry_view(entry, case.number),
    )


def of_case(case: Case) -> TimelineItem:
    """Where a case was opened."""
    return TimelineItem(
        id=f"case-{case.number}",
        kind="case",
        at=case.created_at,
        order=case.created_at,
        channel=case.channel,
        case=case.number,
        subject=case.subject or case.text,
        status=case.status,
        contact=case.contact.id,
    )


def of_call(call: Call, directory: Directory) -> TimelineItem:
    """A call."""
    note = CallNote.of(call, directory)
    return TimelineItem(
        id=f"call-{call.id}",
        kind="call",
        at=call.facts.started_at,
        order=call.facts.started_at,
        channel=call.channel,
        case=call.cases[0] if call.cases else None,
        contact=call.contact,
        call=CallLine(
            id=call.id,
            direction=call.facts.direction or "",
            number=note.number,
            caller=note.caller,
            callee=note.callee,
            waiting=note.waiting,
            talk=note.talk,
            result=note.result,
            missed=note.missed,
            sound=note.sound,
        ),
    )


def of_change(contact: Contact, line: HistoryLine, number: int) -> TimelineItem:
    """What was done to the contact itself."""
    return TimelineItem(
        id=f"change-{contact.id}-{number}",
        kind="change",
        at=line.at,
        order=line.at,
        contact=contact.id,
        change=history_view(line),
    )
