"""Posted events → what happened in a call. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from channels.mango import shapes
from channels.mango.shapes import CallState, End, Named, RecordingState, Summary, Told
from hub import forms
from hub.domain.callevent import CallDirection, CallEvent, CallResult, Party, Recording
from hub.domain.message import stable_id
from hub.phones import from_exchange
from hub.ports.channel import Key, Malformed, RawRequest, Unreadable

CHANNEL = "mango"
BRANCHES = ("events/", "result/", "ping")
"""What Mango posts below the account's address."""
LONGEST = 200
# A clock of theirs that is not believed: years before there was such an exchange, and what is
# further ahead of us than clocks differ.
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)

_DIRECTIONS: Mapping[int, CallDirection] = {0: "inner", 1: "in", 2: "out"}
# How a leg ended without a talk. Who hung up (1110, 1120) says nothing of that.
_REASONS: Mapping[int, CallResult] = {
    1111: "no_answer",
    1121: "busy",
    1122: "rejected",
    1123: "rejected",
    1124: "no_answer",
    1130: "failed",
    1131: "failed",
    1132: "failed",
    1133: "failed",
    1151: "rejected",
}


def branch(path: str) -> str:
    """What follows the account's address, without slashes at its ends."""
    return path.partition("/in/")[2].partition("/")[2].strip("/")


def said(raw: RawRequest) -> bytes:
    """The JSON text of a form. Raises Malformed."""
    text = forms.raw_fields(raw.body).get("json", b"")
    if not text:
        raise Malformed("Expected a form with `json`")
    return text


def key(account: str, raw: RawRequest) -> Key:
    """The event's name. One conversation is understood in order."""
    what = branch(raw.path)
    try:
        event = shapes.named.decode(said(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None
    told = (
        event.entry_id,
        event.call_id,
        event.recording_id,
        event.command_id,
        event.request_id,
    )
    names = [_text(one) for one in told]
    if not any(names) and what != "ping":
        raise Malformed("Expected `entry_id`, `command_id` or `request_id`")
    call = _text(event.entry_id) or next((one for one in names if one), what)
    return Key(_short(what, *names, *_version(event)), f"{account}:call:{_short(call)}")


def _version(event: Named) -> list[str]:
    parts = (event.seq, event.call_state, event.recording_state, event.timestamp, event.result)
    return [_text(one) for one in parts]


def parse(account: str, raw: RawRequest, lines: Mapping[str, str]) -> Sequence[CallEvent]:
    """What happened. Raises Unreadable."""
    try:
        name = f"{account}:{key(account, raw).external_id}"
        text = said(raw)
    except Malformed as error:
        raise Unreadable(str(error)) from None
    try:
        match branch(raw.path):
            case "events/call":
                return [_state(name, account, shapes.call_state.decode(text), raw, lines)]
            case "events/summary":
                return [_closed(name, account, shapes.summary.decode(text), raw, lines)]
            case "events/recording" | "events/record/added":
                return [_recorded(name, account, shapes.recording_state.decode(text), raw)]
    except msgspec.DecodeError as error:
        raise Unreadable(str(error)) from None
    # Keys pressed, SMS, results of our commands: kept, and no part of a call.
    return []


def _state(
    name: str, account: str, state: CallState, raw: RawRequest, lines: Mapping[str, str]
) -> CallEvent:
    caller, callee = _party(state.caller), _party(state.callee)
    continues = bool(_text(state.caller.taken_from_call_id))
    # A click-to-call rings the member of staff first: they are at the `to` of this leg, and the
    # one whom they want to speak with is at its `from`.
    own_phone = bool(_text(state.command_id)) and not continues and bool(callee.extension)
    if own_phone:
        caller, callee = callee, caller
    staff = (caller if own_phone else callee).extension or caller.extension
    if continues and not state.command_id:
        # Staff who pass a call on are at the `from` of the leg; they did not begin the call.
        caller = Party() if caller.extension else caller
    line = from_exchange(state.callee.line_number) or from_exchange(state.caller.line_number)
    if line and callee.number == line:
        # A menu or a queue: nobody is there yet.
        callee = Party()
    event = CallEvent(
        key=name,
        account=account,
        channel=CHANNEL,
        call=_needed(state.entry_id, "entry_id"),
        kind="ringing",
        at=_moment(state.timestamp, raw.received_at),
        leg=_needed(state.call_id, "call_id"),
        seq=_whole(state.seq),
        direction=_direction(caller, callee, state, own_phone),
        caller=caller,
        callee=callee,
        line=line,
        queue=_text(state.callee.acd_group),
        group=lines.get(line, ""),
        extension=staff,
        order=_text(state.command_id),
    )
    match state.call_state:
        case "Appeared":
            return event
        case "Connected":
            # A menu and a queue are no persons; nor does the caller's own phone answer anybody.
            person = state.location in {"", "abonent"} and not own_phone
            return msgspec.structs.replace(event, kind="answered") if person else event
        case "OnHold":
            return msgspec.structs.replace(event, kind="held")
        case "Disconnected":
            result = _REASONS.get(_whole(state.disconnect_reason) or 0)
            ended = msgspec.structs.replace(event, kind="ended", result=result)
            # The command may as well be ours to hang up: then it tells nothing of who called whom.
            return _nobody(ended) if own_phone else ended
        case _:
            raise Unreadable("unknown `call_state`")


def _nobody(event: CallEvent) -> CallEvent:
    return msgspec.structs.replace(
        event, direction=None, caller=Party(), callee=Party(), extension="", order=""
    )


def _direction(
    caller: Party, callee: Party, state: CallState, own_phone: bool
) -> CallDirection | None:
    if state.caller.taken_from_call_id and not (state.command_id and caller.extension):
        # A leg that continues another one belongs to a conversation of either direction.
        return None
    if caller.extension:
        # Staff may call a group of their colleagues.
        inner = callee.extension or (state.callee.acd_group and not callee.number)
        return "inner" if inner else "out"
    return "out" if own_phone else "in"


def _closed(
    name: str, account: str, told: Summary, raw: RawRequest, lines: Mapping[str, str]
) -> CallEvent:
    direction = _DIRECTIONS.get(_whole(told.call_direction) or 0, "in")
    began = _moment(told.create_time, raw.received_at)
    ended = max(_moment(told.end_time, raw.received_at), began)
    talked = _moment(told.talk_time, ended) if _whole(told.talk_time) else ended
    answered = bool(_whole(told.talk_time))
    line = from_exchange(told.line_number)
    caller, callee = _party(told.caller), _party(told.callee)
    staff = caller if direction == "out" else callee
    return CallEvent(
        key=name,
        account=account,
        channel=CHANNEL,
        call=_needed(told.entry_id, "entry_id"),
        kind="summary",
        at=ended,
        direction=direction,
        caller=caller,
        callee=callee,
        line=line,
        group=lines.get(line, ""),
        extension=staff.extension,
        started_at=began,
        waiting=max(int((talked - began).total_seconds()), 0),
        talk=max(int((ended - talked).total_seconds()), 0) if answered else 0,
        result="answered" if answered else _unanswered(direction, told),
    )


def _unanswered(direction: CallDirection, told: Summary) -> CallResult:
    why = _REASONS.get(_whole(told.disconnect_reason) or 0)
    if direction == "in":
        # Whoever called was not helped, however the exchange ended it; a black list is meant to.
        return "rejected" if _whole(told.disconnect_reason) == 1151 else "missed"
    return why or "no_answer"


def _recorded(name: str, account: str, told: RecordingState, raw: RawRequest) -> CallEvent:
    number = _needed(told.recording_id, "recording_id")
    made = told.recording_state == "Completed"
    return CallEvent(
        key=name,
        account=account,
        channel=CHANNEL,
        call=_needed(told.entry_id, "entry_id"),
        kind="recording",
        at=_moment(told.timestamp, raw.received_at),
        recording=Recording(id=number, ref=number, state="made" if made else "making"),
    )


def _party(end: End) -> Party:
    """Staff are known by their extension: the number beside it is the telephone that they sit at,
    often their own mobile, and must not be taken for a resident's."""
    if extension := _text(end.extension):
        return Party(extension=extension)
    return Party(number=from_exchange(end.number))


def _needed(told: Told, field: str) -> str:
    text = _text(told)
    if not text:
        raise Unreadable(f"Expected `{field}`")
    return text


def _text(told: Told) -> str:
    return "" if told is None else str(told).strip()[:LONGEST]


def _whole(told: Told) -> int | None:
    text = _text(told)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    return int(text)


def _moment(told: Told, now: datetime) -> datetime:
    seconds = _whole(told)
    if not seconds or seconds > 2**35:
        return now
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment if EARLIEST <= moment <= now + AHEAD else now


def _short(*parts: str) -> str:
    """Parts as one name; long ones by their hash."""
    name = "/".join(parts).rstrip("/")
    return name if len(name) <= LONGEST and name.isprintable() else stable_id(*parts)
