"""What a case holds, and looking at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hub.domain.contact import Contact
from hub.domain.errors import CaseClosed, NotFound, StaleVersion, WrongState
from hub.domain.message import Address, Attachment
from hub.domain.outbox import Row
from hub.domain.status import ALLOWED, AT_WORK, ENDED, Status
from hub.domain.thread import Entry, HistoryLine

REOPEN_DAYS = 14
"""How long a message on a closed case reopens it; later a linked one is opened."""


TaskStep = Literal["accepted", "going", "there", "done"]
"""How far somebody is with the work: taken on, on the way, on the place, done."""


MOST_PHOTOS = 10
"""Pictures of the work that one answer takes along."""


class ContactRef(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a case shows of its contact."""

    id: str
    name: str = ""
    phone: str = ""
    vip: bool = False
    language: str = ""

    @classmethod
    def of(cls, contact: Contact, *, name: str = "") -> ContactRef:
        """The contact as it is now; `name` where it has none of its own."""
        return cls(
            id=contact.id,
            name=contact.name or name,
            phone=contact.phone,
            vip=contact.vip,
            language=contact.language,
        )


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it ended: a result code, what the operator added, and how the code was called then."""

    code: str
    comment: str = ""
    name: str = ""


class CaseFacts(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something a resident wants answered by a deadline.

    `number` is its name for people and programs, never reused. `rev` guards every write;
    `version` moves when something changes that people see and decide by. `conversation` is the
    thread key of the last incoming message and `current` marks the one case that takes what
    comes in there. `thread` and `history` hold the newest part; `pages` older pages stand in a
    collection of their own. `ops` are the ids of the last saves. `seqs` and `rows` count entries
    and outbox rows ever made. `asks_since`: since when the resident waits for an answer.
    `status_card` is the provider's id of the message that tells the resident how it stands.
    `rating` is what they think of the answer: 1, -1, or 0 while they said nothing.
    `escalated` names the group in whose queue the wait began and those told since that nobody takes
    the case, `escalate_at` says when that goes a step further; `alerted`: supervisors were called.
    `remind_at`: when a reminder of the deadline is due, `reminded` the deadline it was given for.
    `steps`: how far each executor (by login) is; who has not answered yet is not named.
    `guests`: where others than the applicant write from whom staff let in.
    """

    number: int = msgspec.field(name="_id")
    rev: int = 0
    version: int = 0
    status: Status = "new"
    type: str = "request"
    direction: Literal["in", "out"] = "in"
    channel: str = ""
    account: str = ""
    conversation: str = ""
    current: bool = False
    subject: str = ""
    text: str = ""
    contact: ContactRef
    address: Address | None = None
    last_external_id: str = ""
    premises: str = ""
    group: str = ""
    operator: str = ""
    offered_by: str = ""
    responsible: str = ""
    executors: list[str] = []
    dispatcher: str = ""
    deadline: datetime | None = None
    overdue_at: datetime | None = None
    deferred_until: datetime | None = None
    escalate_at: datetime | None = None
    escalated: list[str] = []
    alerted: bool = False
    remind_at: datetime | None = None
    reminded: datetime | None = None
    result: Result | None = None
    reason: str = ""
    before: Status | None = None
    created_at: datetime
    updated_at: datetime
    answered_at: datetime | None = None
    asks_since: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    unread: int = 0
    automatic: bool = False
    thread: list[Entry] = []
    history: list[HistoryLine] = []
    outbox: list[Row] = []
    outbox_due: datetime | None = None
    seqs: int = 0
    rows: int = 0
    pages: int = 0
    ops: list[str] = []
    linked: int = 0
    merged_into: int = 0
    status_card: str = ""
    rating: int = 0
    steps: dict[str, TaskStep] = {}
    guests: list[Address] = []

    @property
    def open(self) -> bool:
        """Not closed, rejected, spam or merged. Resolved is open."""
        return self.status not in ENDED

    def overdue(self, now: datetime) -> bool:
        """The deadline has passed and the work is not done."""
        return self.status in AT_WORK and self.deadline is not None and self.deadline < now

    def entry(self, seq: int) -> Entry:
        """The entry with this number among the newest part of the thread; else NotFound."""
        entry = self.by_seq(seq)
        if entry is None:
            raise NotFound(what="message", id=seq)
        return entry

    def by_seq(self, seq: int) -> Entry | None:
        """As `entry`, None where it stands in an older page."""
        return next((entry for entry in reversed(self.thread) if entry.seq == seq), None)

    def by_key(self, key: str) -> Entry | None:
        """The entry with this key, if it stands here."""
        return next((entry for entry in reversed(self.thread) if entry.key == key), None)

    def by_external(self, account: str, external_id: str) -> Entry | None:
        """The entry that the provider of `account` calls `external_id`."""
        for entry in reversed(self.thread):
            if external_id in entry.external_ids and account in entry.known_at:
                return entry
        return None

    @property
    def work_photos(self) -> list[Attachment]:
        """Pictures by which those who did the work show what was done, the newest ten."""
        found = [
            file
            for entry in self.thread
            if entry.kind == "comment" and entry.author.login in self.executors
            for file in entry.files
            if file.state == "ready" and (file.kind == "photo" or file.mime.startswith("image/"))
        ]
        return found[-MOST_PHOTOS:]

    def takes(self, kept_at: datetime) -> bool:
        """Whether a message kept at this time joins (or reopens) this case; else a linked one
        opens. What a sender says of the time is not asked: it orders messages and no more."""
        if self.open or self.status in {"spam", "merged"}:
            return True
        ended = self.ended_at or self.updated_at
        return kept_at - ended <= timedelta(days=REOPEN_DAYS)

    def at_version(self, expected: int | None) -> None:
        """Raise StaleVersion unless the case still is what the caller saw."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, actual=self.version, number=self.number)

    def open_to(self, action: str) -> None:
        """Raise CaseClosed or WrongState as the change itself would: for who is about to ask what
        it needs."""
        self._allow(action)

    def _allow(self, action: str) -> None:
        if self.status in ALLOWED[action]:
            return
        if self.status == "closed":
            raise CaseClosed(number=self.number, action=action, status=self.status)
        raise WrongState(number=self.number, action=action, status=self.status)
