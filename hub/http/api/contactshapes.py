"""The shapes of contacts and their timelines, as the API promises them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.contact import Contact
from hub.http.api.shapes import DeliveryOut, FileOut, HistoryOut, entry_out
from hub.services.entryviews import EditView
from hub.services.persons import Match, Person
from hub.services.timelineviews import CallLine, TimelineItem


class IdentityOut(msgspec.Struct, kw_only=True):
    """A way by which the person is known; `verified`: proven by the platform, else a claim.
    `contact` is the card it stands on: of a merged one, that one."""

    key: str
    verified: bool
    since: datetime
    unreachable: str
    contact: str = ""


class TimelineOut(msgspec.Struct, kw_only=True):
    """A line. `kind`: message (of a case), call, case (where it was opened, with its state now),
    change (of the contact itself). `number` is the case it belongs to."""

    id: str
    kind: str
    at: datetime
    channel: str
    number: int | None
    subject: str
    status: str
    contact: str
    direction: str | None = None
    text: str = ""
    author: str = ""
    message: str | None = None
    files: list[FileOut] = []
    delivery: DeliveryOut | None = None
    edits: list[EditView] = []
    call: CallLine | None = None
    change: HistoryOut | None = None


class ContactOut(msgspec.Struct, kw_only=True):
    """A contact, put together with those that were merged into it (`merged`). `edited` names the
    fields that staff wrote. `timeline` (newest first; `timeline_next` is the cursor of what follows
    at /contacts/{id}/timeline) stands only where one is asked for."""

    id: str
    kind: str
    name: str
    phone: str
    email: str
    premises: str
    vip: bool
    language: str
    identities: list[IdentityOut]
    created_at: datetime
    updated_at: datetime
    edited: list[str]
    merged: list[str] | msgspec.UnsetType = msgspec.UNSET
    timeline: list[TimelineOut] | msgspec.UnsetType = msgspec.UNSET
    timeline_next: str | msgspec.UnsetType | None = msgspec.UNSET


class SignOut(msgspec.Struct, kw_only=True):
    """`why`: proven (one proved what the other says), claimed (both say it), name (the same name
    at the same address)."""

    why: str
    key: str


class MatchOut(msgspec.Struct, kw_only=True):
    """Somebody who may be the same person, and why."""

    contact: ContactOut
    signs: list[SignOut]


class Detached(msgspec.Struct, kw_only=True):
    """The contact that stands for itself now, null where a claim was struck out; merging it again
    takes this back."""

    contact: str | None


class CodeSent(msgspec.Struct, kw_only=True):
    """Where the code went, and in a chat of which channel it is awaited."""

    to: str
    channel: str
    chat: str


def person_out(person: Person) -> ContactOut:
    """A person as the API shows one: every identity with the card it stands on."""
    out = contact_out(person.shown)
    out.identities = [
        msgspec.structs.replace(identity, contact=part.id)
        for part in person.parts
        for identity in contact_out(part).identities
    ]
    out.merged = [part.id for part in person.parts[1:]]
    return out


def match_out(match: Match) -> MatchOut:
    """A match as the API lists it."""
    signs = [SignOut(why=sign.why, key=sign.key) for sign in match.signs]
    return MatchOut(contact=contact_out(match.contact), signs=signs)


def line_out(item: TimelineItem) -> TimelineOut:
    """A line of a timeline as the API lists it."""
    out = TimelineOut(
        id=item.id,
        kind=item.kind,
        at=item.at,
        channel=item.channel,
        number=item.case,
        subject=item.subject,
        status=item.status,
        contact=item.contact,
        call=item.call,
    )
    if item.entry is not None:
        entry = entry_out(item.entry)
        out.direction, out.text, out.author = entry.direction, entry.text, entry.author
        out.message, out.files, out.edits = entry.id, entry.files, entry.edits
        out.delivery = entry.delivery
    if item.call is not None:
        out.direction = item.call.direction or None
    if item.change is not None:
        who = item.change.who
        out.change = HistoryOut(
            at=item.change.at,
            by=who.login,
            name=who.name,
            action=item.change.action,
            data=item.change.data,
        )
    return out


def contact_out(contact: Contact) -> ContactOut:
    """A contact as the API shows it."""
    return ContactOut(
        id=contact.id,
        kind=contact.kind,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        premises=contact.premises,
        vip=contact.vip,
        language=contact.language,
        identities=[
            IdentityOut(
                key=known.key,
                verified=known.verified,
                since=known.since,
                unreachable=known.unreachable,
            )
            for known in contact.identities
        ],
        created_at=contact.created_at,
        updated_at=contact.updated_at,
        edited=contact.edited,
    )
