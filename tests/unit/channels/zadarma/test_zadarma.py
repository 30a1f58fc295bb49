"""What Zadarma and Novofon post: proof, trial, names, and what is made of odd values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from channels.zadarma import proof, wire
from hub.domain.callevent import CallEvent
from hub.ports.channel import Forged, Malformed, RawRequest, Unreadable

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
IN = {
    "call_start": "2026-11-21 23:45:30",
    "pbx_call_id": "in_a1b2c3",
    "caller_id": "+79161234567",
    "called_did": "74951234567",
}
OUT = {
    "call_start": "2026-11-21 23:55:00",
    "pbx_call_id": "out_d4",
    "internal": "101",
    "destination": "79161234567",
}
# Made by the vendor's own recipe (hash_hmac gives hex, and base64 is over that) outside of this
# code, with the secret «test-secret».
SIGNED = [
    ({"event": "NOTIFY_START", **IN}, "YTE4NjI3YmVhNjJmYTdjOWM4YjYzNjU0ZjVhYzliYzZkMzU1YWFkMA=="),
    (
        {"event": "NOTIFY_INTERNAL", **IN, "internal": "101"},
        "YTE4NjI3YmVhNjJmYTdjOWM4YjYzNjU0ZjVhYzliYzZkMzU1YWFkMA==",
    ),
    (
        {"event": "NOTIFY_ANSWER", **IN, "destination": "101", "internal": "101"},
        "NDhkNWI0OTU2ZjBjODI0ZmY5MmY3NDg2NjU4ZGY2MzA4ZTFjZTM1Zg==",
    ),
    (
        {
            "event": "NOTIFY_RECORD",
            "call_id_with_rec": "1795302330.1234",
            "pbx_call_id": "in_a1b2c3",
        },
        "Y2MyZDFkNTZkM2NmYTVhNDkzNTA2YzJmYzllNzgzNzU5ZGNkZGRmYQ==",
    ),
    (
        {"event": "NOTIFY_OUT_START", **OUT},
        "ZGI0ZmFmYmNkYjg3MGVjNjNjYzllYzI0OTVhODM0MmM1OTZhYjMxZA==",
    ),
]


def raw(fields: dict[str, str], **headers: str) -> RawRequest:
    return RawRequest(
        account="pbx",
        method="POST",
        headers=dict(headers),
        body=urlencode(fields).encode(),
        received_at=NOW,
    )


def parsed(**fields: str) -> list[CallEvent]:
    request = raw(fields)
    return list(wire.parse("pbx", request, {}, MOSCOW))


@pytest.mark.parametrize(("fields", "signature"), SIGNED, ids=lambda one: str(one)[:40])
def test_the_vendors_own_signatures_are_genuine(fields: dict[str, str], signature: str) -> None:
    request = raw(fields, signature=signature)
    proof.prove(request, "test-secret")
    assert request.headers == {}


@pytest.mark.parametrize(("fields", "signature"), SIGNED, ids=lambda one: str(one)[:40])
def test_another_secret_field_or_event_is_forged(fields: dict[str, str], signature: str) -> None:
    for changed, secret in [
        (fields, "another"),
        ({**fields, "call_start": "2027", "call_id_with_rec": "9"}, "test-secret"),
        ({**fields, "event": "SPEECH_RECOGNITION"}, "test-secret"),
        ({**fields, "event": ""}, "test-secret"),
    ]:
        with pytest.raises(Forged) as forged:
            proof.prove(raw(changed, signature=signature), secret)
        assert forged.value.status == 403
    with pytest.raises(Forged) as unsigned:
        proof.prove(raw(fields), "test-secret")
    assert unsigned.value.status == 401


def test_requests_are_signed_as_the_vendors_library_does() -> None:
    """Sorted query, its md5 within, base64 over the hex text."""
    query, header = proof.authorization(
        "key", "test-secret", "/v1/request/callback/", {"to": "7 9", "from": "101"}
    )
    assert query == "from=101&to=7+9"
    name, _, signature = header.partition(":")
    assert name == "key"
    assert signature == "NzZmNTI1M2JkYzkxNmM0NGE1MTgyOGQ0MDcxYzA4ZGQyY2Q2NzEyZg=="


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("zd_echo=abc123", b"abc123"),
        ("x=1&zd_echo=" + "7" * 128, b"7" * 128),
        ("zd_echo=", None),
        ("zd_echo=<script>", None),
        ("zd_echo=%D0%96", None),
        ("zd_echo=" + "7" * 129, None),
        ("", None),
    ],
)
def test_a_trial_is_answered_with_its_own_plain_word(query: str, word: bytes | None) -> None:
    request = RawRequest(account="pbx", method="GET", query=query, received_at=NOW)
    told = wire.echoed(request)
    assert (told.body if told else None) == word
    assert told is None or told.content_type == "text/plain"
    request.method = "POST"
    assert wire.echoed(request) is None


@pytest.mark.parametrize("fields", [{}, {"event": "NOTIFY_START"}, {"pbx_call_id": "a"}])
def test_what_has_no_name_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        wire.key("pbx", raw(fields).body)


def test_a_recording_without_an_id_waits_in_the_quarantine() -> None:
    with pytest.raises(Unreadable):
        parsed(event="NOTIFY_RECORD", pbx_call_id="a", call_id_with_rec="")


@pytest.mark.parametrize(
    ("disposition", "incoming", "outgoing"),
    [
        ("answered", "answered", "answered"),
        ("Answered", "answered", "answered"),
        ("busy", "missed", "busy"),
        ("cancel", "missed", "cancelled"),
        ("no answer", "missed", "no_answer"),
        ("no  answer", "missed", "no_answer"),
        ("failed", "missed", "failed"),
        ("no money, no limit", "missed", "failed"),
        ("", "missed", "failed"),
    ],
)
def test_how_a_call_ended(disposition: str, incoming: str, outgoing: str) -> None:
    told = {"duration": "9", "disposition": disposition, "internal": "101"}
    closed = parsed(event="NOTIFY_END", **{**IN, **told})[0]
    assert (closed.kind, closed.result) == ("summary", incoming)
    assert closed.talk == (9 if incoming == "answered" else 0)
    assert closed.extension == ("101" if incoming == "answered" else "")
    assert parsed(event="NOTIFY_OUT_END", **{**OUT, **told})[0].result == outgoing


def test_a_recording_is_asked_for_once_it_is_saved() -> None:
    told = {"disposition": "answered", "is_recorded": "1", "call_id_with_rec": "17.5"}
    sound = parsed(event="NOTIFY_END", **IN, **told)[1].recording
    assert sound is not None
    assert (sound.id, sound.state, sound.ready) == ("17.5", "made", NOW + timedelta(seconds=40))
    again = parsed(event="NOTIFY_RECORD", pbx_call_id="in_a1b2c3", call_id_with_rec="17.5")
    assert again[0].recording is not None
    assert again[0].recording.id == sound.id


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("2026-11-22 13:29:00", datetime(2026, 11, 22, 10, 29, tzinfo=UTC)),
        ("2026-11-22 23:29:00", None),
        ("2026-11-20 13:29:00", None),
        ("22.11.2026", None),
        ("", None),
    ],
)
def test_a_time_of_another_zone_is_not_believed(told: str, known: datetime | None) -> None:
    (event,) = parsed(event="NOTIFY_START", **{**IN, "call_start": told})
    assert (event.at, event.started_at) == (NOW, known)


def test_an_answer_on_a_mobile_is_a_leg_of_that_number() -> None:
    (event,) = parsed(event="NOTIFY_ANSWER", **IN, destination="79031112233")
    assert (event.leg, event.extension) == ("+79031112233", "")
    assert event.callee.number == "+79031112233"
    assert event.caller.number == "+79161234567"


def test_colleagues_call_each_other() -> None:
    (event,) = parsed(event="NOTIFY_OUT_START", **{**OUT, "destination": "102"})
    assert (event.direction, event.callee.extension) == ("inner", "102")
