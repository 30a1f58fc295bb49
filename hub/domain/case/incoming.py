"""What comes in to a case: messages, their edits, the bytes of their files."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hub.domain.case.lines import CaseLines
from hub.domain.events import (
    CaseOpened,
    DetailsChanged,
    Event,
    FileArrived,
    MessageEdited,
    MessageReceived,
)
from hub.domain.message import Edit, Inbound
from hub.domain.thread import Author, Entry, amend, copied, place

MOST_SIGNS = 5
"""Signs of having seen a message that wait at a time."""


class CaseIncoming(CaseLines, kw_only=True):
    """What residents and their providers cause."""

    def receive(self, message: Inbound, now: datetime) -> list[Event]:
        """A resident's message joins the case. A key that stands here already changes nothing,
        unless it came to another address of ours."""
        if self.by_key(message.key) is not None:
            return self.also(message)
        first = self.seqs == 0
        entry = self._enter(message, now)
        if first or not message.automatic:
            self.asks_since = self.asks_since or message.sent_at
        if first:
            self.automatic = message.automatic
            return [CaseOpened(entry=entry.seq)]
        events: list[Event] = []
        if self.status == "spam":
            return events
        if message.automatic:
            # Nobody wrote it: what rests is not woken, and nobody waits for an answer.
            return [MessageReceived(entry=entry.seq)]
        if self.status in {"resolved", "closed", "rejected"}:
            events += self._reopen(Author(), now)
        elif self.status in {"waiting", "deferred"}:
            events += self._move("in_progress" if self.operator else self._idle(), Author(), now)
        return [*events, MessageReceived(entry=entry.seq)]

    def also(self, message: Inbound) -> list[Event]:
        """A message that stands here came to another address of ours as well: that is noted, and
        nobody is called for it."""
        held = self.by_key(message.key)
        if held is None or not copied(held, message):
            return []
        return [DetailsChanged(what="copy")]

    def remark(self, message: Inbound, now: datetime) -> list[Event]:
        """A resident says in words what they think of the answer: the case stays as it is, unless
        it is worked on again by now."""
        if self.status not in {"resolved", "closed"}:
            return self.receive(message, now)
        if self.by_key(message.key) is not None:
            return []
        entry = self._enter(message, now)
        entry.event = "remark"
        return [MessageReceived(entry=entry.seq)]

    def _enter(self, message: Inbound, now: datetime) -> Entry:
        """Put a message in its place, with what must follow from it whatever the case's state."""
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
            original=message.original,
            incomplete=message.incomplete,
            came_to=message.came_to,
        )
        index = place(self.thread, message)
        newest = not any(later.direction == "in" for later in self.thread[index:])
        self.thread.insert(index, entry)
        if not self.text and message.text:
            self.text = message.text
        if not self.subject and message.subject:
            self.subject = message.subject
        if newest and (entry.seq == 1 or not self._aside(message)):
            self.channel, self.account = message.channel, message.account
            self.address = message.reply_to
            self.last_external_id = message.external_id
        self.unread += 1
        self._show_seen(message, entry, now)
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
        return entry

    def _aside(self, message: Inbound) -> bool:
        """No answer is to leave for there: a program wrote, or a guest of the case."""
        guests = {one.identity for one in self.guests}
        return message.automatic or message.sender.identity.key in guests

    def _show_seen(self, message: Inbound, entry: Entry, now: datetime) -> None:
        """A sign at the message itself, once for an album; a flood gets few of them."""
        if not message.reactable or message.automatic or self.status == "spam":
            return
        album = message.album
        if album and any(one.album == album for one in self.thread if one.seq < entry.seq):
            return
        if sum(row.kind == "react" for row in self.outbox) < MOST_SIGNS:
            self.follow("react", f"seen:{entry.seq}", now, account=message.account, entry=entry.seq)

    def amend(self, entry: Entry, edit: Edit, now: datetime) -> list[Event]:
        """A resident changed or deleted a message; the former text stays readable."""
        if not amend(entry, edit):
            return []
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
