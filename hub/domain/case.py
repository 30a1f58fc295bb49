"""Case, the heart of the house: what a case is and what may happen to it.

Every method that changes something returns what happened (events); hub.services.reactions turns
events into outbox rows, and one save keeps state, thread, history and outbox together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hub.domain.errors import (
    AlreadyTaken,
    CaseClosed,
    Invalid,
    MergeCircle,
    NoAddress,
    NotFound,
    StaleVersion,
    WrongState,
)
from hub.domain.events import (
    Assigned,
    CaseOpened,
    CommentAdded,
    DeliveryChanged,
    DetailsChanged,
    Event,
    ExecutorAdded,
    ExecutorRemoved,
    FileArrived,
    MessageEdited,
    MessageReceived,
    Overdue,
    Released,
    Reopened,
    ReplyAdded,
    ResponsibleChanged,
    StatusChanged,
    Taken,
    Transferred,
)
from hub.domain.message import Address, Attachment, DeliveryState, Edit, Inbound
from hub.domain.outbox import COALESCED, Row, RowKind
from hub.domain.staff import Actor
from hub.domain.status import ALLOWED, AT_WORK, ENDED, Status
from hub.domain.thread import ADVANCE, Author, Change, Delivery, Entry, HistoryLine, place

REOPEN_DAYS = 14
"""How long a message on a closed case reopens it; later a linked one is opened."""


class ContactRef(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a case shows of its contact."""

    id: str
    name: str = ""
    phone: str = ""
    vip: bool = False


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it ended: a result code and what the operator added."""

    code: str
    comment: str = ""


class Case(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something a resident wants answered by a deadline.

    `number` is its name for people and programs, never reused. `rev` guards every write;
    `version` moves when something changes that people see and decide by. `conversation` is the
    thread key of the last incoming message and `current` marks the one case that takes what
    comes in there. `thread` and `history` hold the newest part; `pages` older pages stand in a
    collection of their own. `ops` are the ids of the last saves. `seqs` and `rows` count entries
    and outbox rows ever made. `asks_since`: since when the resident waits for an answer.
    `status_card` is the provider's id of the message that tells the resident how it stands.
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

    # ── looking ──────────────────────────────────────────────────────────────────────────────

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
            if entry.account == account and external_id in entry.external_ids:
                return entry
        return None

    def takes(self, message_at: datetime) -> bool:
        """Whether a message at this time joins (or reopens) this case; else a linked one opens."""
        if self.open or self.status in {"spam", "merged"}:
            return True
        ended = self.ended_at or self.updated_at
        return message_at - ended <= timedelta(days=REOPEN_DAYS)

    def at_version(self, expected: int | None) -> None:
        """Raise StaleVersion unless the case still is what the caller saw."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, actual=self.version, number=self.number)

    def _allow(self, action: str) -> None:
        if self.status in ALLOWED[action]:
            return
        if self.status == "closed":
            raise CaseClosed(number=self.number, action=action, status=self.status)
        raise WrongState(number=self.number, action=action, status=self.status)

    # ── what comes in ────────────────────────────────────────────────────────────────────────

    def receive(self, message: Inbound, now: datetime) -> list[Event]:
        """A resident's message joins the case. A key that stands here already changes nothing."""
        if self.by_key(message.key) is not None:
            return []
        first = self.seqs == 0
        quoted = (
            self.by_external(message.account, message.in_reply_to) if message.in_reply_to else None
        )
        entry = Entry(
            key=message.key,
            seq=self._next_seq(),
            kind="message",
            direction="in",
            text=message.text,
            subject=message.subject,
            files=message.attachments,
            at=message.sent_at,
            kept_at=now,
            author=Author(name=message.sender.name or self.contact.name),
            channel=message.channel,
            account=message.account,
            conversation=message.conversation,
            external_ids=[message.external_id],
            order=message.order,
            in_reply_to=quoted.seq if quoted else 0,
            location=message.location,
            shared_contact=message.shared_contact,
            album=message.album,
            automatic=message.automatic,
        )
        index = place(self.thread, message)
        newest = not any(later.direction == "in" for later in self.thread[index:])
        self.thread.insert(index, entry)
        if not self.text and message.text:
            self.text = message.text
        if not self.subject and message.subject:
            self.subject = message.subject
        if newest:
            self.channel, self.account = message.channel, message.account
            self.address = message.reply_to
            self.last_external_id = message.external_id
        self.unread += 1
        self.asks_since = self.asks_since or message.sent_at
        for file in entry.files:
            if file.state == "pending":
                self.follow(
                    "fetch",
                    f"file:{file.id}",
                    now,
                    account=message.account,
                    entry=entry.seq,
                    data={"file": file.id},
                )
        self._touch(now)
        if first:
            self.automatic = message.automatic
            return [CaseOpened(entry=entry.seq)]
        events: list[Event] = []
        if self.status == "spam":
            return events
        if self.status in {"resolved", "closed", "rejected"}:
            events += self._reopen(Author(), now)
        elif self.status in {"waiting", "deferred"}:
            events += self._move("in_progress" if self.operator else self._idle(), Author(), now)
        return [*events, MessageReceived(entry=entry.seq)]

    def amend(self, entry: Entry, edit: Edit, now: datetime) -> list[Event]:
        """A resident changed or deleted a message; the former text stays readable."""
        if entry.deleted or (not edit.deleted and entry.text == edit.text):
            return []
        entry.edits = [*entry.edits, Change(edit.at, entry.text, edit.deleted)]
        if edit.deleted:
            entry.deleted = True
        else:
            entry.text = edit.text
        self._touch(now)
        return [MessageEdited(entry=entry.seq)]

    def arrived(self, file_id: str, now: datetime, *, size: int, mime: str) -> list[Event]:
        """The bytes of a file are in the store now."""
        return self._file(file_id, now, state="ready", size=size, mime=mime)

    def file_lost(self, file_id: str, now: datetime, reason: str) -> list[Event]:
        """The bytes of a file cannot be had; `reason` is a text key."""
        return self._file(file_id, now, state="failed", reason=reason)

    def _file(
        self,
        file_id: str,
        now: datetime,
        *,
        state: Literal["ready", "failed"],
        size: int | None = None,
        mime: str = "",
        reason: str = "",
    ) -> list[Event]:
        for entry in self.thread:
            for file in entry.files:
                if file.id == file_id and file.state != state:
                    file.state, file.reason = state, reason
                    file.size = file.size if size is None else size
                    file.mime = mime or file.mime
                    return [FileArrived(entry=entry.seq)]
        return []

    # ── what staff write ─────────────────────────────────────────────────────────────────────

    def reply(
        self,
        text: str,
        files: list[Attachment],
        by: Actor,
        now: datetime,
        *,
        key: str,
        to: Address | None = None,
        automatic: bool = False,
        event: str = "",
    ) -> list[Event]:
        """An answer to the resident. A key that stands here already changes nothing."""
        if self.by_key(key) is not None:
            return []
        if not automatic:
            self._allow("reply")
        address = to or self.address
        if address is None:
            raise NoAddress(number=self.number)
        if not text.strip() and not files:
            raise Invalid(field="text", reason="required")
        who = author(by)
        entry = Entry(
            key=key,
            seq=self._next_seq(),
            kind="message",
            direction="out",
            text=text,
            files=files,
            at=now,
            kept_at=now,
            author=who,
            channel=address.channel,
            account=address.account,
            conversation=address.conversation,
            delivery=Delivery(to=address, at=now),
            automatic=automatic,
            event=event,
        )
        self.thread.append(entry)
        self.follow(
            "deliver",
            f"resident:{address.account}:{address.to}",
            now,
            account=address.account,
            entry=entry.seq,
        )
        if not automatic:
            self.unread = 0
            self.asks_since = None
            self.answered_at = self.answered_at or now
        self._touch(now)
        return [ReplyAdded(entry=entry.seq, by=by.login)]

    def comment(
        self, text: str, files: list[Attachment], by: Actor, now: datetime, *, key: str
    ) -> list[Event]:
        """An internal comment; never leaves for a resident."""
        if self.by_key(key) is not None:
            return []
        if not text.strip() and not files:
            raise Invalid(field="text", reason="required")
        entry = Entry(
            key=key,
            seq=self._next_seq(),
            kind="comment",
            text=text,
            files=files,
            at=now,
            kept_at=now,
            author=author(by),
        )
        self.thread.append(entry)
        self._touch(now)
        return [CommentAdded(entry=entry.seq, by=by.login)]

    # ── whose it is ──────────────────────────────────────────────────────────────────────────

    def take(self, by: Actor, now: datetime) -> list[Event]:
        """An operator takes the case for themselves, unless somebody works on it already."""
        self._allow("take")
        if self.operator == by.login and self.status == "in_progress":
            return []
        if self.operator and self.operator != by.login:
            raise AlreadyTaken(number=self.number, operator=self.operator)
        self.operator, self.offered_by = by.login, ""
        self.dispatcher = self.dispatcher or by.login
        self._note(now, author(by), "taken")
        return [*self._move("in_progress", author(by), now), Taken(by=by.login)]

    def assign(self, operator: str, by: Actor, now: datetime) -> list[Event]:
        """A supervisor (or a rule) gives the case to an operator."""
        self._allow("assign")
        if self.operator == operator:
            return []
        self.operator, self.offered_by = operator, ""
        self._note(now, author(by), "assigned", operator=operator)
        events = self._move("assigned", author(by), now)
        return [*events, Assigned(by=by.login, operator=operator)]

    def release(self, by: Actor, now: datetime, *, reason: str = "") -> list[Event]:
        """The case goes back to its queue."""
        self._allow("release")
        if not self.operator:
            return []
        self.operator, self.offered_by = "", ""
        self._note(now, author(by), "released", reason=reason)
        return [*self._move(self._idle(), author(by), now), Released(by=by.login)]

    def transfer(
        self, note: str, by: Actor, now: datetime, *, key: str, operator: str = "", group: str = ""
    ) -> list[Event]:
        """Hand over to an operator or a group, with an explanation that stands as a comment."""
        if self.by_key(key) is not None:
            return []
        self._allow("transfer")
        if not note.strip():
            raise Invalid(field="note", reason="required")
        if bool(operator) == bool(group):
            raise Invalid(field="to", reason="required")
        if operator and operator == self.operator:
            raise Invalid(field="to", reason="same")
        self.comment(note, [], by, now, key=key)
        who = author(by)
        if group:
            self.group, self.operator, self.offered_by = group, "", ""
            self._note(now, who, "transferred_group", group=group)
            moved = self._move(self._idle(), who, now)
        else:
            self.offered_by, self.operator = self.operator or by.login, operator
            self._note(now, who, "transferred", operator=operator)
            moved = self._move("assigned", who, now)
        return [*moved, Transferred(by=by.login, entry=self.seqs, operator=operator, group=group)]

    def hand_back(self, by: Actor, now: datetime, *, note: str, key: str) -> list[Event]:
        """Return a transferred case to who offered it."""
        if self.operator != by.login or not self.offered_by:
            raise WrongState(number=self.number, action="return", status=self.status)
        return self.transfer(note, by, now, key=key, operator=self.offered_by)

    def make_responsible(self, staff: str, by: Actor, now: datetime) -> list[Event]:
        """Set (or with an empty login clear) who answers for the case."""
        self._allow("responsible")
        if self.responsible == staff:
            return []
        self.responsible = staff
        self._note(now, author(by), "responsible", staff=staff)
        events: list[Event] = [ResponsibleChanged(by=by.login, staff=staff)]
        return [*self._settle_idle(author(by), now), *events]

    def change_executors(
        self, add: list[str], remove: list[str], by: Actor, now: datetime
    ) -> list[Event]:
        """Add and remove those who carry it out."""
        self._allow("executors")
        events: list[Event] = []
        who = author(by)
        for login in add:
            if login not in self.executors:
                self.executors = [*self.executors, login]
                self._note(now, who, "executor_added", staff=login)
                events.append(ExecutorAdded(by=by.login, staff=login))
        for login in remove:
            if login in self.executors:
                self.executors = [name for name in self.executors if name != login]
                self._note(now, who, "executor_removed", staff=login)
                events.append(ExecutorRemoved(by=by.login, staff=login))
        if not events:
            return []
        return [*self._settle_idle(who, now), *events]

    # ── its details ──────────────────────────────────────────────────────────────────────────

    def set_deadline(self, at: datetime, by: Actor, now: datetime) -> list[Event]:
        """Change the deadline; a passed one is forgotten."""
        self._allow("deadline")
        if self.deadline == at:
            return []
        old = self.deadline
        self.deadline, self.overdue_at = at, None
        self._note(
            now, author(by), "deadline", old=old.isoformat() if old else "", new=at.isoformat()
        )
        return [DetailsChanged(by=by.login, what="deadline")]

    def set_type(self, type_: str, by: Actor, now: datetime) -> list[Event]:
        """Запрос, жалоба, претензия, предложение …"""
        self._allow("type")
        if self.type == type_:
            return []
        self._note(now, author(by), "type", old=self.type, new=type_)
        self.type = type_
        return [DetailsChanged(by=by.login, what="type")]

    def edit(
        self,
        by: Actor,
        now: datetime,
        *,
        subject: str | None = None,
        text: str | None = None,
        premises: str | None = None,
    ) -> list[Event]:
        """The pencil: subject, text and address."""
        self._allow("edit")
        events: list[Event] = []
        for name, value in (("subject", subject), ("text", text), ("premises", premises)):
            if value is not None and value != getattr(self, name):
                self._note(now, author(by), name, old=getattr(self, name)[:200], new=value[:200])
                setattr(self, name, value)
                events.append(DetailsChanged(by=by.login, what=name))
        return events

    def shows_contact(self, ref: ContactRef, now: datetime) -> list[Event]:
        """The contact's name, phone or VIP mark changed."""
        if self.contact == ref:
            return []
        self.contact = ref
        self._touch(now)
        return [DetailsChanged(what="contact")]

    def seen(self) -> bool:
        """Somebody in charge looked: nothing is unread. True if that changed anything."""
        changed, self.unread = self.unread > 0, 0
        return changed

    def expire(self, now: datetime) -> list[Event]:
        """«Истёк срок ответа», once for each deadline."""
        if not self.overdue(now) or self.overdue_at is not None:
            return []
        self.overdue_at = now
        assert self.deadline is not None
        self._note(now, Author(), "overdue", deadline=self.deadline.isoformat())
        return [Overdue()]

    # ── its state ────────────────────────────────────────────────────────────────────────────

    def wait(self, by: Actor, now: datetime) -> list[Event]:
        """Work stands until the resident answers."""
        self._allow("wait")
        return self._move("waiting", author(by), now, by=by.login)

    def defer(self, until: datetime, by: Actor, now: datetime) -> list[Event]:
        """Work stands until a time."""
        self._allow("defer")
        if until <= now:
            raise Invalid(field="until", reason="past")
        self.deferred_until = until
        return self._move("deferred", author(by), now, by=by.login)

    def resume(self, now: datetime) -> list[Event]:
        """The time to which the case was deferred has come."""
        if self.status != "deferred" or self.deferred_until is None or self.deferred_until > now:
            return []
        self.deferred_until = None
        return self._move("in_progress" if self.operator else self._idle(), Author(), now)

    def resolve(self, result: str, comment: str, by: Actor, now: datetime) -> list[Event]:
        """The work is done, with a result code."""
        self._allow("resolve")
        self.result = Result(result, comment)
        self.resolved_at = now
        self.asks_since, self.unread = None, 0
        self.operator = self.operator or by.login
        self._note(now, author(by), "resolved", result=result, comment=comment[:200])
        return self._move("resolved", author(by), now, by=by.login)

    def close(self, by: Actor, now: datetime) -> list[Event]:
        """Nothing more is expected."""
        self._allow("close")
        self.ended_at = now
        self.asks_since, self.unread = None, 0
        return self._move("closed", author(by), now, by=by.login)

    def reject(self, reason: str, by: Actor, now: datetime) -> list[Event]:
        """Not ours to answer; the reason is required."""
        self._allow("reject")
        if not reason.strip():
            raise Invalid(field="reason", reason="required")
        self.reason, self.ended_at = reason, now
        self.asks_since, self.unread = None, 0
        self._note(now, author(by), "rejected", reason=reason[:200])
        return self._move("rejected", author(by), now, by=by.login)

    def spam(self, by: Actor, now: datetime) -> list[Event]:
        """Mark as spam; undoable."""
        self._allow("spam")
        self.before, self.ended_at = self.status, now
        self.asks_since, self.unread = None, 0
        return self._move("spam", author(by), now, by=by.login)

    def unspam(self, by: Actor, now: datetime) -> list[Event]:
        """It was not spam: the case is where it was."""
        self._allow("unspam")
        back, self.before, self.ended_at = self.before or self._idle(), None, None
        return self._move(back, author(by), now, by=by.login)

    def reopen(self, by: Actor, now: datetime) -> list[Event]:
        """Work goes on; result and reason stay readable in history."""
        self._allow("reopen")
        return self._reopen(author(by), now, by=by.login)

    def merge_into(self, other: Case, by: Actor, now: datetime) -> list[Event]:
        """From now on `other` stands for this case. Nothing moves."""
        self._allow("merge")
        if other.number == self.number or other.merged_into:
            raise MergeCircle(number=other.number)
        self.before, self.merged_into, self.ended_at = self.status, other.number, now
        self._note(now, author(by), "merged", into=str(other.number))
        return self._move("merged", author(by), now, by=by.login)

    def unmerge(self, by: Actor, now: datetime) -> list[Event]:
        """Undo a merge."""
        self._allow("unmerge")
        back, self.before = self.before or self._idle(), None
        self.merged_into, self.ended_at = 0, None
        return self._move(back, author(by), now, by=by.login)

    # ── what was sent ────────────────────────────────────────────────────────────────────────

    def delivery(
        self,
        seq: int,
        state: DeliveryState,
        now: datetime,
        *,
        external_ids: tuple[str, ...] = (),
        reason: str = "",
        detail: str = "",
    ) -> list[Event]:
        """How an outgoing message fares now. States only advance."""
        entry = self.entry(seq)
        if not progress(entry, state, now, external_ids=external_ids, reason=reason, detail=detail):
            return []
        if state in {"failed", "uncertain"}:
            # A decision waits here again: buttons drawn before this must be drawn anew.
            self._touch(now)
        return [DeliveryChanged(entry=seq, state=state)]

    def retry(
        self, seq: int, by: Actor, now: datetime, *, to: Address | None = None
    ) -> list[Event]:
        """Send a failed or uncertain message again, perhaps to another address."""
        self._allow("retry")
        entry = self.entry(seq)
        if entry.delivery is None or entry.delivery.state not in {"failed", "uncertain"}:
            raise WrongState(number=self.number, action="retry", status=self.status)
        if to is not None:
            entry.delivery.to = to
            entry.channel, entry.account = to.channel, to.account
            entry.conversation = to.conversation
        delivery = entry.delivery
        delivery.state, delivery.reason, delivery.detail = "queued", "", ""
        delivery.at = now
        self.outbox = [
            row for row in self.outbox if not (row.kind == "deliver" and row.entry == seq)
        ]
        self.follow(
            "deliver",
            f"resident:{delivery.to.account}:{delivery.to.to}",
            now,
            account=delivery.to.account,
            entry=seq,
        )
        self._note(now, author(by), "retried", entry=str(seq))
        return [DeliveryChanged(entry=seq, state="queued", by=by.login)]

    def follow(
        self,
        kind: RowKind,
        to: str,
        now: datetime,
        *,
        account: str = "",
        entry: int = 0,
        data: dict[str, str] | None = None,
    ) -> None:
        """Put a row into the outbox; rows that would say the same as a waiting one are one."""
        if kind in COALESCED:
            for row in self.outbox:
                if (row.kind, row.to, row.entry, row.state) == (kind, to, entry, "waiting"):
                    return
        self.rows += 1
        self.outbox = [
            *self.outbox,
            Row(
                id=self.rows,
                kind=kind,
                to=to,
                account=account,
                entry=entry,
                data=data or {},
                due=now,
                at=now,
            ),
        ]
        self.reckon()

    def reckon(self) -> None:
        """Say when the outbox wants to be looked at next."""
        times = [
            row.lease if row.state == "sending" and row.lease else row.due
            for row in self.outbox
            if row.state != "failed"
        ]
        self.outbox_due = min(times, default=None)

    # ── inside ───────────────────────────────────────────────────────────────────────────────

    def _next_seq(self) -> int:
        self.seqs += 1
        return self.seqs

    def _touch(self, now: datetime) -> None:
        self.version += 1
        self.updated_at = max(now, self.updated_at)

    def _note(self, now: datetime, who: Author, action: str, **data: str) -> None:
        self.history.append(HistoryLine(at=now, who=who, action=action, data=data))
        self._touch(now)

    def _idle(self) -> Status:
        return "assigned" if self.operator or self.responsible or self.executors else "new"

    def _settle_idle(self, who: Author, now: datetime) -> list[Event]:
        if self.status in {"new", "assigned"}:
            return self._move(self._idle(), who, now)
        return []

    def _move(self, status: Status, who: Author, now: datetime, *, by: str = "") -> list[Event]:
        if status == self.status:
            return []
        old, self.status = self.status, status
        if status in AT_WORK:
            self.resolved_at = self.ended_at = None
        if status != "deferred":
            self.deferred_until = None
        self._note(now, who, "status", old=old, new=status)
        return [StatusChanged(by=by or who.login, old=old, new=status)]

    def _reopen(self, who: Author, now: datetime, *, by: str = "") -> list[Event]:
        self._note(now, who, "reopened", result=self.result.code if self.result else "")
        self.overdue_at = None
        moved = self._move("in_progress" if self.operator else self._idle(), who, now, by=by)
        return [*moved, Reopened(by=by)]


def author(by: Actor) -> Author:
    """The actor as it stands in thread and history."""
    return Author(name=by.name, login=by.login, position=by.position)


def progress(
    entry: Entry,
    state: DeliveryState,
    now: datetime,
    *,
    external_ids: tuple[str, ...] = (),
    reason: str = "",
    detail: str = "",
) -> bool:
    """Advance the delivery of an entry wherever it stands (case or page). True if it changed."""
    delivery = entry.delivery
    if delivery is None:
        return False
    entry.external_ids = list(dict.fromkeys([*entry.external_ids, *external_ids]))
    if ADVANCE[state] <= ADVANCE[delivery.state]:
        return False
    if state == "sending":
        delivery.attempts += 1
    delivery.state, delivery.at = state, now
    delivery.reason, delivery.detail = reason, detail
    return True
