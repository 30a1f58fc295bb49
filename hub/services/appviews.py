"""What residents see of their cases in the app: a list of what may leave, nothing else does."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from hub.domain.case import Case
from hub.domain.thread import Entry
from hub.services.appreader import Line, Reader
from hub.services.deps import Policy
from hub.services.statuscard import state_of, verbs_of

State = Literal["accepted", "working", "done", "rejected", "withdrawn", "joined"]
Can = Literal["write", "cancel", "rate", "reopen"]
TITLE = 80
"""Characters of a message that stand for a subject."""
MAY: dict[str, Can] = {
    "add": "write",
    "cancel": "cancel",
    "good": "rate",
    "bad": "rate",
    "again": "reopen",
    "resume": "reopen",
}
WAITING = frozenset({"queued", "sending", "sent", "delivered", "uncertain"})


class AppFile(msgspec.Struct, kw_only=True):
    """A file; `size` in bytes. `state` pending: not here yet; failed: cannot be had."""

    id: str
    name: str
    mime: str
    size: int
    kind: str
    state: str
    duration: int


class AppMessage(msgspec.Struct, kw_only=True):
    """A message of the dialogue. `mine`: the resident wrote it, and `read` says whether staff have
    seen it; of an answer `read` says whether the resident has. `author` is as the answer was
    signed. `key` is what the app called its own message. `reply_to` is the id of another one."""

    id: str
    mine: bool
    text: str
    files: list[AppFile]
    at: datetime
    author: str
    read: bool
    edited: bool
    deleted: bool
    automatic: bool
    key: str | None
    reply_to: str | None


class AppCase(msgspec.Struct, kw_only=True):
    """A case as its resident sees it. `status_text` says in words what `state` and `answer_by`
    mean now. `can`: what may be done with it. `unread` counts answers that were not read in the
    app. `continues` is the older case that it carries on, `joined` the one that stands for it now.
    `position` is where the stream stands for this case."""

    number: int
    state: State
    status_text: str
    title: str
    premises: str
    answer_by: datetime | None
    can: list[Can]
    rating: int
    unread: int
    last: AppMessage | None
    continues: int | None
    joined: int | None
    created_at: datetime
    updated_at: datetime
    position: str


def message_view(line: Line, reader: Reader, policy: Policy) -> AppMessage:
    """Show one line of the dialogue."""
    entry = line.entry
    mine = entry.direction == "in"
    key = None
    if mine and entry.account == reader.account and entry.external_ids:
        key = entry.external_ids[0].rpartition(":")[2]
    quoted = f"{line.doc}-{entry.in_reply_to}" if entry.in_reply_to else None
    return AppMessage(
        id=line.id,
        mine=mine,
        text="" if entry.deleted else entry.text,
        files=[
            AppFile(
                id=file.id,
                name=file.name,
                mime=file.mime,
                size=file.size,
                kind=file.kind,
                state=file.state,
                duration=file.duration,
            )
            for file in ([] if entry.deleted else entry.files)
        ],
        at=entry.at,
        author="" if mine else signed(entry, policy),
        read=not line.unseen if mine else is_read(entry),
        edited=bool(entry.edits) and not entry.deleted,
        deleted=entry.deleted,
        automatic=entry.automatic,
        key=key,
        reply_to=quoted,
    )


def signed(entry: Entry, policy: Policy) -> str:
    """Who signs an answer: the organisation, and the person where it wants that."""
    names = [entry.author.name if policy.sign_with_operator else "", policy.organisation]
    return ", ".join(name for name in names if name)


def is_read(entry: Entry) -> bool:
    """Whether the resident has read an answer."""
    return entry.delivery is not None and entry.delivery.state == "read"


def waits(entry: Entry, reader: Reader) -> bool:
    """Whether an answer that was sent to this app has still to be read there."""
    delivery = entry.delivery
    return (
        entry.direction == "out"
        and delivery is not None
        and delivery.to.account == reader.account
        and delivery.to.identity == reader.identity
        and delivery.state in WAITING
    )


def state_view(face: Case, joined: int | None) -> State:
    """Where the case stands, in the words of the app."""
    if joined is not None:
        return "joined"
    said = state_of(face)
    known: dict[str, State] = {
        "accepted": "accepted",
        "working": "working",
        "done": "done",
        "rejected": "rejected",
        "withdrawn": "withdrawn",
    }
    return known[said]


def can_view(case: Case, face: Case, joined: int | None) -> list[Can]:
    """What may be done with it: writing always, the rest as in every other channel."""
    if joined is not None or case.status in {"spam", "merged"}:
        return ["write"]
    said = [MAY[verb] for line in verbs_of(face) for verb in line]
    return list(dict.fromkeys(["write", *said]))


def title_view(case: Case, lines: list[Line]) -> str:
    """The subject, or how the first message of theirs begins."""
    if case.subject:
        return case.subject
    for line in lines:
        text = "" if line.entry.deleted else " ".join(line.entry.text.split())
        if line.entry.direction == "in" and text:
            return text if len(text) <= TITLE else text[: TITLE - 1] + "…"
    return ""
