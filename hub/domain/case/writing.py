"""What staff write in a case: answers to the resident and comments."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.case.incoming import CaseIncoming
from hub.domain.case.moves import author
from hub.domain.decision import carried, corrected
from hub.domain.errors import Invalid, NoAddress, WrongState
from hub.domain.events import (
    CommentAdded,
    DeliveryChanged,
    Event,
    FilesAdded,
    ReplyAdded,
    Revised,
)
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
        hold: timedelta = timedelta(),
    ) -> list[Event]:
        """An answer to the resident. A key that stands here already changes nothing. It leaves
        after `hold`: an album comes in several messages and goes out as one."""
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
            after=hold,
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
        self._stir(now)
        return [CommentAdded(entry=entry.seq, by=by.login)]

    def grow(
        self, seq: int, text: str, files: list[Attachment], by: Actor, now: datetime
    ) -> list[Event]:
        """The rest of an album joins its first part; nothing happens once that has left."""
        entry = self.by_seq(seq)
        if entry is None or entry.author.login != by.login:
            return []
        held = {file.id for file in entry.files}
        fresh = [file for file in files if file.id not in held]
        leaving = entry.delivery is not None
        if not fresh or (leaving and not self._waits(seq)):
            return []
        entry.files = [*entry.files, *fresh]
        entry.text = "\n".join(part for part in (entry.text, text) if part)
        if leaving:
            self._touch(now)
            return [ReplyAdded(entry=seq, by=by.login)]
        self._stir(now)
        return [FilesAdded(entry=seq, by=by.login)]

    def _waits(self, seq: int) -> bool:
        """The answer has not been tried yet."""
        return any(
            (row.kind, row.entry, row.state, row.tries) == ("deliver", seq, "waiting", 0)
            for row in self.outbox
        )

    def revise(
        self, seq: int, text: str, by: Actor, now: datetime, *, old: Entry | None = None
    ) -> list[Event]:
        """The author changed what they wrote; the former text stays readable. What has left is
        changed at the resident's as well. `old`: the entry as its older page says."""
        entry = self.line(seq, old)
        if entry.author.login != by.login or entry.direction == "in":
            raise WrongState(number=self.number, action="revise", status=self.status)
        if entry.text == text:
            return []
        if not text.strip() and not entry.files:
            raise Invalid(field="text", reason="required")
        if entry.kind == "comment":
            self._decided(entry, "revised", now, text=text)
            self._stir(now)
            return [Revised(entry=seq, by=by.login, inside=True)]
        delivery = entry.delivery
        if delivery is not None and self.left(entry):
            self._decided(entry, "revised", now, text=text, edit="queued")
            # One that waits would carry these words too, but its outcome is told by its number.
            self.outbox = [
                row
                for row in self.outbox
                if (row.kind, row.entry, row.state) != ("revise", seq, "waiting")
            ]
            self.follow(
                "revise",
                f"resident:{delivery.to.account}:{delivery.to.to}",
                now,
                account=delivery.to.account,
                entry=seq,
                data=carried(delivery.to) if self.by_seq(seq) is None else None,
            )
        else:
            self._decided(entry, "revised", now, text=text)
        self._note(now, author(by), "revised", entry=str(seq))
        return [Revised(entry=seq, by=by.login)]

    def revised(self, seq: int, done: bool, now: datetime, *, reason: str = "") -> list[Event]:
        """What became of the change at the resident's. Where it failed, the words that stand
        there stand here again."""
        entry = self.by_seq(seq)
        if entry is None or not corrected(entry, done=done, reason=reason):
            return []
        if done:
            return [DeliveryChanged(entry=seq, state="edited")]
        self._touch(now)
        return [DeliveryChanged(entry=seq, state="edit_failed")]
