"""What staff write in a case: answers to the resident and comments."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case.incoming import CaseIncoming
from hub.domain.case.moves import author
from hub.domain.errors import Invalid, NoAddress
from hub.domain.events import CommentAdded, Event, ReplyAdded
from hub.domain.message import Address, Attachment
from hub.domain.staff import Actor
from hub.domain.thread import Delivery, Entry


class CaseWriting(CaseIncoming, kw_only=True):
    """An answer leaves for the resident, a comment never does."""

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
