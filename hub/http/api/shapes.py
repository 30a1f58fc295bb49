"""The shapes that the API promises, made of what the services show."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from hub.domain.callnote import CallNote
from hub.services.entryviews import EditView, EntryView, LocationView
from hub.services.views import CaseView, ContactView, PersonView

PREFIX = "/api/v1"
T = TypeVar("T")


class Listed(msgspec.Struct, Generic[T], kw_only=True):
    """A part of a list; `next` is the cursor of the following part, null at the end."""

    items: list[T]
    next: str | None = None


class FileOut(msgspec.Struct, kw_only=True):
    """A file; `size` in bytes, `state` ready, pending or failed (with a `reason`)."""

    id: str
    name: str
    mime: str
    size: int
    url: str
    kind: str = "file"
    state: str = "ready"
    reason: str = ""
    duration: int = 0


class DeliveryOut(msgspec.Struct, kw_only=True):
    """How an outgoing message fares: queued, sending, sent, delivered, read, failed, uncertain.
    `reason` is a key, `detail` the provider's own word."""

    state: str
    reason: str
    attempts: int
    detail: str
    to: str
    channel: str


class EntryOut(msgspec.Struct, kw_only=True):
    """A line of the thread. `kind`: message, comment, call, system; `direction`: in, out or null.
    `author` is a name as shown, `author_login` is that of staff (empty for residents). Lines with
    the same `album` were sent as one."""

    id: str
    case: int
    kind: str
    direction: str | None
    text: str
    files: list[FileOut]
    at: datetime
    author: str
    author_login: str
    channel: str
    delivery: DeliveryOut | None
    edits: list[EditView]
    deleted: bool
    in_reply_to: str | None
    location: LocationView | None
    shared_contact: str
    album: str
    automatic: bool
    incomplete: bool
    call: CallNote | None


class HistoryOut(msgspec.Struct, kw_only=True):
    """Who did what when; `by` is a login, empty for residents and the hub itself."""

    at: datetime
    by: str
    name: str
    action: str
    data: dict[str, str]


class CaseOut(msgspec.Struct, kw_only=True):
    """A case. In lists `thread` holds the last entry alone and `history` nothing.

    People are logins and the group is an id, as filters and actions take them; `names` says how
    each of these logins is shown. `result` is a code. `entry` stands in the answer to an action
    that wrote one.
    """

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
    group: str | None
    group_name: str
    operator: str | None
    responsible: str | None
    executors: list[str]
    names: dict[str, str]
    deadline: datetime | None
    deferred_until: datetime | None
    overdue: bool
    result: str | None
    result_comment: str
    reason: str
    created_at: datetime
    updated_at: datetime
    unread: int
    thread: list[EntryOut]
    history: list[HistoryOut]
    calls: list[EntryOut]
    work_orders: list[str]
    merged_into: int | None
    linked: int | None
    more: bool
    entry: EntryOut | msgspec.UnsetType = msgspec.UNSET


def file_url(file_id: str) -> str:
    """Where the API serves a file."""
    return f"{PREFIX}/files/{file_id}"


def entry_out(view: EntryView) -> EntryOut:
    """An entry as the API shows it."""
    delivery = view.delivery
    return EntryOut(
        id=view.id,
        case=view.case,
        kind=view.kind,
        direction=view.direction,
        text=view.text,
        files=[
            FileOut(
                id=file.id,
                name=file.name,
                mime=file.mime,
                size=file.size,
                url=file_url(file.id),
                kind=file.kind,
                state=file.state,
                reason=file.reason,
                duration=file.duration,
            )
            for file in view.files
        ],
        at=view.at,
        author=view.author.name,
        author_login=view.author.login,
        channel=view.channel,
        delivery=DeliveryOut(
            state=delivery.state,
            reason=delivery.reason,
            attempts=delivery.attempts,
            detail=delivery.detail,
            to=delivery.to,
            channel=delivery.channel,
        )
        if delivery
        else None,
        edits=view.edits,
        deleted=view.deleted,
        in_reply_to=view.in_reply_to,
        location=view.location,
        shared_contact=view.shared_contact,
        album=view.album,
        automatic=view.automatic,
        incomplete=view.incomplete,
        call=view.call,
    )


def case_out(view: CaseView) -> CaseOut:
    """A case as the API shows it."""
    return CaseOut(
        number=view.number,
        id=view.id,
        version=view.version,
        status=view.status,
        type=view.type,
        direction=view.direction,
        channel=view.channel,
        account=view.account,
        subject=view.subject,
        text=view.text,
        contact=view.contact,
        premises=view.premises,
        group=view.group.id if view.group else None,
        group_name=view.group.name if view.group else "",
        operator=_login(view.operator),
        responsible=_login(view.responsible),
        executors=[person.login for person in view.executors],
        names={
            person.login: person.name
            for person in (view.operator, view.responsible, *view.executors)
            if person is not None
        },
        deadline=view.deadline,
        deferred_until=view.deferred_until,
        overdue=view.overdue,
        result=view.result.code if view.result else None,
        result_comment=view.result.comment if view.result else "",
        reason=view.reason,
        created_at=view.created_at,
        updated_at=view.updated_at,
        unread=view.unread,
        thread=[entry_out(entry) for entry in view.thread],
        history=[
            HistoryOut(
                at=line.at,
                by=line.who.login,
                name=line.who.name,
                action=line.action,
                data=line.data,
            )
            for line in view.history
        ],
        calls=[entry_out(entry) for entry in view.calls],
        work_orders=view.work_orders,
        merged_into=view.merged_into,
        linked=view.linked,
        more=view.more,
    )


def _login(person: PersonView | None) -> str | None:
    return person.login if person else None
