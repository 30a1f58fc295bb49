"""What is posted: JSON, or the same as a form, where a list of users is `user[]` repeated."""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from hub.ports.channel import Malformed

MOST = 100
"""Fields of a form, and users of a call."""
LONGEST = 200
"""Characters of anything that is told."""

Event = Literal["newCall", "answer", "hangup"]
EVENTS: dict[str, Event] = {"newcall": "newCall", "answer": "answer", "hangup": "hangup"}
_LISTS = frozenset({"user", "user[]", "caller", "caller[]", "users", "users[]"})


class Told(msgspec.Struct, frozen=True):
    """One event as it was told; texts without what nobody can read."""

    event: Event
    call: str
    direction: str = ""
    caller: str = ""
    callee: str = ""
    users: tuple[str, ...] = ()
    queue: str = ""
    answering: str = ""
    cause: str = ""


def read(body: bytes) -> Told:
    """Decode JSON or a form. Raises Malformed."""
    values = _json(body) if body.lstrip()[:1] == b"{" else _form(body)
    event = EVENTS.get(_one(values, "event").lower())
    if event is None:
        raise Malformed("Expected `event` newCall, answer or hangup")
    call = _one(values, "callId")
    if not call:
        raise Malformed("Expected `callId`")
    return Told(
        event=event,
        call=call,
        direction=_one(values, "direction").lower(),
        caller=_one(values, "from"),
        callee=_one(values, "to"),
        users=tuple(dict.fromkeys(one for name in sorted(_LISTS) for one in values.get(name, ()))),
        queue=_one(values, "queue"),
        answering=_one(values, "answeringNumber"),
        cause=_one(values, "cause"),
    )


def _one(values: dict[str, list[str]], name: str) -> str:
    return next(iter(values.get(name, ())), "")


def _json(body: bytes) -> dict[str, list[str]]:
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None
    values = {}
    for name, value in told.items():
        some = value if isinstance(value, list) else [value]
        values[str(name)] = [text for one in some[:MOST] if (text := _text(one))]
    return values


def _form(body: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MOST)
    except ValueError as error:
        raise Malformed(str(error)) from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if text := _text(value):
            values.setdefault(name, []).append(text)
    return values


def _text(value: object) -> str:
    """Numbers come as text or as numbers; anything else says nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int) and abs(value) >= 10**LONGEST:
        return ""
    readable = str(value).encode("utf-8", "replace").decode()
    return "".join(char for char in readable if char.isprintable()).strip()[:LONGEST]
