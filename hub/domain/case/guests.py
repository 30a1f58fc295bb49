"""Somebody else than the applicant writes about a case: staff decide whether it belongs there."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case.calling import CaseCalling
from hub.domain.case.moves import author
from hub.domain.errors import WrongState
from hub.domain.events import DetailsChanged, Event, GuestWrote, MessageReceived
from hub.domain.message import Inbound
from hub.domain.staff import Actor
from hub.domain.status import AT_WORK
from hub.domain.thread import Author, Entry, Guest


class CaseGuests(CaseCalling, kw_only=True):
    """What a stranger wrote is a comment until it is accepted, so that it changes nothing and
    nobody answers a stranger by mistake."""

    def invited(self, identity: str) -> bool:
        """Whether this identity may write here though it is not the applicant's: staff accepted
        it once, or wrote to it."""
        return any(one.identity == identity for one in self.guests) or any(
            entry.delivery is not None and entry.delivery.to.identity == identity
            for entry in self.thread
        )

    def knock(self, message: Inbound, now: datetime) -> list[Event]:
        """A stranger's message that names this case. A key that stands here changes nothing,
        unless it came to another address of ours."""
        if self.by_key(message.key) is not None:
            return self.also(message)
        entry = Entry(
            key=message.key,
            seq=self._next_seq(),
            kind="comment",
            text=message.text,
            subject=message.subject,
            files=message.attachments,
            at=message.sent_at,
            kept_at=now,
            author=Author(name=message.sender.name),
            channel=message.channel,
            account=message.account,
            external_ids=[message.external_id],
            automatic=message.automatic,
            original=message.original,
            came_to=message.came_to,
            guest=Guest(
                identity=message.sender.identity.key,
                address=message.reply_to,
                name=message.sender.name,
            ),
        )
        self.thread.append(entry)
        self._touch(now)
        return [GuestWrote(entry=entry.seq)]

    def admit(self, seq: int, by: Actor, now: datetime, *, old: Entry | None = None) -> list[Event]:
        """[Принять как сообщение]: it is said in this case, and so is what they write next. Here
        and below `old` is the entry as its older page says, if it stands on one."""
        entry, guest = self._asked(seq, old)
        if guest.state != "asked":
            return []
        self._decided(entry, "admitted", now)
        if not any(one.identity == guest.identity for one in self.guests):
            self.guests = [*self.guests, guest.address]
        self.unread += 1
        self.asks_since = self.asks_since or entry.at
        self._note(now, author(by), "guest_admitted", name=guest.name, entry=str(seq))
        events: list[Event] = []
        if self.status in {"resolved", "closed", "rejected"}:
            events += self._reopen(author(by), now, by=by.login)
        elif self.status in AT_WORK - {"new", "assigned", "in_progress"}:
            events += self._move("in_progress" if self.operator else self._idle(), author(by), now)
        return [*events, MessageReceived(entry=seq, by=by.login)]

    def part(
        self, seq: int, number: int, by: Actor, now: datetime, *, old: Entry | None = None
    ) -> list[Event]:
        """[Отдельное обращение]: what was said stands in that case now, and only there."""
        entry, guest = self._asked(seq, old)
        if guest.case:
            return []
        self._decided(entry, "apart", now, case=str(number))
        self._note(now, author(by), "guest_apart", name=guest.name, case=str(number))
        return [DetailsChanged(by=by.login, what="guest")]

    def answered_apart(
        self, seq: int, number: int, by: Actor, now: datetime, *, old: Entry | None = None
    ) -> list[Event]:
        """[Ответить отдельно]: they are answered in that case of their own; here nothing moves."""
        entry, guest = self._asked(seq, old)
        if guest.case:
            return []
        self._decided(entry, "answered", now, case=str(number))
        self._note(now, author(by), "guest_answered", name=guest.name, case=str(number))
        return [DetailsChanged(by=by.login, what="guest")]

    def _asked(self, seq: int, old: Entry | None) -> tuple[Entry, Guest]:
        """The entry while it waits for the decision, or after one."""
        entry = self.line(seq, old)
        if entry.guest is None:
            raise WrongState(number=self.number, action="guest", status=self.status)
        return entry, entry.guest
