"""What a set of call events proves, whatever order they came in.

Exchanges tell in parallel, out of order, twice or not at all. So nothing here looks at the order of
arrival: the facts are a function of the set, and what is not proven is left open. A leg that rang
out proves nothing about the conversation: another may have been answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from hub.domain.callevent import (
    CallDirection,
    CallEvent,
    CallEventKind,
    CallResult,
    Party,
    Recording,
)

Phase = Literal["ringing", "talking", "held", "ended"]

_PHASES: dict[CallEventKind, tuple[int, Phase]] = {
    "ringing": (0, "ringing"),
    "answered": (1, "talking"),
    "held": (1, "held"),
    "resumed": (1, "talking"),
    "transferred": (1, "talking"),
    "ended": (2, "ended"),
}
_STATES = {"none": 0, "making": 1, "made": 2}
NOT_OWED: frozenset[CallResult] = frozenset({"answered", "forwarded", "rejected"})
"""Ends of an incoming call after which nobody is to be called back."""


class Leg(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the conversation with one end: where it stands, and how it ended if it did."""

    id: str
    extension: str = ""
    phase: Phase = "ringing"
    result: CallResult | None = None


class Hand(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of staff who had the conversation, and since when."""

    extension: str
    at: datetime


class CallFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a call. Times in seconds; None: not known.

    `number` is the other side's, E.164, empty where it is hidden. `result` is set only where
    something proves it. `hands`: who had it, in order; `rung`: extensions that it rang at.
    """

    direction: CallDirection | None = None
    number: str = ""
    caller: Party = Party()
    callee: Party = Party()
    line: str = ""
    queue: str = ""
    group: str = ""
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    waiting: int | None = None
    talk: int | None = None
    result: CallResult | None = None
    legs: tuple[Leg, ...] = ()
    hands: tuple[Hand, ...] = ()
    rung: tuple[str, ...] = ()
    rang: bool = False
    transferred: bool = False
    voicemail: bool = False
    request: bool = False
    recordings: tuple[Recording, ...] = ()
    order: str = ""

    @property
    def over(self) -> bool:
        """It is known to have ended."""
        return self.ended_at is not None

    @property
    def answered(self) -> bool:
        """People spoke with each other."""
        if self.result is not None:
            return self.result == "answered"
        return self.answered_at is not None

    @property
    def missed(self) -> bool:
        """Somebody called, and it is proven that nobody took it."""
        if self.direction != "in" or not self.over or self.answered_at is not None:
            return False
        return self.voicemail or (self.result is not None and self.result not in NOT_OWED)

    @property
    def owed(self) -> Literal["", "missed", "voicemail", "request"]:
        """Why somebody is to be called back, if they are."""
        if self.request and not self.answered:
            return "request"
        if not self.missed:
            return ""
        return "voicemail" if self.voicemail else "missed"

    @property
    def ringing(self) -> bool:
        """It rings, as far as is known: this is when people are to be told who calls."""
        if self.over or self.answered or not self.rang:
            return False
        return not self.legs or any(leg.phase != "ended" for leg in self.legs)

    @property
    def held(self) -> bool:
        """The other side waits in the middle of the conversation."""
        return not self.over and any(leg.phase == "held" for leg in self.legs)


def facts_of(events: Iterable[CallEvent]) -> CallFacts:
    """Fold events into what they prove; at least one is needed."""
    known = sorted({event.key: event for event in events}.values(), key=_early)
    told = [event for event in known if event.kind not in {"recording"}] or known
    summary = _last(known, "summary")
    legs = _legs(known)
    answers = [event for event in known if event.kind == "answered"]
    closing = summary or _last([one for one in known if not one.leg], "ended")
    first = ([summary] if summary else []) + told
    direction = next((one.direction for one in first if one.direction is not None), None)
    caller = _party([one.caller for one in first])
    callee = _party([one.callee for one in first])
    hands = _hands(known, summary)
    started = _started(known)
    answered_at = min((one.at for one in answers), default=None)
    result = _result(summary, closing, direction, answered_at is not None)
    if result is not None and result != "answered" and summary is not None:
        # The exchange's account of the whole outweighs a leg that was answered by no person.
        answered_at = None
    ended_at = _ended(closing, legs, known, answered_at)
    return CallFacts(
        direction=direction,
        number=_other(direction, caller, callee),
        caller=caller,
        callee=callee,
        line=_said(first, "line"),
        queue=_said([*first][::-1], "queue"),
        group=_said([*first][::-1], "group"),
        started_at=started,
        answered_at=answered_at,
        ended_at=ended_at,
        waiting=_waiting(known, started, answered_at, ended_at),
        talk=_talk(known, answered_at, ended_at, result),
        result=result,
        legs=legs,
        hands=hands,
        rung=tuple(dict.fromkeys(one.extension for one in known if one.extension)),
        rang=any(one.kind == "ringing" for one in known),
        transferred=len(hands) > 1 or any(one.kind == "transferred" for one in known),
        voicemail=any(one.kind == "voicemail" for one in known),
        request=any(one.kind == "request" for one in known),
        recordings=_recordings(known),
        order=_said(known, "order"),
    )


def _early(event: CallEvent) -> tuple[datetime, int, int, str]:
    rank = _PHASES.get(event.kind, (3, "ended"))[0]
    return event.at, rank, -1 if event.seq is None else event.seq, event.key


def _last(events: Sequence[CallEvent], kind: CallEventKind) -> CallEvent | None:
    """The one with the highest number of the provider's, else the latest."""
    of_kind = [event for event in events if event.kind == kind]
    return max(of_kind, key=lambda one: (_seq(one), *_early(one)), default=None)


def _seq(event: CallEvent) -> int:
    return -1 if event.seq is None else event.seq


def _legs(events: Sequence[CallEvent]) -> tuple[Leg, ...]:
    parts: dict[str, list[CallEvent]] = {}
    for event in events:
        if event.leg and event.kind in _PHASES:
            parts.setdefault(event.leg, []).append(event)
    return tuple(sorted((_leg(name, told) for name, told in parts.items()), key=lambda one: one.id))


def _leg(name: str, events: Sequence[CallEvent]) -> Leg:
    """Where the provider numbers what happens, the highest number says how it stands; else the
    furthest step does, since a leg never goes back."""
    if all(event.seq is not None for event in events):
        ordered = sorted(events, key=lambda one: (_seq(one), *_early(one)))
    else:
        ordered = sorted(events, key=lambda one: (_PHASES[one.kind][0], *_early(one)))
    newest = ordered[-1]
    return Leg(
        id=name,
        extension=next((one.extension for one in reversed(ordered) if one.extension), ""),
        phase=_PHASES[newest.kind][1],
        result=newest.result if newest.kind == "ended" else None,
    )


def _hands(events: Sequence[CallEvent], summary: CallEvent | None) -> tuple[Hand, ...]:
    since: dict[str, datetime] = {}
    for event in events:
        if event.kind in {"answered", "transferred"}:
            to = event.extension or (event.callee.extension if event.kind == "transferred" else "")
            if to:
                since[to] = min(event.at, since.get(to, event.at))
    closing = summary.extension if summary is not None else ""
    if summary is not None and closing and _spoken(summary):
        since.setdefault(closing, summary.at)
    pairs = sorted(since.items(), key=lambda pair: (pair[1], pair[0]))
    return tuple(Hand(extension, at) for extension, at in pairs)


def _spoken(summary: CallEvent) -> bool:
    if summary.result is not None:
        return summary.result == "answered"
    return bool(summary.talk)


def _party(said: Iterable[Party]) -> Party:
    number = extension = name = ""
    for party in said:
        number = number or party.number
        extension = extension or party.extension
        name = name or party.name
    return Party(number, extension, name)


def _other(direction: CallDirection | None, caller: Party, callee: Party) -> str:
    if direction == "inner":
        return ""
    return callee.number if direction == "out" else caller.number


def _said(events: Iterable[CallEvent], field: str) -> str:
    return next((said for one in events if (said := getattr(one, field))), "")


def _started(events: Sequence[CallEvent]) -> datetime:
    said = [one.started_at for one in events if one.started_at is not None]
    return min([*said, min(one.at for one in events)])


def _result(
    summary: CallEvent | None,
    closing: CallEvent | None,
    direction: CallDirection | None,
    answered: bool,
) -> CallResult | None:
    if closing is None:
        return None
    if summary is not None and summary.result is None and summary.talk is not None:
        unheard: CallResult = "missed" if direction == "in" else "no_answer"
        return "answered" if summary.talk > 0 else unheard
    if summary is None and answered:
        return "answered"
    return closing.result or ("answered" if answered else None)


def _ended(
    closing: CallEvent | None,
    legs: Sequence[Leg],
    events: Sequence[CallEvent],
    answered_at: datetime | None,
) -> datetime | None:
    if closing is not None:
        return closing.at
    # Without the exchange's last word an answered call is over once every leg is.
    if answered_at is None or not legs or any(leg.phase != "ended" for leg in legs):
        return None
    return max(event.at for event in events if event.kind == "ended")


def _waiting(
    events: Sequence[CallEvent],
    started: datetime,
    answered_at: datetime | None,
    ended_at: datetime | None,
) -> int | None:
    told = _last([one for one in events if one.waiting is not None and not one.leg], "summary")
    told = told or _last([one for one in events if one.waiting is not None], "ended")
    if told is not None:
        return told.waiting
    until = answered_at or ended_at
    return None if until is None else max(0, int((until - started).total_seconds()))


def _talk(
    events: Sequence[CallEvent],
    answered_at: datetime | None,
    ended_at: datetime | None,
    result: CallResult | None,
) -> int | None:
    said = [one for one in events if one.talk is not None and not one.leg]
    told = _last(said, "summary") or _last(said, "ended")
    if told is not None:
        return told.talk
    if answered_at is None:
        return 0 if result is not None and result != "answered" else None
    return None if ended_at is None else max(0, int((ended_at - answered_at).total_seconds()))


def _recordings(events: Sequence[CallEvent]) -> tuple[Recording, ...]:
    best: dict[str, Recording] = {}
    for event in events:
        one = event.recording
        if one is None:
            continue
        held = best.get(one.id)
        if held is None or _worth(one) > _worth(held):
            best[one.id] = one
    return tuple(best[name] for name in sorted(best))


def _worth(one: Recording) -> tuple[int, bool, int, str, str]:
    return _STATES[one.state], bool(one.ref), one.duration, one.ref, str(one.ready or "")
