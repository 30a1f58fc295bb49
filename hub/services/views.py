"""How a case is shown: the shape that API v1 promises, read by web and bots as well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.domain.case import Case
from hub.domain.staff import Directory
from hub.services.entryviews import EntryView, HistoryView, entry_view, history_view


class ContactView(msgspec.Struct, kw_only=True):
    """The contact as a case shows it."""

    id: str
    name: str
    phone: str
    vip: bool


class PersonView(msgspec.Struct, kw_only=True):
    """A member of staff by name."""

    login: str
    name: str
    position: str = ""


class GroupView(msgspec.Struct, kw_only=True):
    """A group by name."""

    id: str
    name: str


class ResultView(msgspec.Struct, kw_only=True):
    """How it ended."""

    code: str
    comment: str


class CaseView(msgspec.Struct, kw_only=True):
    """A case in full, or a line of a list (then thread holds the last entry, history nothing)."""

    number: int
    id: str
    version: int
    status: str
    type: str
    direction: str
    channel: str
    account: str
    subject: str
    text: str
    contact: ContactView
    premises: str
    group: GroupView | None
    operator: PersonView | None
    responsible: PersonView | None
    executors: list[PersonView]
    dispatcher: PersonView | None
    offered_by: PersonView | None
    deadline: datetime | None
    deferred_until: datetime | None
    overdue: bool
    result: ResultView | None
    reason: str
    created_at: datetime
    updated_at: datetime
    answered_at: datetime | None
    asks_since: datetime | None
    unread: int
    thread: list[EntryView]
    history: list[HistoryView]
    pages: int
    calls: list[EntryView]
    work_orders: list[str]
    merged_into: int | None
    linked: int | None
    more: bool = False


def case_view(
    case: Case,
    directory: Directory,
    now: datetime,
    *,
    thread: Sequence[EntryView] | None = None,
    history: bool = True,
    more: bool = False,
) -> CaseView:
    """Show a case; `thread` overrides what the document itself holds."""

    def person(login: str) -> PersonView | None:
        if not login:
            return None
        known = directory.staff.get(login)
        return PersonView(
            login=login, name=directory.name(login), position=known.position if known else ""
        )

    group = directory.groups.get(case.group)
    lines = (
        list(thread)
        if thread is not None
        else [entry_view(entry, case.number) for entry in case.thread]
    )
    _say_why_they_wait(case, lines)
    return CaseView(
        number=case.number,
        id=str(case.number),
        version=case.version,
        status=case.status,
        type=case.type,
        direction=case.direction,
        channel=case.channel,
        account=case.account,
        subject=case.subject,
        text=case.text,
        contact=ContactView(
            id=case.contact.id,
            name=case.contact.name,
            phone=case.contact.phone,
            vip=case.contact.vip,
        ),
        premises=case.premises,
        group=GroupView(id=case.group, name=group.name if group else case.group)
        if case.group
        else None,
        operator=person(case.operator),
        responsible=person(case.responsible),
        executors=[found for login in case.executors if (found := person(login))],
        dispatcher=person(case.dispatcher),
        offered_by=person(case.offered_by),
        deadline=case.deadline,
        deferred_until=case.deferred_until if case.status == "deferred" else None,
        overdue=case.overdue(now),
        result=ResultView(code=case.result.code, comment=case.result.comment)
        if case.result
        else None,
        reason=case.reason,
        created_at=case.created_at,
        updated_at=case.updated_at,
        answered_at=case.answered_at,
        asks_since=case.asks_since,
        unread=case.unread,
        thread=lines,
        history=[history_view(line) for line in (case.history if history else [])],
        pages=case.pages,
        calls=[line for line in lines if line.kind == "call"],
        work_orders=[],
        merged_into=case.merged_into or None,
        linked=case.linked or None,
        more=more,
    )


def _say_why_they_wait(case: Case, lines: Sequence[EntryView]) -> None:
    """An answer that the provider does not take now (no money, a wrong key) is no failure: it is
    tried again. Whoever looks at it shall know why it is not there yet."""
    waits = {row.entry: row.reason for row in case.outbox if row.kind == "deliver"}
    for line in lines:
        if line.case == case.number and line.delivery and not line.delivery.reason:
            line.delivery.reason = waits.get(line.seq, "")
