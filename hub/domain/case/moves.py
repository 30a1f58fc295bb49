"""Steps that everything done to a case is made of: a line of history, another state."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case.facts import CaseFacts
from hub.domain.events import Event, Reopened, StatusChanged
from hub.domain.staff import Actor
from hub.domain.status import AT_WORK, Status
from hub.domain.thread import Author, HistoryLine


class CaseMoves(CaseFacts, kw_only=True):
    """The only place where `status` and `version` change."""

    def _next_seq(self) -> int:
        self.seqs += 1
        return self.seqs

    def _touch(self, now: datetime) -> None:
        self.version += 1
        self.updated_at = max(now, self.updated_at)

    def _stir(self, now: datetime) -> None:
        """Something was said among colleagues: nobody decides by less than they saw because of
        it, so what was drawn before stays good."""
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
        if status not in {"deferred", "spam", "merged"}:
            # Spam and a merge may be undone: then the case is where it was, its time with it.
            self.deferred_until = None
        self._note(now, who, "status", old=old, new=status)
        return [StatusChanged(by=by or who.login, old=old, new=status)]

    def _reopen(self, who: Author, now: datetime, *, by: str = "") -> list[Event]:
        self._note(now, who, "reopened", result=self.result.code if self.result else "")
        # What the card said has come to an end; how it stands now is told anew, where it is seen.
        self.overdue_at, self.status_card = None, ""
        moved = self._move("in_progress" if self.operator else self._idle(), who, now, by=by)
        return [*moved, Reopened(by=by)]


def author(by: Actor) -> Author:
    """The actor as it stands in thread and history."""
    return Author(name=by.name, login=by.login, position=by.position)
