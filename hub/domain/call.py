"""Call: one telephone conversation or a missed one; a fact, attachable to cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hub.domain.callevent import CallEvent
from hub.domain.callfacts import CallFacts, facts_of
from hub.domain.message import Attachment, stable_id

MOST = 400
"""Events that a call remembers. What begins, rings and is held beyond them is left out: an
exchange that tells more is out of order, and a document must not grow without end."""
LOST = timedelta(hours=3)
"""After so long without a word nobody takes a call for one that is under way."""
PAUSES = (20, 40, 60, 120, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
"""Seconds between tries to fetch a recording: exchanges need from seconds to a day."""


class KeptRecording(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A recording on its way into the files. `id` is the exchange's, `file` ours. `due`: when it is
    asked for next; `reason`: a text key, why it is not here."""

    id: str
    file: str
    state: Literal["waiting", "ready", "failed"] = "waiting"
    ref: str = ""
    mime: str = "audio/mpeg"
    size: int = 0
    duration: int = 0
    tries: int = 0
    due: datetime | None = None
    reason: str = ""

    def attachment(self) -> Attachment:
        """As a channel's `fetch` takes it."""
        return Attachment(
            id=self.file,
            name=f"{self.file[:12]}.{'wav' if 'wav' in self.mime else 'mp3'}",
            mime=self.mime,
            size=self.size,
            kind="audio",
            ref=self.ref,
            state="pending" if self.state == "waiting" else "ready",
            duration=self.duration,
        )


class Call(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`id` is made of the account and the exchange's own id, so that nothing must be looked up.
    `contact` is who was at the other end, as known then, `premises` their address. `staff` are the
    logins of those who had it, `rung` of those at whose desks it rang. `cases` it is attached to.
    `spam`: the number is one of those whose calls are spam."""

    id: str = msgspec.field(name="_id")
    rev: int = 0
    account: str
    channel: str
    call: str
    events: list[CallEvent] = []
    facts: CallFacts
    contact: str = ""
    name: str = ""
    premises: str = ""
    staff: list[str] = []
    rung: list[str] = []
    cases: list[int] = []
    recordings: list[KeptRecording] = []
    fetch_at: datetime | None = None
    spam: bool = False
    kept_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, event: CallEvent, now: datetime) -> Call:
        """The call of which this is the first that is heard."""
        return cls(
            id=call_id(event.account, event.call),
            account=event.account,
            channel=event.channel,
            call=event.call,
            events=[event],
            facts=facts_of([event]),
            kept_at=now,
            updated_at=now,
        )

    def introduce(self, contact: str, name: str, premises: str) -> None:
        """This contact was at the other end."""
        self.contact, self.name, self.premises = contact, name, premises

    def hear(self, event: CallEvent, now: datetime) -> bool:
        """Take an event in, however late or often it comes. True if it was news."""
        if any(event.key == known.key for known in self.events):
            return False
        if len(self.events) >= MOST and event.kind in {"ringing", "held", "resumed"}:
            return False
        self.events = [*self.events, event]
        self.facts = facts_of(self.events)
        self.updated_at = now
        return True

    def live(self, now: datetime) -> bool:
        """It is under way, as far as is known."""
        return not self.facts.over and now - self.heard_at < LOST

    @property
    def heard_at(self) -> datetime:
        """When the last thing happened that was told of it."""
        return max(event.at for event in self.events)

    def want_recordings(self, now: datetime) -> None:
        """Recordings that the exchange has made are to be fetched."""
        held = {one.id for one in self.recordings}
        for made in self.facts.recordings:
            if made.state == "made" and made.id not in held:
                kept = KeptRecording(
                    id=made.id,
                    file=stable_id(self.account, "recording", made.id),
                    ref=made.ref,
                    mime=made.mime,
                    duration=made.duration,
                    due=made.ready or now,
                )
                self.recordings = [*self.recordings, kept]
        self._plan()

    def recording(self, name: str) -> KeptRecording | None:
        """By the exchange's id of it."""
        return next((one for one in self.recordings if one.id == name), None)

    def fetched(self, name: str, size: int, now: datetime) -> None:
        """It is among the files."""
        if (one := self.recording(name)) is not None:
            one.state, one.size, one.due, one.reason = "ready", size, None, ""
        self.updated_at = now
        self._plan()

    def not_fetched(self, name: str, reason: str, now: datetime, *, final: bool) -> None:
        """Not there yet, or (`final`, or asked for long enough) never."""
        if (one := self.recording(name)) is None or one.state == "ready":
            return
        one.tries, one.reason = one.tries + 1, reason
        if final or one.tries > len(PAUSES):
            one.state, one.due = "failed", None
        else:
            one.due = now + timedelta(seconds=PAUSES[one.tries - 1])
        self.updated_at = now
        self._plan()

    def again(self, now: datetime) -> None:
        """Somebody asks for the recordings once more."""
        for one in self.recordings:
            if one.state == "failed":
                one.state, one.tries, one.due = "waiting", 0, now
        self.updated_at = now
        self._plan()

    def attach(self, number: int, now: datetime) -> bool:
        """It belongs to this case too. True if that is news."""
        if number in self.cases:
            return False
        self.cases, self.updated_at = [*self.cases, number], now
        return True

    def detach(self, number: int, now: datetime) -> bool:
        """It was attached by mistake."""
        if number not in self.cases:
            return False
        self.cases, self.updated_at = [one for one in self.cases if one != number], now
        return True

    def _plan(self) -> None:
        due = [one.due for one in self.recordings if one.state == "waiting" and one.due is not None]
        self.fetch_at = min(due, default=None)


def call_id(account: str, call: str) -> str:
    """The hub's name of a conversation."""
    return stable_id("call", account, call)
