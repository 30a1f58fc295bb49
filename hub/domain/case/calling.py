"""Calls that belong to a case."""

from __future__ import annotations

from datetime import datetime

from hub.domain.callnote import CallNote
from hub.domain.case.alarms import CaseAlarms
from hub.domain.case.moves import author
from hub.domain.events import DetailsChanged, Event
from hub.domain.staff import Actor
from hub.domain.thread import Author, Entry


class CaseCalling(CaseAlarms, kw_only=True):
    """A call stands in the thread at its time; what is learnt of it later stands there too."""

    def attach_call(
        self, note: CallNote, at: datetime, direction: str, channel: str, by: Actor, now: datetime
    ) -> list[Event]:
        """The call belongs to this case. Again: it says what is known of it now."""
        if self._call(note.id) is not None:
            return self.tell_call(note, now)
        entry = Entry(
            key=call_key(note.id, self.number),
            seq=self._next_seq(),
            kind="call",
            direction="out" if direction == "out" else "in",
            at=at,
            kept_at=now,
            author=Author(name=note.staff[0] if note.staff else note.caller),
            channel=channel,
            call=note,
        )
        late = (place for place, one in enumerate(self.thread) if one.at > at)
        self.thread.insert(next(late, len(self.thread)), entry)
        self._note(now, author(by), "call_attached", number=note.number)
        return [DetailsChanged(by=by.login, what="calls")]

    def tell_call(self, note: CallNote, now: datetime) -> list[Event]:
        """What became of a call that stands here."""
        entry = self._call(note.id)
        if entry is None or entry.call == note:
            return []
        entry.call = note
        self._stir(now)
        return [DetailsChanged(what="calls")]

    def detach_call(self, call: str, by: Actor, now: datetime) -> list[Event]:
        """It was attached by mistake; history says so."""
        entry = self._call(call)
        if entry is None:
            return []
        number = entry.call.number if entry.call else ""
        self.thread = [one for one in self.thread if one is not entry]
        self._note(now, author(by), "call_detached", number=number)
        return [DetailsChanged(by=by.login, what="calls")]

    def _call(self, call: str) -> Entry | None:
        return next((one for one in self.thread if one.call and one.call.id == call), None)


def call_key(call: str, number: int) -> str:
    """A call may stand in several cases, once in each."""
    return f"call:{call}:{number}"
