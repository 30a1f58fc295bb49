"""Posted commands of the exchange → what happened in a call. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from channels.megafon.shapes import posted
from hub.domain.callevent import (
    CallDirection,
    CallEvent,
    CallEventKind,
    CallResult,
    Party,
    Recording,
)
from hub.domain.message import stable_id
from hub.phones import from_exchange
from hub.ports.channel import Key, Malformed, RawRequest, Unreadable

CHANNEL = "megafon"
LONGEST = 200
EXTENSION = 6
"""Digits of the longest extension; what is longer and no number is a service or hidden."""
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
PROMPT = timedelta(minutes=15)

_KINDS: Mapping[str, CallEventKind] = {
    "incoming": "ringing",
    "outgoing": "ringing",
    "accepted": "answered",
    "transferred": "transferred",
    "completed": "ended",
    # Also said to everybody of a group when one of them answered: it proves no missed call.
    "cancelled": "ended",
}
_RESULTS: Mapping[str, CallResult] = {
    "success": "answered",
    "missed": "missed",
    "cancel": "cancelled",
    "busy": "busy",
    "notavailable": "no_answer",
    "notallowed": "failed",
    "notfound": "failed",
}


def key(account: str, body: bytes) -> Key:
    """The exchange numbers calls, not events: an event is named by all that it says."""
    told = posted(body)
    command, call = told.get("cmd", "").lower(), _clean(told.get("callid", ""))
    if not command or not call:
        raise Malformed("Expected `cmd` and `callid`")
    said = stable_id(*(part for name in sorted(told) for part in (name, told[name])))
    return Key(f"{_clean(command)[:20]}:{said}", f"{account}:call:{call}")


def parse(account: str, raw: RawRequest, lines: Mapping[str, str]) -> Sequence[CallEvent]:
    """What happened. Raises Unreadable."""
    try:
        told = posted(raw.body)
        name = f"{account}:{key(account, raw.body).external_id}"
    except Malformed as error:
        raise Unreadable(str(error)) from None
    match told["cmd"].lower():
        case "contact":
            return [_event(name, account, told, raw, lines, "ringing", direction="in")]
        case "event":
            return [_happened(name, account, told, raw, lines)]
        case "history":
            return _closed(name, account, told, raw, lines)
        case "rating":
            return []
        case _:
            raise Unreadable("unknown `cmd`")


def _happened(
    name: str, account: str, told: Mapping[str, str], raw: RawRequest, lines: Mapping[str, str]
) -> CallEvent:
    said = told.get("type", "").lower()
    kind = _KINDS.get(said)
    if kind is None:
        raise Unreadable("unknown `type`")
    leg = _clean(told.get("user", "")) or _staff(told).extension
    direction = _direction(told.get("direction", ""))
    if direction is None and said in {"incoming", "outgoing"}:
        direction = "in" if said == "incoming" else "out"
    return _event(name, account, told, raw, lines, kind, direction=direction, leg=leg)


def _event(
    name: str,
    account: str,
    told: Mapping[str, str],
    raw: RawRequest,
    lines: Mapping[str, str],
    kind: CallEventKind,
    *,
    direction: CallDirection | None,
    leg: str = "",
) -> CallEvent:
    line = from_exchange(told.get("diversion", ""))
    staff, other = _staff(told), _other(told)
    out = direction == "out"
    return CallEvent(
        key=name,
        account=account,
        channel=CHANNEL,
        call=_clean(told["callid"]),
        kind=kind,
        at=raw.received_at,
        leg=leg,
        direction="inner" if direction and other.extension else direction,
        caller=staff if out else other,
        callee=other if out else staff,
        line=line,
        queue=_clean(told.get("groupRealName", "")),
        group=lines.get(line, ""),
        extension=staff.extension,
    )


def _closed(
    name: str, account: str, told: Mapping[str, str], raw: RawRequest, lines: Mapping[str, str]
) -> list[CallEvent]:
    """The exchange's account of a call that is over: only this proves a missed one."""
    direction = _direction(told.get("type", ""))
    status = "".join(char for char in told.get("status", "").lower() if char.isalpha())
    result = _RESULTS.get(status)
    if direction is None or result is None:
        raise Unreadable("unknown `type` or `status`")
    if direction == "in" and result != "answered" and not _other(told).extension:
        # Whichever way it was not answered, somebody called and was not heard.
        result = "missed"
    talk = _seconds(told.get("duration", "")) if result == "answered" else 0
    began = _moment(told.get("start", ""), raw.received_at)
    event = _event(name, account, told, raw, lines, "summary", direction=direction)
    closing = CallEvent(
        key=event.key,
        account=account,
        channel=CHANNEL,
        call=event.call,
        kind="summary",
        at=_ended(began, talk or 0, raw.received_at),
        direction=event.direction,
        caller=event.caller,
        callee=event.callee,
        line=event.line,
        queue=event.queue,
        group=event.group,
        # A group's name stands where nobody in particular took it.
        extension=event.extension if result == "answered" or direction == "out" else "",
        started_at=began,
        talk=talk,
        result=result,
    )
    if result != "answered":
        return [closing]
    link = told.get("link", "").strip()
    recording = Recording(
        id=event.call, state="made" if link else "none", ref=link, duration=talk or 0
    )
    heard = CallEvent(
        key=f"{name}:recording",
        account=account,
        channel=CHANNEL,
        call=event.call,
        kind="recording",
        at=closing.at,
        recording=recording,
    )
    return [closing, heard]


def _ended(began: datetime | None, talk: int, now: datetime) -> datetime:
    """When it was over. The exchange says so within seconds, and does not say how long it rang; an
    account that comes late is dated by what it does say."""
    if began is None:
        return now
    told = began + timedelta(seconds=talk)
    return told if now - told > PROMPT else now


def _staff(told: Mapping[str, str]) -> Party:
    """The member of staff: by extension, by login where they have none. `telnum` is often their
    own mobile, and must not be taken for a resident's."""
    return Party(extension=_clean(told.get("ext", "")) or _clean(told.get("user", "")))


def _other(told: Mapping[str, str]) -> Party:
    """The one at the other end: a number, or the extension of a colleague."""
    said = told.get("phone", "").strip()
    number = from_exchange(said)
    short = not number and said.isascii() and said.isdigit() and len(said) <= EXTENSION
    return Party(number=number, extension=said if short else "")


def _direction(said: str) -> CallDirection | None:
    match said.lower():
        case "in":
            return "in"
        case "out":
            return "out"
        case _:
            return None


def _moment(said: str, now: datetime) -> datetime | None:
    """`YYYYmmddTHHMMSSZ`, in UTC."""
    try:
        moment = datetime.strptime(said.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if EARLIEST <= moment <= now + AHEAD else None


def _seconds(said: str) -> int | None:
    said = said.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else None


def _clean(said: str) -> str:
    return "".join(char for char in said.strip() if char.isprintable())[:LONGEST]
