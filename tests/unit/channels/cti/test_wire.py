"""Posted events of a telephone exchange → calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from channels.cti import wire
from channels.cti.shapes import read
from hub.domain.callevent import CallEvent
from hub.domain.callfacts import CallFacts, facts_of
from hub.ports.channel import Malformed, RawRequest, Unreadable

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
ANNA, LINE = "79161234567", "74951234567"


def told(event: str, seconds: int = 0, **said: Any) -> list[CallEvent]:
    body = {"event": event, "from": ANNA, "to": LINE, "direction": "in", "callId": "c1", **said}
    raw = RawRequest(
        account="acct",
        method="POST",
        body=msgspec.json.encode(body),
        received_at=NOW + timedelta(seconds=seconds),
    )
    return list(wire.parse("acct", raw, {"+74951234567": "emergency"}))


def call(*parts: list[CallEvent]) -> CallFacts:
    return facts_of([event for part in parts for event in part])


def test_an_incoming_call_from_its_ringing_to_its_end() -> None:
    users = ["510", "511"]
    facts = call(
        told("newCall", 0, user=users, queue="Диспетчерская"),
        told("answer", 8, answeringNumber="510@pbx", user=users),
        told("hangup", 68, answeringNumber="510@pbx", cause="normalClearing"),
    )
    assert (facts.direction, facts.number, facts.line) == ("in", "+79161234567", "+74951234567")
    assert (facts.waiting, facts.talk, facts.result) == (8, 60, "answered")
    assert [hand.extension for hand in facts.hands] == ["510"]
    assert set(facts.rung) >= {"510", "511"}
    assert (facts.queue, facts.group) == ("Диспетчерская", "emergency")


def test_who_hangs_up_first_has_called_in_vain() -> None:
    facts = call(told("newCall", user="510"), told("hangup", 20, cause="cancel", user="510"))
    assert facts.missed
    assert facts.waiting == 20


@pytest.mark.parametrize(
    ("cause", "result", "missed"),
    [
        ("normalClearing", "answered", False),
        ("busy", "busy", True),
        ("cancel", "cancelled", True),
        ("noAnswer", "no_answer", True),
        ("congestion", "failed", True),
        ("notFound", "failed", True),
        ("forwarded", "forwarded", False),
        ("somethingElse", None, False),
        ("", None, False),
    ],
)
def test_causes(cause: str, result: str | None, missed: bool) -> None:
    facts = call(told("hangup", cause=cause))
    assert (facts.result, facts.missed) == (result, missed)


def test_an_answer_of_a_call_that_was_never_announced_is_a_call() -> None:
    facts = call(told("answer", user="510"))
    assert facts.answered
    assert facts.number == "+79161234567"


def test_a_call_out_names_who_called_whom() -> None:
    out = {"from": LINE, "to": ANNA, "direction": "out", "user": "510"}
    facts = call(
        told("newCall", **out), told("answer", 5, **out), told("hangup", 25, **out, cause="busy")
    )
    assert (facts.direction, facts.number, facts.line) == ("out", "+79161234567", "+74951234567")
    assert facts.caller.extension == "510"
    assert facts.talk == 20


def test_a_form_says_the_same_as_json() -> None:
    fields = [
        ("event", "newCall"),
        ("from", ANNA),
        ("to", LINE),
        ("direction", "in"),
        ("callId", "c1"),
        ("user[]", "510"),
        ("user[]", "511"),
    ]
    form = read(urlencode(fields).encode())
    json = read(
        msgspec.json.encode(
            {"event": "newCall", "from": ANNA, "to": LINE, "direction": "in", "callId": "c1"}
            | {"user": ["510", "511"]}
        )
    )
    assert form == json
    assert form.users == ("510", "511")


def test_hidden_numbers_are_nobodys() -> None:
    facts = call(told("newCall", **{"from": "anonymous"}))
    assert facts.number == ""
    assert facts.caller.name == "anonymous"


def test_who_is_asked_about_is_only_who_calls_in() -> None:
    def asked(**said: Any) -> str:
        body = {"event": "newCall", "from": ANNA, "direction": "in", "callId": "c", **said}
        return wire.incoming(read(msgspec.json.encode(body)))

    assert asked() == "+79161234567"
    assert asked(direction="out") == ""
    assert asked(event="answer") == ""
    assert asked(**{"from": "anonymous"}) == ""


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"event": "newCall"}', b'{"event": "ring", "callId": "1"}', b"{", b"a=b"],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)
    raw = RawRequest(account="acct", method="POST", body=body, received_at=NOW)
    with pytest.raises(Unreadable):
        wire.parse("acct", raw, {})


def test_events_are_named_by_what_they_say() -> None:
    first = read(b'{"event":"newCall","callId":"1","user":"510"}')
    second = read(b'{"event":"newCall","callId":"1","user":"511"}')
    assert wire.key("acct", first) != wire.key("acct", second)
    assert wire.key("acct", first) == wire.key(
        "acct", read(b'{"callId":1,"event":"newCall","user":["510"]}')
    )
    assert wire.key("acct", first).lane == "acct:call:1"
