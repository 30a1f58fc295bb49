"""How a case moves from state to state."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case.details import CaseDetails
from hub.domain.case.facts import CaseFacts, Result
from hub.domain.case.moves import author
from hub.domain.errors import Invalid, MergeCircle
from hub.domain.events import DetailsChanged, Event
from hub.domain.staff import Actor
from hub.domain.status import AT_WORK, ENDED
from hub.domain.thread import Author


class CaseState(CaseDetails, kw_only=True):
    """Waiting, resolved, closed, rejected, spam, merged, and back. Which change is possible in
    which state stands in hub.domain.status."""

    def wait(self, by: Actor, now: datetime) -> list[Event]:
        """Work stands until the resident answers."""
        self._allow("wait")
        return self._move("waiting", author(by), now, by=by.login)

    def defer(self, until: datetime, by: Actor, now: datetime) -> list[Event]:
        """Work stands until a time."""
        self._allow("defer")
        if until <= now:
            raise Invalid(field="until", reason="past")
        if self.deferred_until == until:
            return []
        self._note(now, author(by), "deferred", until=until.isoformat())
        moved = self._move("deferred", author(by), now, by=by.login)
        self.deferred_until = until
        return [*moved, DetailsChanged(by=by.login, what="deferred_until")]

    def resume(self, now: datetime) -> list[Event]:
        """The time to which the case was deferred has come."""
        if self.status != "deferred" or self.deferred_until is None or self.deferred_until > now:
            return []
        self.deferred_until = None
        return self._move("in_progress" if self.operator else self._idle(), Author(), now)

    def resolve(
        self, result: str, comment: str, by: Actor, now: datetime, *, name: str = ""
    ) -> list[Event]:
        """The work is done, with a result code (`name`: what people call it)."""
        self._allow("resolve")
        self.result = Result(result, comment, name)
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

    def withdraw(self, by: Actor, now: datetime) -> list[Event]:
        """The resident needs no answer any more."""
        self._allow("close")
        self._note(now, author(by), "withdrawn")
        return self.close(by, now)

    def rate(self, value: int, by: Actor, now: datetime) -> list[Event]:
        """What the resident thinks of the answer: 1 or -1; the last word counts."""
        self._allow("rate")
        if self.rating == value:
            return []
        self.rating = value
        self._note(now, author(by), "rated", value=str(value))
        return [DetailsChanged(what="rating")]

    def reject(self, reason: str, by: Actor, now: datetime) -> list[Event]:
        """Not ours to answer; the reason is required."""
        self._allow("reject")
        if not reason.strip():
            raise Invalid(field="reason", reason="required")
        self.reason, self.ended_at = reason, now
        self.asks_since, self.unread = None, 0
        self._note(now, author(by), "rejected", reason=reason[:200])
        return self._move("rejected", author(by), now, by=by.login)

    def spam(self, by: Actor, now: datetime, *, aside: bool = False) -> list[Event]:
        """Mark as spam; undoable. What comes in later joins it unseen, or, with `aside`, opens a
        case of its own."""
        self._allow("spam")
        self.current = self.current and not aside
        # Since when the resident waits is kept: undone, the case is where it was.
        self.before, self.ended_at, self.unread = self.status, now, 0
        return self._move("spam", author(by), now, by=by.login)

    def unspam(self, by: Actor, now: datetime, *, current: bool = False) -> list[Event]:
        """It was not spam: the case is where it was; `current`: and takes what comes in again."""
        self._allow("unspam")
        self.current = self.current or current
        return self._back(by, now)

    def suspect(self, now: datetime, *, spam: bool) -> None:
        """A new case of a sender of spam: it is spam as well, or somebody is asked."""
        self._note(now, Author(), "suspected")
        if spam:
            self.before, self.ended_at = self._idle(), now
            self._move("spam", Author(), now)

    @property
    def suspected(self) -> bool:
        """Somebody is asked whether this sender can be trusted."""
        asked = [line.action for line in self.history if line.action in {"suspected", "trusted"}]
        return asked[-1:] == ["suspected"] and self.status in AT_WORK

    def trust(self, by: Actor, now: datetime) -> list[Event]:
        """The sender was asked about, and can be trusted."""
        if not self.suspected:
            return []
        self._note(now, author(by), "trusted")
        return [DetailsChanged(by=by.login, what="sender")]

    def reopen(self, by: Actor, now: datetime) -> list[Event]:
        """Work goes on; result and reason stay readable in history."""
        self._allow("reopen")
        return self._reopen(author(by), now, by=by.login)

    def merge_into(self, other: CaseFacts, by: Actor, now: datetime) -> list[Event]:
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
        self.merged_into = 0
        return self._back(by, now)

    def _back(self, by: Actor, now: datetime) -> list[Event]:
        back, self.before = self.before or self._idle(), None
        self.ended_at = now if back in ENDED else None
        return self._move(back, author(by), now, by=by.login)
