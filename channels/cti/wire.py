"""Posted events → what happened in a call. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.cti.shapes import Event, Told, read
from hub.domain.callevent import CallDirection, CallEvent, CallEventKind, CallResult, Party
from hub.domain.message import stable_id
from hub.phones import from_exchange
from hub.ports.channel import Key, Malformed, RawRequest, Unreadable

CHANNEL = "cti"
REJECTED = b'{"action":"reject","reason":"busy"}'

_KINDS: Mapping[Event, CallEventKind] = {
    "newCall": "ringing",
    "answer": "answered",
    "hangup": "ended",
}
# `normalClearing` is said when somebody hung up after the call had been established.
_CAUSES: Mapping[str, CallResult] = {
    "normalclearing": "answered",
    "busy": "busy",
    "cancel": "cancelled",
    "noanswer": "no_answer",
    "congestion": "failed",
    "notfound": "failed",
    "forwarded": "forwarded",
}


def key(account: str, told: Told) -> Key:
    """The format numbers calls, not events: one is named by all that it says."""
    said = stable_id(
        told.event,
        told.direction,
        told.caller,
        told.callee,
        *told.users,
        told.queue,
        told.answering,
        told.cause,
    )
    return Key(f"{told.call[:120]}:{told.event}:{said[:16]}", f"{account}:call:{told.call}")


def parse(account: str, raw: RawRequest, lines: Mapping[str, str]) -> Sequence[CallEvent]:
    """The event of the whole call, and a ringing leg for each user that is named. An answer or
    hangup of a call that was never announced is understood too. Raises Unreadable."""
    try:
        told = read(raw.body)
    except Malformed as error:
        raise Unreadable(str(error)) from None
    name = f"{account}:{key(account, told).external_id}"
    direction = _direction(told.direction)
    whole = _whole(account, raw, told, name, direction, lines)
    if told.event != "newCall" or direction == "out":
        return [whole]
    return [
        whole,
        *(
            CallEvent(
                key=f"{name}:{index}",
                account=account,
                channel=CHANNEL,
                call=told.call,
                kind="ringing",
                at=raw.received_at,
                leg=user,
                direction=direction,
                extension=user,
            )
            for index, user in enumerate(told.users)
        ),
    ]


def incoming(told: Told) -> str:
    """The number of whoever calls us now; empty for anything else, and for hidden numbers."""
    if told.event != "newCall" or _direction(told.direction) != "in":
        return ""
    return from_exchange(told.caller)


def _whole(
    account: str,
    raw: RawRequest,
    told: Told,
    name: str,
    direction: CallDirection | None,
    lines: Mapping[str, str],
) -> CallEvent:
    ours, theirs = told.callee, told.caller
    if direction == "out":
        ours, theirs = theirs, ours
    line = from_exchange(ours) or ours
    staff, number = _staff(told, direction), from_exchange(theirs)
    # A hidden number is told as a word: it is shown, and is nobody's.
    other, own = Party(number, name="" if number else theirs), Party(extension=staff)
    caller, callee = (own, other) if direction == "out" else (other, own)
    result = _CAUSES.get(told.cause.lower()) if told.event == "hangup" else None
    return CallEvent(
        key=name,
        account=account,
        channel=CHANNEL,
        call=told.call,
        kind=_KINDS[told.event],
        at=raw.received_at,
        direction=direction,
        caller=caller,
        callee=callee,
        line=line,
        queue=told.queue,
        group=lines.get(line, ""),
        extension=staff if told.event != "newCall" or direction == "out" else "",
        result=result,
    )


def _direction(said: str) -> CallDirection | None:
    if said in {"in", "out"}:
        return "in" if said == "in" else "out"
    return None


def _extension(said: str) -> str:
    """«sip:510@pbx» is 510; an e-mail address is a name of its own."""
    local = said.removeprefix("sip:").partition("@")[0]
    return local if local.isdigit() else said


def _staff(told: Told, direction: CallDirection | None) -> str:
    """Who of ours is at it: whoever answered by name, else the only user. A number that answered
    is kept as a number, as people of the staff may have one."""
    if direction != "out" and told.answering:
        return from_exchange(told.answering) or _extension(told.answering)
    return told.users[0] if len(told.users) == 1 else ""
