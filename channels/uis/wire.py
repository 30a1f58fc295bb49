"""Notifications → what happened in a call. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from channels.uis import shapes
from hub.domain.callevent import CallDirection, CallEvent, CallEventKind, Party, Recording
from hub.domain.message import stable_id
from hub.phones import from_exchange
from hub.ports.channel import Key, Malformed, RawRequest, Unreadable

CHANNEL = "uis"
LONGEST = 200
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)

_KINDS: Mapping[shapes.Event, CallEventKind] = {
    "incoming": "ringing",
    "outgoing": "ringing",
    "waiting": "ringing",
    "talk": "answered",
    # A talk is over, and the call may go on with somebody else.
    "talked": "ended",
    "ended": "summary",
    "lost": "summary",
    "recorded": "recording",
}


def read(body: bytes) -> dict[str, str]:
    """Decode. Raises Malformed."""
    try:
        return shapes.posted(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None


def key(account: str, told: Mapping[str, str]) -> Key:
    """They number calls, not notifications: one is named by all that it says."""
    call = _clean(told.get("call_session_id", ""))
    if not call:
        raise Malformed("Expected `call_session_id`")
    said = stable_id(*(part for name in sorted(told) for part in (name, told[name])))
    return Key(f"{call[:60]}:{said}", f"{account}:call:{call}")


def parse(account: str, raw: RawRequest, lines: Mapping[str, str]) -> Sequence[CallEvent]:
    """What happened. Raises Unreadable."""
    try:
        told = read(raw.body)
        name = f"{account}:{key(account, told).external_id}"
    except Malformed as error:
        raise Unreadable(str(error)) from None
    what = shapes.event(told)
    if what is None:
        raise Unreadable("unknown `event`")
    kind = _KINDS[what]
    direction = _direction(told, what)
    line = from_exchange(told.get("virtual_phone_number", ""))
    # `employee_phone_number` is often their own mobile, and must not be taken for a resident's.
    staff = Party(
        extension=_clean(told.get("extension_phone_number", "") or told.get("employee_id", "")),
        name=_clean(told.get("employee_full_name", "")),
    )
    other = Party(
        number=from_exchange(told.get("contact_phone_number", "")),
        name=_clean(told.get("contact_full_name", "")),
    )
    event = CallEvent(
        key=name,
        account=account,
        channel=CHANNEL,
        call=_clean(told["call_session_id"]),
        kind=kind,
        at=_moment(told.get("notification_timestamp", ""), raw.received_at),
        leg=_leg(what, staff),
        direction=direction,
        caller=staff if direction == "out" else other,
        callee=other if direction == "out" else staff,
        line=line,
        group=lines.get(line, ""),
        extension=staff.extension,
    )
    match what:
        case "ended" | "lost":
            return [_closed(event, told, lost=what == "lost")]
        case "recorded":
            return [_recorded(event, told)]
        case _:
            return [event]


def _closed(event: CallEvent, told: Mapping[str, str], *, lost: bool) -> CallEvent:
    talk = 0 if lost else _seconds(told.get("talk_time_duration", ""))
    total = _seconds(told.get("total_time_duration", ""))
    waiting = _seconds(told.get("wait_time_duration", ""))
    long = total if total is not None else (waiting or 0) + (talk or 0)
    result = None if talk is None else "answered" if talk else "missed"
    if result == "missed" and event.direction == "out":
        result = "no_answer"
    return msgspec.structs.replace(
        event,
        started_at=event.at - timedelta(seconds=long),
        talk=talk,
        waiting=waiting,
        result=result,
        # A lost call names everybody whom it rang at; nobody had it.
        extension=event.extension if talk or event.direction != "in" else "",
    )


def _recorded(event: CallEvent, told: Mapping[str, str]) -> CallEvent:
    link = told.get("file_link", "")
    if not link:
        raise Unreadable("Expected `file_link`")
    recording = Recording(
        id=stable_id(event.call, link),
        ref=link,
        duration=_seconds(told.get("file_duration", "")) or 0,
    )
    return msgspec.structs.replace(event, recording=recording)


def _leg(what: shapes.Event, staff: Party) -> str:
    """They number legs in some notifications and not in others: the person is what all name."""
    if what not in {"waiting", "talk", "talked"}:
        return ""
    return staff.extension or staff.name


def _direction(told: Mapping[str, str], what: shapes.Event) -> CallDirection | None:
    if told.get("is_internal", "").lower() in {"true", "1"}:
        return "inner"
    said = told.get("direction", "").lower()
    if said in {"in", "out"}:
        return "in" if said == "in" else "out"
    if what in {"incoming", "lost"}:
        return "in"
    return "out" if what == "outgoing" else None


def _moment(said: str, now: datetime) -> datetime:
    """Unix seconds. `notification_time` stands in the time zone of an account, which it does not
    name: it is not read."""
    try:
        seconds = float(said)
    except ValueError:
        return now
    if not EARLIEST.timestamp() <= seconds <= (now + AHEAD).timestamp():
        return now
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(said: str) -> int | None:
    try:
        seconds = float(said)
    except ValueError:
        return None
    return int(seconds) if 0 <= seconds < 1_000_000 else None


def _clean(said: str) -> str:
    return "".join(char for char in said.strip() if char.isprintable())[:LONGEST]
