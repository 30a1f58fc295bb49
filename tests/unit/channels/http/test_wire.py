"""Posted JSON both ways."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from channels.http import proof, wire
from hub.domain.message import Inbound, Outbound, OutboundFile
from hub.ports.channel import Forged, Malformed, RawRequest

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def understood(**body: object) -> Inbound:
    return wire.inbound("site", wire.read(json.dumps({"id": "1", **body}).encode()), NOW)


def test_external_id_names_the_sender_whatever_phone_is_told() -> None:
    one = understood(**{"from": {"external_id": "u1", "phone": "+79161234567"}})
    other = understood(**{"from": {"external_id": "u1", "phone": "+79169999999"}})
    assert one.conversation == other.conversation == "site:u1"
    assert one.sender.identity.key == "external:site:u1"


def test_without_a_name_the_phone_in_any_spelling_is_one_conversation() -> None:
    spellings = ("+7 916 123-45-67", "8 (916) 123-45-67", "89161234567")
    found = {understood(**{"from": {"phone": phone}}).conversation for phone in spellings}
    assert found == {"site:phone:+79161234567"}


def test_a_typed_phone_is_a_claim_and_no_identity() -> None:
    message = understood(**{"from": {"phone": "+79161234567", "email": "A@B.ru"}})
    assert message.sender.identity.kind == "external"
    assert [claim.key for claim in message.sender.claims] == ["phone:+79161234567", "email:a@b.ru"]


def test_threads_of_one_sender_are_separate_conversations_in_one_lane() -> None:
    body = {"id": "1", "from": {"external_id": "u1"}}
    one = wire.read(json.dumps({**body, "thread": "a"}).encode())
    other = wire.read(json.dumps({**body, "thread": "b"}).encode())
    assert wire.inbound("s", one, NOW).conversation != wire.inbound("s", other, NOW).conversation
    assert wire.key("s", one).lane == wire.key("s", other).lane


def test_names_of_people_and_threads_are_never_mistaken_for_each_other() -> None:
    """Whoever may choose their own name at the program would have read another's answers."""
    people: list[dict[str, object]] = [
        {"from": {"external_id": "phone:+79161234567"}},
        {"from": {"phone": "+79161234567"}},
        {"from": {"external_id": "phone"}, "thread": "+79161234567"},
        {"from": {"external_id": "x:t1"}},
        {"from": {"external_id": "x"}, "thread": "t1"},
        {"from": {"external_id": "x/t1"}},
        {"from": {"external_id": "x%2Ft1"}},
        {"from": {"external_id": "thread:5"}},
        {"thread": "5"},
        {"from": {"external_id": "message:1"}},
        {},
    ]
    found = [understood(**person) for person in people]
    assert len({one.conversation for one in found}) == len(people)
    assert len({(one.sender.identity.key, one.conversation) for one in found}) == len(people)
    assert found[0].sender.identity != found[1].sender.identity


@pytest.mark.parametrize(
    "said",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "1970-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_time_that_no_work_can_mean_is_the_time_of_coming(said: str) -> None:
    assert understood(sent_at=said).sent_at == NOW


@pytest.mark.parametrize(
    "body",
    [
        {"text": "no id"},
        {"id": ""},
        {"id": "x" * 201},
        {"id": "1", "text": 5},
        {"id": "1", "from": "Ivan"},
        {"id": "1", "sent_at": "yesterday"},
        {"id": "1", "files": [{"name": "x"}]},
        {"id": "1", "files": [{"data": "AA==", "url": "http://x"}]},
        {"id": "1", "files": [{"data": "%%%"}]},
        {"id": "1", "files": [{"url": "http://x"}] * 51},
    ],
)
def test_what_is_not_the_promised_shape_is_refused_at_the_door(body: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        wire.read(json.dumps(body).encode())


def test_answer_says_all_that_was_promised() -> None:
    asked = understood(**{"from": {"external_id": "u1", "phone": "8 916 123-45-67"}})
    out = Outbound(
        id="ans-1",
        to=asked.reply_to,
        text="Готово <b>",
        case=1842,
        in_reply_to="1",
        files=(OutboundFile(id="f1", name="акт.pdf", mime="application/pdf", size=3),),
        signature="УК «Уют»",
    )
    assert json.loads(wire.answered(out, lambda name: f"https://hub/{name}")) == {
        "id": "ans-1",
        "case": 1842,
        "to": {"external_id": "u1", "phone": "8 916 123-45-67", "email": None},
        "in_reply_to": "1",
        "text": "Готово <b>",
        "files": [{"name": "акт.pdf", "mime": "application/pdf", "url": "https://hub/f1"}],
        "signature": "УК «Уют»",
    }


def signed(timestamp: str, body: bytes = b"{}", secret: bytes = b"s") -> RawRequest:
    return RawRequest(
        account="site",
        method="POST",
        headers={
            proof.TIMESTAMP: timestamp,
            proof.SIGNATURE: proof.sign(secret, timestamp, body),
        },
        body=body,
        received_at=NOW,
    )


@pytest.mark.parametrize("skew", [-300, -299, 0, 299, 300])
def test_five_minutes_either_way_are_borne(skew: int) -> None:
    raw = signed(str(int((NOW + timedelta(seconds=skew)).timestamp())))
    proof.prove(raw, b"s")
    assert raw.headers == {}


@pytest.mark.parametrize("timestamp", ["nan", "inf", "-inf", "soon", "", "1e400", "301"])
def test_strange_times_prove_nothing(timestamp: str) -> None:
    with pytest.raises(Forged):
        proof.prove(signed(timestamp), b"s")


def test_signature_is_the_promised_hash() -> None:
    """The very formula of the promise, computed by hand: openssl dgst -sha256 -hmac s."""
    assert proof.sign(b"s", "1", b"{}") == (
        "sha256=" + __import__("hmac").new(b"s", b"1.{}", "sha256").hexdigest()
    )
