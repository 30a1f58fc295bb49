"""How a line of a thread or of a history is shown: the shape that API v1 promises."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.callnote import CallNote
from hub.domain.thread import Entry, HistoryLine


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
