"""Event → what must follow, by table."""

from __future__ import annotations

from typing import Any

import pytest

from hub.domain import events
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
from hub.domain.staff import BotLink, Directory, Group, Staff
from hub.services.livenews import LIVE, live_event
from hub.services.reactions import TABLE, follow
from tests.support.cases import EMMA, NOW, opened

PEOPLE = {
    "emma": "operator",
    "oleg": "operator",
    "nina": "operator",
    "ivan": "executor",
    "lena": "supervisor",
}


def directory(**changes: Any) -> Directory:
    staff = {
        login: Staff(
            login=login,
            name=login,
            roles=[role],  # type: ignore[list-item]
            groups=[] if login != "nina" else ["south"],
            bots=[BotLink("staff", 1, 1)],
            created_at=NOW,
            updated_at=NOW,
        )
        for login, role in PEOPLE.items()
    }
    for login, fields in changes.items():
        for name, value in fields.items():
            setattr(staff[login], name, value)
    return Directory(staff, {"north": Group(id="north", name="Север")})


def queued() -> Case:
    """A new case in the queue of the north."""
    case = opened()
    case.group = "north"
    return case


def worked() -> Case:
    """Emma answers it, Oleg is responsible, Ivan carries it out."""
    case = queued()
    case.take(EMMA, NOW)
    case.responsible, case.executors = "oleg", ["ivan"]
    case.outbox = []
    return case


def sent() -> Case:
    case = worked()
    case.reply("Дали", [], EMMA, NOW, key="r")
    case.outbox = []
    return case


def rows(case: Case, event: Event, known: Directory | None = None) -> set[str]:
    """What follows, as «notice:emma:message» or «status»."""
    case.outbox = []
    follow(case, [event], known or directory(), NOW)
    found = set()
    for row in case.outbox:
        parts = [row.kind, row.data.get("login", ""), row.data.get("what", "")]
        found.add(":".join(part for part in parts if part))
    assert len(found) == len(case.outbox)
    return found


QUEUE = {"emma", "oleg"}
CARDS = {"card:emma", "card:oleg", "card:ivan"}

FOLLOWS: list[tuple[Any, Event, set[str]]] = [
    (queued, CaseOpened(entry=1), {"notice:emma:new", "notice:oleg:new", "status"}),
    (worked, GuestWrote(entry=1), {"notice:emma:comment", "notice:oleg:comment", *CARDS}),
    (queued, CaseOpened(entry=1, by="emma"), {"notice:oleg:new", "status"}),
    (queued, MessageReceived(entry=1), {"card:emma", "card:oleg"}),
    (
        worked,
        MessageReceived(entry=1),
        {"notice:emma:message", "notice:oleg:message", "card:emma", "card:oleg"},
    ),
    (worked, MessageEdited(entry=1), {"notice:emma:edited", "notice:oleg:edited"} | CARDS),
    (queued, MessageEdited(entry=1), {"card:emma", "card:oleg"}),
    (worked, Reopened(by="emma"), {"notice:oleg:reopened", "status"}),
    (sent, ReplyAdded(entry=2, by="emma"), {"mark:emma"} | CARDS),
    (
        worked,
        CommentAdded(entry=1, by="emma"),
        {"notice:oleg:comment", "notice:ivan:comment"},
    ),
    (
        worked,
        CommentAdded(entry=1, by="ivan"),
        {"notice:oleg:comment", "notice:emma:comment"},
    ),
    (queued, Taken(by="emma"), {"card:emma", "card:oleg"}),
    (queued, Released(by="emma"), {"notice:oleg:released", "card:emma"}),
    (
        worked,
        Assigned(by="lena", operator="emma"),
        {"notice:emma:assigned", "card:emma", "card:oleg", "card:lena"},
    ),
    (
        worked,
        Transferred(by="emma", entry=1, operator="oleg"),
        {"notice:oleg:transferred", "card:emma", "card:oleg"},
    ),
    (
        queued,
        Transferred(by="emma", entry=1, group="north"),
        {"notice:oleg:transferred_group", "card:emma", "card:oleg"},
    ),
    (
        worked,
        ResponsibleChanged(by="emma", staff="oleg"),
        {"notice:oleg:responsible"} | CARDS,
    ),
    (worked, ResponsibleChanged(by="emma", staff=""), CARDS),
    (worked, ExecutorAdded(by="emma", staff="ivan"), {"notice:ivan:task"} | CARDS),
    (worked, ExecutorRemoved(by="emma", staff="ivan"), {"notice:ivan:task_gone"} | CARDS),
    (worked, TaskAdvanced(by="ivan", step="going"), CARDS),
    (worked, DetailsChanged(by="emma", what="subject"), CARDS),
    (
        worked,
        DetailsChanged(by="emma", what="deadline"),
        {"status", "notice:ivan:deadline"} | CARDS,
    ),
    (queued, DetailsChanged(what="contact"), {"card:emma", "card:oleg"}),
    (worked, StatusChanged(old="new", new="in_progress"), {"status"} | CARDS),
    (worked, StatusChanged(old="in_progress", new="waiting"), CARDS),
    (worked, StatusChanged(old="in_progress", new="spam"), {"status"} | CARDS),
    (
        worked,
        Overdue(),
        {"notice:emma:overdue", "notice:oleg:overdue", "notice:lena:overdue"} | CARDS,
    ),
    (
        queued,
        Escalated(group="south"),
        {"notice:lena:escalated", "notice:nina:escalated"}
        # who serves every group is in that one too
        | {"notice:emma:escalated", "notice:oleg:escalated"},
    ),
    (queued, Escalated(), {"notice:lena:escalated"}),
    (worked, DeadlineNear(staff=("ivan", "oleg")), {"notice:ivan:soon", "notice:oleg:soon"}),
    (sent, DeliveryChanged(entry=2, state="sent"), {"mark:emma"}),
    (
        sent,
        DeliveryChanged(entry=2, state="failed"),
        {"mark:emma", "notice:emma:failed", "failure"} | CARDS,
    ),
    (worked, DeliveryChanged(entry=99, state="sent"), set()),
    (worked, FileArrived(entry=1), {"notice:emma:file", "notice:oleg:file"}),
    (
        worked,
        FilesAdded(entry=1, by="emma"),
        {"notice:oleg:file", "notice:ivan:file"},
    ),
    (sent, Revised(entry=2, by="emma"), {"mark:emma"} | CARDS),
]


@pytest.mark.parametrize(
    ("case", "event", "expected"),
    FOLLOWS,
    ids=[f"{case.__name__}-{type(event).__name__}" for case, event, _ in FOLLOWS],
)
def test_what_follows(case: Any, event: Event, expected: set[str]) -> None:
    assert rows(case(), event) == expected


def test_every_event_has_its_line_in_both_tables() -> None:
    known = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    }
    assert set(TABLE) == set(LIVE) == known
    assert {type(event) for _, event, _ in FOLLOWS} == known


def test_one_row_for_each_bot_of_a_person() -> None:
    links = [BotLink("staff", 1, 1), BotLink("spare", 2, 2)]
    case = worked()
    follow(case, [FileArrived(entry=1)], directory(emma={"bots": links}), NOW)
    assert [row.to for row in case.outbox] == [
        "staff:emma:staff",
        "staff:emma:spare",
        "staff:oleg:staff",
    ]


def test_who_has_no_bot_or_has_left_is_not_written_to() -> None:
    known = directory(emma={"bots": []}, oleg={"active": False})
    assert rows(queued(), CaseOpened(entry=1), known) == {"status"}


def test_resident_hears_of_nothing_where_there_is_no_address() -> None:
    case = queued()
    case.address = None
    assert "status" not in rows(case, CaseOpened(entry=1))


def test_automatic_message_is_never_answered_automatically() -> None:
    """Two machines that answer each other never stop."""
    case = queued()
    case.automatic = True
    for event in (CaseOpened(entry=1), Reopened(), StatusChanged(old="new", new="resolved")):
        assert "status" not in rows(case, event)


def test_spam_is_answered_by_nobody() -> None:
    case = queued()
    case.spam(EMMA, NOW)
    assert rows(case, CaseOpened(entry=1)) == set()
    assert rows(case, StatusChanged(old="new", new="spam")) == {"card:emma", "card:oleg"}


def test_pages_hear_each_kind_of_change_once() -> None:
    case = worked()
    event = live_event(case, [Taken(by="emma"), Released(by="emma"), Overdue()], "emma")
    assert event is not None
    assert event.what == ["people", "status"]
    assert (event.group, event.operator, event.people, event.by) == (
        "north",
        "emma",
        ["oleg", "ivan"],
        "emma",
    )
    assert live_event(case, []) is None
