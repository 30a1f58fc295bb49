"""What the exchange of MegaFon posts: proof, names, and what is made of odd values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from channels.megafon import proof, wire
from hub.domain.callevent import CallEvent
from hub.ports.channel import Forged, Malformed, RawRequest, Unreadable

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
TOKEN = "crm-token"


def raw(**fields: str) -> RawRequest:
    return RawRequest(
        account="pbx",
        method="POST",
        body=urlencode({"callid": "7", "phone": "79161234567", **fields}).encode(),
        received_at=NOW,
    )


def parsed(**fields: str) -> list[CallEvent]:
    return list(wire.parse("pbx", raw(**fields), {}))


def test_the_token_is_taken_out_of_what_is_kept() -> None:
    request = raw(cmd="event", crm_token=TOKEN)
    proof.prove(request, TOKEN)
    assert TOKEN.encode() not in request.body
    assert b"cmd=event" in request.body


def test_an_object_is_as_good_as_a_form() -> None:
    """The document's own example is JSON, while it says that forms are posted."""
    fields = {"cmd": "contact", "callid": 7, "phone": "79161234567", "crm_token": TOKEN}
    request = raw()
    request.body = json.dumps(fields).encode()
    proof.prove(request, TOKEN)
    assert TOKEN.encode() not in request.body
    form = raw(cmd="contact", crm_token=TOKEN)
    proof.prove(form, TOKEN)
    assert wire.key("pbx", request.body) == wire.key("pbx", form.body)


@pytest.mark.parametrize(
    ("token", "status"), [("", 401), ("other", 403), (TOKEN + "x", 403), ("Ж", 403)]
)
def test_anything_else_is_forged(token: str, status: int) -> None:
    with pytest.raises(Forged) as forged:
        proof.prove(raw(cmd="event", crm_token=token), TOKEN)
    assert forged.value.status == status
    assert TOKEN not in str(forged.value)


def test_a_repeat_has_the_same_name_and_another_event_another_one() -> None:
    first = wire.key("pbx", raw(cmd="event", type="INCOMING", user="ivanov").body)
    assert wire.key("pbx", raw(user="ivanov", type="INCOMING", cmd="event").body) == first
    other = wire.key("pbx", raw(cmd="event", type="INCOMING", user="petrov").body)
    assert other.external_id != first.external_id
    assert other.lane == first.lane == "pbx:call:7"


@pytest.mark.parametrize("fields", [{"cmd": "event", "callid": ""}, {"callid": "7"}, {"cmd": ""}])
def test_what_has_no_name_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        wire.key("pbx", raw(**fields).body)


@pytest.mark.parametrize(
    "fields",
    [
        {"cmd": "dance"},
        {"cmd": "event", "type": "SNEEZED"},
        {"cmd": "history", "type": "in", "status": "Perhaps"},
        {"cmd": "history", "type": "sideways", "status": "Success"},
    ],
)
def test_what_is_unknown_waits_in_the_quarantine(fields: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        parsed(**fields)


@pytest.mark.parametrize("status", ["Success", "success", "SUCCESS", " Success "])
def test_the_case_of_a_status_says_nothing(status: str) -> None:
    event = parsed(cmd="history", type="in", status=status, duration="50", user="ivanov")[0]
    assert (event.kind, event.result, event.talk) == ("summary", "answered", 50)


@pytest.mark.parametrize(
    ("status", "incoming", "outgoing"),
    [
        ("Missed", "missed", "missed"),
        ("Cancel", "missed", "cancelled"),
        ("Busy", "missed", "busy"),
        ("NotAvailable", "missed", "no_answer"),
        ("not available", "missed", "no_answer"),
        ("NotAllowed", "missed", "failed"),
        ("NotFound", "missed", "failed"),
    ],
)
def test_whoever_called_and_was_not_heard_was_missed(
    status: str, incoming: str, outgoing: str
) -> None:
    for direction, result in (("in", incoming), ("out", outgoing)):
        (event,) = parsed(cmd="history", type=direction, status=status, duration="0")
        assert (event.result, event.talk) == (result, 0)


def test_a_cancelled_leg_proves_nothing() -> None:
    (event,) = parsed(cmd="event", type="CANCELLED", user="ivanov", direction="in")
    assert (event.kind, event.leg, event.result) == ("ended", "ivanov", None)


def test_a_talk_without_a_link_has_no_recording() -> None:
    told = {"cmd": "history", "type": "in", "status": "Success", "duration": "5"}
    with_link = parsed(**told, link=" https://records.example.test/7.mp3 ")[1].recording
    without = parsed(**told)[1].recording
    assert with_link is not None
    assert (with_link.state, with_link.ref) == ("made", "https://records.example.test/7.mp3")
    assert without is not None
    assert (without.state, without.id) == ("none", with_link.id)


@pytest.mark.parametrize(
    ("start", "at"),
    [
        ("20261122T102900Z", NOW),
        ("20261122T080000Z", datetime(2026, 11, 22, 8, 0, 50, tzinfo=UTC)),
        ("20261122T130000Z", NOW),
        ("yesterday", NOW),
        ("", NOW),
    ],
)
def test_the_end_is_when_it_was_told_unless_that_was_late(start: str, at: datetime) -> None:
    event = parsed(cmd="history", type="in", status="Success", duration="50", start=start)[0]
    assert event.at == at
    assert event.started_at is None or event.started_at <= at + timedelta(seconds=50)


@pytest.mark.parametrize(
    ("phone", "direction", "number"),
    [
        ("79161234567", "in", "+79161234567"),
        ("+79161234567", "in", "+79161234567"),
        ("511", "inner", ""),
        ("anonymous", "in", ""),
        ("", "in", ""),
    ],
)
def test_numbers_come_in_every_shape(phone: str, direction: str, number: str) -> None:
    (event,) = parsed(cmd="event", type="INCOMING", phone=phone, direction="in", user="ivanov")
    assert (event.direction, event.caller.number) == (direction, number)


def test_who_has_no_extension_is_known_by_login() -> None:
    (event,) = parsed(cmd="event", type="ACCEPTED", user="ivanov", telnum="79031112233")
    assert event.extension == "ivanov"
    assert event.callee.number == ""
