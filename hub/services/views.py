"""How a case is shown: the shape that API v1 promises, read by web and bots as well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.domain.callnote import CallNote
from hub.domain.case import Case
from hub.domain.staff import Directory
from hub.domain.thread import Entry, HistoryLine


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


class FileView(msgspec.Struct, kw_only=True):
    """A file of an entry; `state` ready, pending or failed (with `reason`)."""

    id: str
    name: str
    mime: str
    size: int
    url: str
    kind: str
    state: str
    reason: str
    duration: int


class AuthorView(msgspec.Struct, kw_only=True):
    """Who wrote it; a resident has no login, the hub itself neither login nor name."""

    name: str
    login: str
    position: str


class DeliveryView(msgspec.Struct, kw_only=True):
    """How an outgoing message fares."""

    state: str
    reason: str
    attempts: int
    detail: str
    to: str
    channel: str


class EditView(msgspec.Struct, kw_only=True):
    """What stood there before («было»), and until when."""

    at: datetime
    text: str
    deleted: bool


class LocationView(msgspec.Struct, kw_only=True):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class OriginalView(msgspec.Struct, kw_only=True):
    """A message as it came: `quote` is what was cut off its end, `html` whether it has markup to
    show, `source` where the whole is downloaded (empty: it was not taken), `size` of it in bytes,
    `blocked` the number of pictures on other servers, `problems` are text keys."""

    quote: str
    html: bool
    source: str
    size: int
    blocked: int
    problems: list[str]


class GuestView(msgspec.Struct, kw_only=True):
    """Somebody else than the applicant wrote: asked, accepted or apart (`case` is its own then)."""

    name: str
    address: str
    state: str
    case: int


class EntryView(msgspec.Struct, kw_only=True):
    """A line of the thread. `id` is its number within the case `case`; lines with the same `album`
    were sent as one. `copies`: other addresses of ours to which it came as well."""

    id: str
    seq: int
    case: int
    kind: str
    direction: str | None
    text: str
    files: list[FileView]
    at: datetime
    author: AuthorView
    channel: str
    delivery: DeliveryView | None
    edits: list[EditView]
    deleted: bool
    in_reply_to: str | None
    location: LocationView | None
    shared_contact: str
    album: str = ""
    automatic: bool
    event: str
    incomplete: bool = False
    call: CallNote | None = None
    subject: str = ""
    original: OriginalView | None = None
    guest: GuestView | None = None
    copies: list[str] = []


class HistoryView(msgspec.Struct, kw_only=True):
    """Who did what when; `action` is a text key, `data` fills it."""

    at: datetime
    who: AuthorView
    action: str
    data: dict[str, str]


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


def entry_view(entry: Entry, case: int) -> EntryView:
    """Show one entry."""
    delivery = entry.delivery
    return EntryView(
        id=str(entry.seq),
        seq=entry.seq,
        case=case,
        kind=entry.kind,
        direction=entry.direction or None,
        text="" if entry.deleted else entry.text,
        files=[
            FileView(
                id=file.id,
                name=file.name,
                mime=file.mime,
                size=file.size,
                url=f"/files/{file.id}",
                kind=file.kind,
                state=file.state,
                reason=file.reason,
                duration=file.duration,
            )
            for file in entry.files
        ],
        at=entry.at,
        author=AuthorView(
            name=entry.author.name, login=entry.author.login, position=entry.author.position
        ),
        channel=entry.channel,
        delivery=DeliveryView(
            state=delivery.state,
            reason=delivery.reason,
            attempts=delivery.attempts,
            detail=delivery.detail,
            to=delivery.to.identity,
            channel=delivery.to.channel,
        )
        if delivery
        else None,
        edits=[
            EditView(at=change.at, text=change.text, deleted=change.deleted)
            for change in entry.edits
        ],
        deleted=entry.deleted,
        in_reply_to=str(entry.in_reply_to) if entry.in_reply_to else None,
        location=LocationView(latitude=entry.location.latitude, longitude=entry.location.longitude)
        if entry.location
        else None,
        shared_contact=entry.shared_contact,
        album=entry.album,
        automatic=entry.automatic,
        event=entry.event,
        incomplete=entry.incomplete,
        call=entry.call,
        subject="" if entry.deleted else entry.subject,
        original=_original(entry),
        guest=_guest(entry),
        copies=[copy.to for copy in entry.copies],
    )


def _original(entry: Entry) -> OriginalView | None:
    kept = entry.original
    if kept is None or entry.deleted:
        return None
    return OriginalView(
        quote=kept.quote,
        html=bool(kept.html),
        source=f"/files/{kept.source}" if kept.source else "",
        size=kept.size,
        blocked=kept.blocked,
        problems=kept.problems,
    )


def _guest(entry: Entry) -> GuestView | None:
    guest = entry.guest
    if guest is None:
        return None
    return GuestView(name=guest.name, address=guest.address.to, state=guest.state, case=guest.case)


def history_view(line: HistoryLine) -> HistoryView:
    """Show a line of history."""
    who = AuthorView(name=line.who.name, login=line.who.login, position=line.who.position)
    return HistoryView(at=line.at, who=who, action=line.action, data=line.data)


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
