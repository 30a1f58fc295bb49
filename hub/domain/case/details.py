"""The details of a case: deadline, type, subject, text, address, contact."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case.facts import ContactRef
from hub.domain.case.moves import author
from hub.domain.case.people import CasePeople
from hub.domain.events import DetailsChanged, Event, Overdue
from hub.domain.staff import Actor
from hub.domain.status import AT_WORK
from hub.domain.thread import Author


class CaseDetails(CasePeople, kw_only=True):
    """What the pencil changes, and what time does to a deadline."""

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
        """The contact's name, phone, language or VIP mark changed."""
        if self.contact == ref:
            return []
        spoken, self.contact = self.contact.language, ref
        self._touch(now)
        return [DetailsChanged(what="contact" if ref.language == spoken else "language")]

    def reach(self, reason: str, now: datetime) -> list[Event]:
        """The resident takes no answers any more where they wrote from (`reason` is a text key);
        with an empty one they do again."""
        if self.status not in AT_WORK or self.unreachable == reason:
            return []
        self._note(now, Author(), "unreachable" if reason else "reachable", reason=reason)
        return [DetailsChanged(what="reach")]

    @property
    def unreachable(self) -> str:
        """Why the resident takes no answers where they wrote from; empty: they do. Whoever writes
        again is there again."""
        told = [line for line in self.history if line.action in {"unreachable", "reachable"}]
        if not told or told[-1].action == "reachable":
            return ""
        since = told[-1].at
        back = any(entry.direction == "in" and entry.kept_at > since for entry in self.thread)
        return "" if back else told[-1].data.get("reason", "")

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
