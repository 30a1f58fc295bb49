"""Callback: a call that the organisation owes somebody who did not get through.

The dispatch service's norm is to call back within ten minutes. One entry stands for a number,
however often it rang in vain; it ends when people spoke with each other, whoever called whom.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hub.domain.call import Call

WITHIN = timedelta(minutes=10)
"""The norm of the dispatch service."""

Why = Literal["missed", "voicemail", "request"]
How = Literal["called_back", "got_through", "by_hand", "was_answered"]
_WEIGHT: dict[Why, int] = {"missed": 0, "request": 1, "voicemail": 2}


class Callback(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`since`: when the first of `calls` ended in vain, `last_at` the last of them. `due`: until
    when the norm wants them called. `taken_by`: who is about to call. `tries`: how often they were
    called in vain. `how` it ended; `alerted_at`: when it was late and supervisors heard of it."""

    id: str = msgspec.field(name="_id")
    rev: int = 0
    number: str
    account: str
    line: str = ""
    group: str = ""
    why: Why = "missed"
    calls: list[str] = []
    contact: str = ""
    name: str = ""
    premises: str = ""
    since: datetime
    last_at: datetime
    due: datetime
    state: Literal["open", "done"] = "open"
    taken_by: str = ""
    taken_at: datetime | None = None
    tries: int = 0
    tried: list[str] = []
    how: How | None = None
    done_by: str = ""
    done_at: datetime | None = None
    comment: str = ""
    alerted_at: datetime | None = None
    updated_at: datetime

    @classmethod
    def of(cls, call: Call, now: datetime, *, id: str = "") -> Callback:
        """The entry that this call makes."""
        at = owed_at(call)
        entry = cls(
            id=id or call.id,
            number=call.facts.number,
            account=call.account,
            line=call.facts.line,
            group=call.facts.group,
            contact=call.contact,
            name=call.name,
            premises=call.premises,
            since=at,
            last_at=at,
            due=at + WITHIN,
            updated_at=now,
        )
        entry.add(call, now)
        return entry

    def add(self, call: Call, now: datetime) -> bool:
        """They called in vain again. True if that is news. The norm counts from the first time."""
        why = call.facts.owed or "missed"
        known = call.id in self.calls
        heavier = _WEIGHT[why] > _WEIGHT[self.why]
        if known and not heavier:
            return False
        at = owed_at(call)
        if not known:
            self.calls = [*self.calls, call.id]
        if heavier:
            self.why = why
        self.since, self.last_at = min(self.since, at), max(self.last_at, at)
        self.due = self.since + WITHIN
        self.contact, self.name = self.contact or call.contact, self.name or call.name
        self.premises, self.updated_at = self.premises or call.premises, now
        return True

    def take_back(self, call: str, now: datetime) -> bool:
        """What came late proves that this call was answered after all."""
        if call not in self.calls or self.state != "open":
            return False
        self.calls = [one for one in self.calls if one != call]
        if not self.calls:
            self._end("was_answered", "", now)
        self.updated_at = now
        return True

    def tell(self, call: Call, now: datetime) -> bool:
        """Another conversation with this number: people spoke, or were called in vain. True if it
        changes anything. What was before the last call in vain settles nothing."""
        facts = call.facts
        if self.state != "open" or facts.started_at < self.last_at or call.id in self.calls:
            return False
        if facts.answered:
            how: How = "called_back" if facts.direction == "out" else "got_through"
            self._end(how, next(iter(call.staff), ""), now)
            return True
        if facts.direction == "out" and facts.over and call.id not in self.tried:
            self.tried, self.tries = [*self.tried, call.id], self.tries + 1
            self.taken_by, self.taken_at, self.updated_at = "", None, now
            return True
        return False

    def take(self, login: str, now: datetime) -> bool:
        """Somebody is about to call; False where another already is."""
        if self.state != "open" or self.taken_by not in {"", login}:
            return False
        self.taken_by, self.taken_at, self.updated_at = login, now, now
        return True

    def give_back(self, now: datetime) -> None:
        """Nobody is about to call any more."""
        self.taken_by, self.taken_at, self.updated_at = "", None, now

    def done(self, login: str, comment: str, now: datetime) -> bool:
        """Staff say that it is settled."""
        if self.state != "open":
            return False
        self.comment = comment
        self._end("by_hand", login, now)
        return True

    def late(self, now: datetime) -> bool:
        """The norm is broken."""
        return self.state == "open" and now > self.due

    def alert(self, now: datetime) -> bool:
        """Supervisors are to hear of it, once."""
        if self.alerted_at is not None or not self.late(now):
            return False
        self.alerted_at = self.updated_at = now
        return True

    def _end(self, how: How, by: str, now: datetime) -> None:
        self.state, self.how, self.done_by, self.done_at = "done", how, by, now
        self.updated_at = now


def owed_at(call: Call) -> datetime:
    """Since when they wait for a call."""
    return call.facts.ended_at or call.facts.started_at
