"""Posted notifications → what happened in a call. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec.structs import replace

from channels.zadarma.proof import SIGNED
from hub import forms
from hub.domain.callevent import CallEvent, CallResult, Party, Recording
from hub.domain.message import stable_id
from hub.phones import from_exchange
from hub.ports.channel import Answer, Key, Malformed, RawRequest, Unreadable

CHANNEL = "zadarma"
LONGEST = 200
AHEAD = timedelta(minutes=5)
LONG_CALL = timedelta(hours=12)
SAVED = timedelta(seconds=40)
"""How long they need to save a recording (their documents)."""
ECHO = "zd_echo"

_RESULTS: Mapping[str, CallResult] = {
    "answered": "answered",
    "busy": "busy",
    "cancel": "cancelled",
    "no answer": "no_answer",
}


def echoed(raw: RawRequest) -> Answer | None:
    """The answer to a trial of the address: the very word that it asks for."""
    if raw.method != "GET":
        return None
    try:
        word = forms.fields(raw.query.encode()).get(ECHO, "")
    except Malformed:
        return None
    # It is said back to whoever asks, so it is a short plain word and nothing that a page can be.
    if not word or len(word) > 128 or not (word.isascii() and word.isalnum()):
        return None
    return Answer(200, word.encode(), "text/plain")


def key(account: str, body: bytes) -> Key:
    """They number calls, not events: an event is named by all that it says."""
    told = forms.fields(body)
    event, call = told.get("event", ""), _clean(told.get("pbx_call_id", ""))
    if event not in SIGNED or not call:
        raise Malformed("Expected `event` and `pbx_call_id`")
    said = stable_id(*(part for name in sorted(told) for part in (name, told[name])))
    return Key(f"{event}:{said}", f"{account}:call:{call}")


def parse(
    account: str, raw: RawRequest, lines: Mapping[str, str], zone: tzinfo
) -> Sequence[CallEvent]:
    """What happened. Raises Unreadable."""
    try:
        name = f"{account}:{key(account, raw.body).external_id}"
        told = forms.fields(raw.body)
    except Malformed as error:
        raise Unreadable(str(error)) from None
    began = _moment(told.get("call_start", ""), raw.received_at, zone)
    base = CallEvent(
        key=name,
        account=account,
        channel=CHANNEL,
        call=_clean(told["pbx_call_id"]),
        kind="ringing",
        at=raw.received_at,
        started_at=began,
    )
    match told["event"]:
        case "NOTIFY_START" | "NOTIFY_INTERNAL" | "NOTIFY_ANSWER" | "NOTIFY_END":
            return _incoming(base, told, lines)
        case "NOTIFY_OUT_START" | "NOTIFY_OUT_END":
            return _outgoing(base, told, lines)
        case "NOTIFY_RECORD":
            return [_recording(base, told)]
        case _:
            # NOTIFY_IVR: a key was pressed in a menu.
            return []


def _incoming(
    base: CallEvent, told: Mapping[str, str], lines: Mapping[str, str]
) -> Sequence[CallEvent]:
    line = from_exchange(told.get("called_did", ""))
    staff = _end(told.get("internal", "") or told.get("destination", ""))
    event = replace(
        base,
        direction="in",
        caller=Party(number=from_exchange(told.get("caller_id", ""))),
        callee=staff,
        line=line,
        group=lines.get(line, ""),
        extension=staff.extension,
    )
    match told["event"]:
        case "NOTIFY_START":
            return [event]
        case "NOTIFY_INTERNAL":
            return [replace(event, leg=_leg(staff))]
        case "NOTIFY_ANSWER":
            return [replace(event, kind="answered", leg=_leg(staff))]
    answered = _disposition(told) == "answered"
    closing = replace(
        event,
        kind="summary",
        result="answered" if answered else "missed",
        talk=_seconds(told.get("duration", "")) if answered else 0,
        # Where nobody answered it names the telephone that rang last.
        extension=staff.extension if answered else "",
    )
    return [closing, *(_sound(base, told) if answered else [])]


def _outgoing(
    base: CallEvent, told: Mapping[str, str], lines: Mapping[str, str]
) -> Sequence[CallEvent]:
    line = from_exchange(told.get("caller_id", ""))
    staff = _end(told.get("internal", ""))
    other = _end(told.get("destination", ""))
    event = replace(
        base,
        direction="inner" if other.extension else "out",
        caller=staff,
        callee=other,
        line=line,
        group=lines.get(line, ""),
        extension=staff.extension,
    )
    if told["event"] == "NOTIFY_OUT_START":
        return [event]
    result = _RESULTS.get(_disposition(told), "failed")
    answered = result == "answered"
    talk = _seconds(told.get("duration", "")) if answered else 0
    closing = replace(event, kind="summary", result=result, talk=talk)
    if base.started_at is not None and talk:
        # Nothing tells when the other side took it.
        rang = (base.at - base.started_at).total_seconds() - talk
        closing = replace(closing, waiting=max(int(rang), 0))
    return [closing, *(_sound(base, told) if answered else [])]


def _sound(base: CallEvent, told: Mapping[str, str]) -> Sequence[CallEvent]:
    """What the end of a talk says of its recording."""
    match told.get("is_recorded", "").strip():
        case "1" if told.get("call_id_with_rec", "").strip():
            return [_recording(replace(base, key=f"{base.key}:recording"), told)]
        case "0":
            none = Recording(id=base.call, state="none")
            said = replace(base, key=f"{base.key}:recording", kind="recording", started_at=None)
            return [replace(said, recording=none)]
        case _:
            return []


def _recording(base: CallEvent, told: Mapping[str, str]) -> CallEvent:
    number = _clean(told.get("call_id_with_rec", ""))
    if not number:
        raise Unreadable("Expected `call_id_with_rec`")
    made = Recording(id=number, ref=number, ready=base.at + SAVED)
    return replace(base, kind="recording", recording=made, started_at=None)


def _end(said: str) -> Party:
    """An extension, or a number that the exchange forwards to."""
    number = from_exchange(said)
    return Party(number=number) if number else Party(extension=_clean(said))


def _leg(end: Party) -> str:
    return end.extension or end.number


def _disposition(told: Mapping[str, str]) -> str:
    return " ".join(told.get("disposition", "").lower().split())


def _moment(said: str, now: datetime, zone: tzinfo) -> datetime | None:
    """`YYYY-MM-DD HH:MM:SS`, in the time zone of their account."""
    try:
        moment = datetime.strptime(said.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None
    moment = moment.astimezone(UTC)
    # A start in the future, or half a day ago, is that of another time zone than was set.
    return moment if now - LONG_CALL <= moment <= now + AHEAD else None


def _seconds(said: str) -> int | None:
    said = said.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else None


def _clean(said: str) -> str:
    return "".join(char for char in said.strip() if char.isprintable())[:LONGEST]
