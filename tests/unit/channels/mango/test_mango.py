"""What MANGO OFFICE posts: proof, names, and what is made of odd values."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from channels.mango import proof, wire
from channels.mango.pace import Pace, TooBusy
from hub.domain.callevent import CallEvent
from hub.domain.callfacts import facts_of
from hub.ports.channel import Forged, Malformed, RawRequest, Unreadable

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
KEY, SALT = "vpbx-key", "vpbx-salt"


def raw(path: str, said: object, **more: Any) -> RawRequest:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    body = urlencode({"json": text}).encode()
    return RawRequest(
        account="pbx", method="POST", path=f"/in/pbx/{path}", body=body, received_at=NOW, **more
    )


def parsed(path: str, said: object, lines: dict[str, str] | None = None) -> CallEvent:
    (event,) = wire.parse("pbx", raw(path, said), lines or {})
    return event


def leg(**more: Any) -> dict[str, Any]:
    return {
        "entry_id": "e",
        "call_id": "c",
        "seq": 1,
        "timestamp": 1795343340,
        "call_state": "Appeared",
        "location": "abonent",
        "from": {"number": "79161234567"},
        "to": {"extension": "101", "line_number": "74951234567"},
        **more,
    }


def test_the_signature_is_over_the_posted_text_as_it_stands() -> None:
    """Spaces and Cyrillic of the text are signed as they are: nothing is decoded and made anew."""
    said = '{ "entry_id" : "1",  "name": "Ж" }'
    sign = hashlib.sha256((KEY + said + SALT).encode()).hexdigest()
    body = urlencode({"vpbx_api_key": KEY, "sign": sign.upper(), "json": said}).encode()
    request = RawRequest(account="pbx", method="POST", body=body, received_at=NOW)
    proof.prove(request, KEY, SALT)
    assert request.body == urlencode({"json": said}).encode()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"sign": ""}, 401),
        ({"sign": "0" * 64}, 403),
        ({"json": '{"entry_id":"2"}'}, 403),
        ({"vpbx_api_key": "another"}, 403),
        ({"vpbx_api_key": ""}, 403),
    ],
)
def test_anything_else_is_forged(changed: dict[str, str], status: int) -> None:
    said = '{"entry_id":"1"}'
    sign = hashlib.sha256((KEY + said + SALT).encode()).hexdigest()
    fields = {"vpbx_api_key": KEY, "sign": sign, "json": said, **changed}
    request = RawRequest(
        account="pbx", method="POST", body=urlencode(fields).encode(), received_at=NOW
    )
    with pytest.raises(Forged) as forged:
        proof.prove(request, KEY, SALT)
    assert forged.value.status == status
    assert SALT not in str(forged.value)


def test_a_leg_and_its_sequence_name_an_event_and_the_conversation_its_lane() -> None:
    first = wire.key("pbx", raw("events/call", leg(seq="1")))
    second = wire.key("pbx", raw("events/call", leg(seq=2)))
    other = wire.key("pbx", raw("events/call", leg(seq=1, call_id="d")))
    assert len({first.external_id, second.external_id, other.external_id}) == 3
    assert {first.lane, second.lane, other.lane} == {"pbx:call:e"}
    assert wire.key("pbx", raw("events/call", leg(seq="1"))) == first


@pytest.mark.parametrize("name", ["e" * 5000, "\x00", "e/../..", "Ж" * 199])
def test_odd_names_make_short_ones(name: str) -> None:
    key = wire.key("pbx", raw("events/call", leg(entry_id=name)))
    assert key.external_id.isprintable()
    assert len(key.external_id) <= 300
    assert len(key.lane) <= 300


@pytest.mark.parametrize(
    "said", ["", "null", "[]", "{}", '{"entry_id": {}}', "[" * 9999, '{"seq": 1}']
)
def test_what_has_no_name_is_refused(said: str) -> None:
    with pytest.raises(Malformed):
        wire.key("pbx", raw("events/call", said))


@pytest.mark.parametrize("state", ["", "Flying", None])
def test_an_unknown_state_waits_in_the_quarantine(state: object) -> None:
    with pytest.raises(Unreadable):
        wire.parse("pbx", raw("events/call", leg(call_state=state)), {})


@pytest.mark.parametrize(
    ("number", "extension", "known"),
    [
        ("79161234567", None, "+79161234567"),
        (79161234567, None, "+79161234567"),
        ("sip:79161234567@example.mangosip.ru", None, "+79161234567"),
        ("sip:user1@example.mangosip.ru", None, ""),
        ("anonymous", None, ""),
        ("", None, ""),
        (None, None, ""),
        ("79161234567", "101", ""),
    ],
)
def test_numbers_come_in_every_shape(number: object, extension: object, known: str) -> None:
    event = parsed("events/call", leg(**{"from": {"number": number, "extension": extension}}))
    assert event.caller.number == known
    assert event.direction == ("inner" if extension else "in")


@pytest.mark.parametrize("location", ["ivr", "queue"])
def test_a_menu_and_a_queue_answer_nobody(location: str) -> None:
    assert parsed("events/call", leg(call_state="Connected", location=location)).kind == "ringing"
    assert parsed("events/call", leg(call_state="Connected")).kind == "answered"


def test_a_group_is_found_by_the_line() -> None:
    event = parsed("events/call", leg(), {"+74951234567": "water"})
    assert (event.line, event.group) == ("+74951234567", "water")


@pytest.mark.parametrize("said", [0, "0", None, "", "soon", -5, 99999999999, 2**70])
def test_a_time_that_cannot_be_is_the_time_of_receipt(said: object) -> None:
    assert parsed("events/call", leg(timestamp=said)).at == NOW


def test_their_clock_may_be_a_little_ahead() -> None:
    ahead = NOW + timedelta(minutes=2)
    assert parsed("events/call", leg(timestamp=int(ahead.timestamp()))).at == ahead


def summary(**more: Any) -> dict[str, Any]:
    return {
        "entry_id": "e",
        "call_direction": 1,
        "from": {"number": "79161234567"},
        "to": {"extension": "101"},
        "line_number": "74951234567",
        "create_time": 1795343300,
        "talk_time": 1795343310,
        "end_time": 1795343350,
        "entry_result": 1,
        **more,
    }


@pytest.mark.parametrize(
    ("told", "result", "waiting", "talk"),
    [
        ({}, "answered", 10, 40),
        ({"talk_time": 0}, "missed", 50, 0),
        ({"talk_time": "0", "entry_result": 1}, "missed", 50, 0),
        ({"talk_time": 0, "disconnect_reason": "1121"}, "missed", 50, 0),
        ({"talk_time": 0, "disconnect_reason": 1151}, "rejected", 50, 0),
        ({"talk_time": 0, "call_direction": 2, "disconnect_reason": 1121}, "busy", 50, 0),
        ({"talk_time": 0, "call_direction": "2"}, "no_answer", 50, 0),
        ({"talk_time": 0, "call_direction": 0}, "no_answer", 50, 0),
        ({"end_time": 1795343200}, "answered", 10, 0),
    ],
)
def test_the_closing_account(told: dict[str, Any], result: str, waiting: int, talk: int) -> None:
    event = parsed("events/summary", summary(**told))
    assert event.kind == "summary"
    assert (event.result, event.waiting, event.talk) == (result, waiting, talk)


@pytest.mark.parametrize(
    "path", ["events/dtmf", "events/sms", "result/callback", "events/something/new", "ping", ""]
)
def test_what_is_no_part_of_a_call_is_understood_as_nothing(path: str) -> None:
    assert wire.parse("pbx", raw(path, {"entry_id": "e", "command_id": "c"}), {}) == []


async def test_the_exchange_is_asked_no_faster_than_it_allows() -> None:
    now = [100.0]
    pace = Pace(2, 1000.0, patience=0.0, now=lambda: now[0])
    await pace.turn()
    await pace.turn()
    with pytest.raises(TooBusy):
        await pace.turn()
    now[0] += 1000.0
    await pace.turn()


def test_a_leg_that_we_hung_up_by_command_is_no_click() -> None:
    """The command that ended an incoming call stands at its last event alone."""
    ended = leg(seq=3, call_state="Disconnected", command_id="order-9", disconnect_reason=1181)
    events = [
        parsed("events/call", leg()),
        parsed("events/call", leg(seq=2, call_state="Connected")),
        parsed("events/call", ended),
    ]
    facts = facts_of(events)
    assert (facts.direction, facts.number, facts.order) == ("in", "+79161234567", "")
    assert [one.phase for one in facts.legs] == ["ended"]
    assert facts_of(events[2:]).direction is None
    assert facts_of(events[2:]).number == ""


@pytest.mark.parametrize(
    ("caller", "callee", "direction"),
    [
        ({"number": "79161234567"}, {"extension": "101"}, "in"),
        ({"number": "79161234567"}, {"acd_group": "700"}, "in"),
        ({"extension": "101"}, {"number": "79161234567"}, "out"),
        ({"extension": "101", "number": "sip:a@x"}, {"number": 79161234567}, "out"),
        ({"extension": "101"}, {"extension": "102", "number": "79031112233"}, "inner"),
        ({"extension": "101"}, {"acd_group": "700"}, "inner"),
        ({"extension": "101"}, {"number": "anonymous"}, "out"),
    ],
)
def test_which_way_a_call_goes(
    caller: dict[str, Any], callee: dict[str, Any], direction: str
) -> None:
    event = parsed("events/call", leg(**{"from": caller, "to": callee}))
    assert event.direction == direction
    if direction == "inner":
        assert facts_of([event]).number == ""
