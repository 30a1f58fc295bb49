"""Calls as exchanges would tell them, from ring to recording, for tests of every order of events.

Each is what the vendor posts, in the order and at the seconds that it happens, composed after the
vendors' documents; `proven` makes it a request that the vendor's channel takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from hub.domain.callevent import CallEvent
from hub.ports.channel import RawRequest, Receiver
from tests.contract.channels.samples import ACCOUNT, built, proof

BEGAN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
RESIDENT = "79161234567"
LINE = "74951234567"

Told = tuple[int, str, dict[str, Any]]
"""Seconds from the beginning, what follows the account's address, the fields that are posted."""


def _unix(second: int) -> int:
    return int(BEGAN.timestamp()) + second


def _mango_leg(
    second: int,
    seq: int,
    state: str,
    leg: str = "a",
    caller: Mapping[str, Any] | None = None,
    callee: Mapping[str, Any] | None = None,
    **more: Any,
) -> Told:
    event = {
        "entry_id": "entry",
        "call_id": leg,
        "timestamp": str(_unix(second)) if seq % 2 else _unix(second),
        "seq": str(seq) if seq % 2 else seq,
        "call_state": state,
        "location": "abonent",
        "from": dict(caller or {"number": RESIDENT}),
        "to": dict(callee or {"extension": "101", "number": "sip:a@x", "line_number": LINE}),
        **more,
    }
    return second, "/events/call", {"json": event}


def _mango_summary(end: int, talk: int, direction: int = 1, **more: Any) -> Told:
    event = {
        "entry_id": "entry",
        "call_direction": direction,
        "from": {"number": RESIDENT},
        "to": {"extension": "101", "number": "79031112233"} if talk else {},
        "line_number": LINE,
        "create_time": _unix(0),
        "forward_time": _unix(2),
        "talk_time": _unix(talk) if talk else 0,
        "end_time": _unix(end),
        "entry_result": 1,
        "disconnect_reason": 1110,
        **more,
    }
    return end, "/events/summary", {"json": event}


def _mango_recording(second: int, state: str, seq: int) -> Told:
    event = {
        "recording_id": "rec-a",
        "recording_state": state,
        "seq": seq,
        "entry_id": "entry",
        "call_id": "a",
        "extension": "101",
        "timestamp": str(_unix(second)),
    }
    return second, "/events/recording", {"json": event}


_MENU = {"number": LINE, "line_number": LINE}
_GROUP = {"line_number": LINE, "acd_group": "700"}
_TAKEN = {"taken_from_call_id": "a"}
_STAFF = {"extension": "101", "number": "79031112233"}

MANGO: dict[str, Sequence[Told]] = {
    "talk through a menu": [
        _mango_leg(0, 1, "Appeared", "menu", callee=_MENU, location="ivr"),
        _mango_leg(1, 2, "Connected", "menu", callee=_MENU, location="ivr"),
        _mango_leg(4, 3, "Disconnected", "menu", callee=_MENU, location="ivr"),
        _mango_leg(4, 1, "Appeared"),
        _mango_leg(10, 2, "Connected"),
        _mango_recording(10, "Started", 1),
        _mango_leg(20, 3, "OnHold"),
        _mango_leg(25, 4, "Connected"),
        _mango_leg(70, 5, "Disconnected", disconnect_reason="1110"),
        _mango_recording(70, "Completed", 2),
        _mango_summary(70, 10),
    ],
    "a group rings, one takes it": [
        _mango_leg(0, 1, "Appeared", "a", callee={"extension": "101", **_GROUP}),
        _mango_leg(0, 1, "Appeared", "b", callee={"extension": "102", **_GROUP}),
        _mango_leg(0, 1, "Appeared", "c", callee={"extension": "103", **_GROUP}),
        _mango_leg(
            6, 2, "Disconnected", "c", callee={"extension": "103", **_GROUP}, disconnect_reason=1121
        ),
        _mango_leg(9, 2, "Connected", "b", callee={"extension": "102", **_GROUP}),
        _mango_leg(9, 2, "Disconnected", "a", callee={"extension": "101", **_GROUP}),
        _mango_leg(60, 3, "Disconnected", "b", callee={"extension": "102", **_GROUP}),
        _mango_summary(60, 9, to={"extension": "102"}),
    ],
    "passed on after a question": [
        _mango_leg(0, 1, "Appeared"),
        _mango_leg(5, 2, "Connected"),
        _mango_leg(20, 3, "OnHold"),
        _mango_leg(21, 1, "Appeared", "b", {**_STAFF, **_TAKEN}, {"extension": "102"}),
        _mango_leg(25, 2, "Connected", "b", {**_STAFF, **_TAKEN}, {"extension": "102"}),
        _mango_leg(40, 4, "Disconnected", disconnect_reason="1120"),
        _mango_leg(40, 3, "Connected", "b", {"number": RESIDENT, **_TAKEN}, {"extension": "102"}),
        _mango_leg(
            90, 4, "Disconnected", "b", {"number": RESIDENT, **_TAKEN}, {"extension": "102"}
        ),
        _mango_summary(90, 5),
    ],
    "missed, though its result is 1": [
        _mango_leg(0, 1, "Appeared", "menu", callee=_MENU, location="ivr"),
        _mango_leg(0, 2, "Connected", "menu", callee=_MENU, location="ivr"),
        _mango_leg(3, 1, "Appeared"),
        _mango_leg(33, 2, "Disconnected", disconnect_reason=1111),
        _mango_leg(33, 3, "Disconnected", "menu", callee=_MENU, location="ivr"),
        _mango_summary(33, 0, disconnect_reason=1170),
    ],
    "clicked": [
        _mango_leg(0, 1, "Appeared", "a", {"number": RESIDENT}, _STAFF, command_id="order-1"),
        _mango_leg(3, 2, "Connected", "a", {"number": RESIDENT}, _STAFF, command_id="order-1"),
        _mango_leg(
            3, 1, "Appeared", "b", {**_STAFF, **_TAKEN}, {"number": RESIDENT}, command_id="order-1"
        ),
        _mango_leg(
            12,
            2,
            "Connected",
            "b",
            {**_STAFF, **_TAKEN},
            {"number": RESIDENT},
            command_id="order-1",
        ),
        _mango_leg(
            50,
            3,
            "Disconnected",
            "b",
            {**_STAFF, **_TAKEN},
            {"number": RESIDENT},
            command_id="order-1",
        ),
        _mango_leg(50, 3, "Disconnected", "a", {"number": RESIDENT}, _STAFF, command_id="order-1"),
        _mango_summary(50, 12, 2, **{"from": _STAFF, "to": {"number": RESIDENT}}),
    ],
    "clicked in vain": [
        _mango_leg(0, 1, "Appeared", "a", {"number": RESIDENT}, _STAFF, command_id="order-1"),
        _mango_leg(3, 2, "Connected", "a", {"number": RESIDENT}, _STAFF, command_id="order-1"),
        _mango_leg(
            3, 1, "Appeared", "b", {**_STAFF, **_TAKEN}, {"number": RESIDENT}, command_id="order-1"
        ),
        _mango_leg(
            20,
            2,
            "Disconnected",
            "b",
            {**_STAFF, **_TAKEN},
            {"number": RESIDENT},
            command_id="order-1",
            disconnect_reason="1121",
        ),
        _mango_leg(20, 3, "Disconnected", "a", {"number": RESIDENT}, _STAFF, command_id="order-1"),
        _mango_summary(
            20, 0, 2, disconnect_reason="1121", **{"from": _STAFF, "to": {"number": RESIDENT}}
        ),
    ],
}


def _megafon(second: int, cmd: str, staff: str = "ivanov/510", **more: str) -> Told:
    user, _, ext = staff.partition("/")
    fields = {
        "cmd": cmd,
        "phone": RESIDENT,
        "diversion": LINE,
        "callid": "43294397431",
        "user": user,
        "ext": ext,
        **({"direction": "in"} if cmd == "event" else {}),
        **more,
    }
    return second, "", fields


def _history(second: int, status: str, talk: int = 0, **more: str) -> Told:
    start = BEGAN.strftime("%Y%m%dT%H%M%SZ")
    told = {"type": "in", "status": status, "start": start, "duration": str(talk), **more}
    return _megafon(second, "history", **told)


MEGAFON: dict[str, Sequence[Told]] = {
    "talk, passed on": [
        (0, "", {"cmd": "contact", "phone": RESIDENT, "callid": "43294397431", "diversion": LINE}),
        _megafon(1, "event", type="INCOMING"),
        _megafon(8, "event", type="ACCEPTED"),
        _megafon(30, "event", "petrov/511", type="TRANSFERRED"),
        _megafon(60, "event", "petrov/511", type="COMPLETED"),
        _history(
            61, "Success", 52, user="petrov", ext="511", link="https://records.example.test/a"
        ),
    ],
    "a group rings, one takes it": [
        _megafon(0, "event", "ivanov/510", type="INCOMING"),
        _megafon(0, "event", "petrov/511", type="INCOMING"),
        _megafon(0, "event", "sidorov/512", type="INCOMING"),
        _megafon(7, "event", "petrov/511", type="ACCEPTED"),
        _megafon(7, "event", "ivanov/510", type="CANCELLED"),
        _megafon(7, "event", "sidorov/512", type="CANCELLED"),
        _megafon(40, "event", "petrov/511", type="COMPLETED"),
        _history(41, "SUCCESS", 33, user="petrov", ext="511"),
    ],
    "missed": [
        _megafon(0, "event", "ivanov/510", type="INCOMING"),
        _megafon(0, "event", "petrov/511", type="INCOMING"),
        _megafon(25, "event", "ivanov/510", type="CANCELLED"),
        _megafon(25, "event", "petrov/511", type="CANCELLED"),
        _history(26, "missed"),
    ],
    "out, nobody there": [
        _megafon(0, "event", type="OUTGOING", direction="out"),
        _megafon(30, "event", type="CANCELLED", direction="out"),
        _history(31, "NotAvailable", type="out"),
    ],
}

_START = BEGAN.astimezone(UTC).strftime("%Y-%m-%d 13:%M:%S")


def _zadarma(second: int, event: str, **more: str) -> Told:
    base = {"event": event, "call_start": _START, "pbx_call_id": "in_a1"}
    return second, "", {**base, "caller_id": f"+{RESIDENT}", "called_did": LINE, **more}


def _zadarma_out(second: int, event: str, **more: str) -> Told:
    base = {"event": event, "call_start": _START, "pbx_call_id": "out_b2"}
    return second, "", {**base, "internal": "101", "destination": RESIDENT, **more}


_WITH_RECORD = {"is_recorded": "1", "call_id_with_rec": "1795341600.12"}

ZADARMA: dict[str, Sequence[Told]] = {
    "talk": [
        _zadarma(0, "NOTIFY_START"),
        _zadarma(2, "NOTIFY_INTERNAL", internal="101"),
        _zadarma(2, "NOTIFY_INTERNAL", internal="102"),
        _zadarma(9, "NOTIFY_ANSWER", internal="102", destination="102"),
        _zadarma(
            61, "NOTIFY_END", internal="102", duration="52", disposition="answered", **_WITH_RECORD
        ),
        (
            62,
            "",
            {"event": "NOTIFY_RECORD", "pbx_call_id": "in_a1", "call_id_with_rec": "1795341600.12"},
        ),
    ],
    "missed": [
        _zadarma(0, "NOTIFY_START"),
        _zadarma(2, "NOTIFY_INTERNAL", internal="101"),
        _zadarma(
            20,
            "NOTIFY_END",
            internal="101",
            duration="20",
            disposition="no answer",
            is_recorded="0",
        ),
    ],
    "out": [
        _zadarma_out(0, "NOTIFY_OUT_START"),
        _zadarma_out(
            40,
            "NOTIFY_OUT_END",
            caller_id=LINE,
            duration="31",
            disposition="answered",
            **_WITH_RECORD,
        ),
    ],
    "out, busy": [
        _zadarma_out(0, "NOTIFY_OUT_START"),
        _zadarma_out(5, "NOTIFY_OUT_END", caller_id=LINE, duration="0", disposition="busy"),
    ],
}


def _uis(second: int, event: str, **more: Any) -> Told:
    base = {
        "event": event,
        "call_session_id": 1400500600,
        "virtual_phone_number": LINE,
        "contact_phone_number": RESIDENT,
        "direction": "in",
        "notification_timestamp": _unix(second),
    }
    return second, "", {**base, **more}


_ONE = {"employee_id": 7788, "extension_phone_number": "101"}
_TWO = {"employee_id": 7789, "extension_phone_number": "102"}

UIS: dict[str, Sequence[Told]] = {
    "talk with two": [
        _uis(0, "incoming"),
        _uis(2, "waiting", leg_id=1, **_ONE),
        _uis(8, "talk", leg_ids=[1], **_ONE),
        _uis(30, "talked", talk_time_duration=22, **_ONE),
        _uis(30, "waiting", leg_id=2, **_TWO),
        _uis(33, "talk", leg_ids=[2], **_TWO),
        _uis(60, "talked", talk_time_duration=27, **_TWO),
        _uis(
            60,
            "ended",
            talk_time_duration=49,
            wait_time_duration=11,
            total_time_duration=60,
            **_TWO,
        ),
        _uis(
            90, "recorded", file_link="https://records.example.test/1.mp3", file_duration=49, **_TWO
        ),
    ],
    "lost": [
        _uis(0, "incoming"),
        _uis(2, "waiting", leg_id=1, **_ONE),
        _uis(25, "lost", wait_time_duration=25),
        _uis(25, "ended", talk_time_duration=0, wait_time_duration=25, total_time_duration=25),
    ],
}

CALLS: dict[str, dict[str, Sequence[Told]]] = {
    "mango": MANGO,
    "megafon": MEGAFON,
    "zadarma": ZADARMA,
    "uis": UIS,
}


def request(kind: str, told: Told) -> RawRequest:
    """One event as it comes in, proven."""
    second, path, fields = told
    if kind == "uis":
        body = json.dumps(fields).encode()
    else:
        body = urlencode(
            {name: one if isinstance(one, str) else json.dumps(one) for name, one in fields.items()}
        ).encode()
    raw = RawRequest(
        account=ACCOUNT,
        method="POST",
        path=f"/in/{ACCOUNT}{path}",
        body=body,
        received_at=BEGAN + timedelta(seconds=second),
    )
    proof(kind).prove(raw)
    return raw


def understood(kind: str, told: Sequence[Told]) -> list[CallEvent]:
    """What the vendor's channel makes of a call, event by event."""
    receiver: Receiver = built(kind)
    events: list[CallEvent] = []
    for one in told:
        raw = request(kind, one)
        receiver.verify(raw)
        assert receiver.key(raw).lane.startswith(f"{ACCOUNT}:call:")
        for received in receiver.parse(raw):
            assert isinstance(received, CallEvent)
            events.append(received)
    return events
