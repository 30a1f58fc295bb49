"""SMSC.ru, SMS.ru and MTS Exolve: what leaves, and what every answer means."""

from __future__ import annotations

import socket
from typing import Any

import pytest

import channels
from hub.domain.message import (
    Accepted,
    Deferred,
    Identity,
    Outbound,
    OutboundFile,
    Outcome,
    Rejected,
    Unsure,
)
from hub.ports.channel import CheckFailed
from hub.ports.channel_build import Account, BadAccount
from hub.sms.vendor import Line
from tests.contract.channels.samples import deps
from tests.support.smsvendors import Exolve, Smsc, SmsRu, Vendor

PHONE = "+79161234567"
KINDS: dict[str, tuple[type[Vendor], dict[str, object]]] = {
    "smsc_ru": (Smsc, {"api_key": Smsc.API_KEY, "sender": "UYUT", "key": "word-of-ours"}),
    "sms_ru": (SmsRu, {"api_key": SmsRu.API_ID, "sender": "UYUT"}),
    "exolve": (Exolve, {"api_key": Exolve.API_KEY, "sender": "79990000000"}),
}
SEND = {
    "smsc_ru": "/sys/send.php",
    "sms_ru": "/sms/send",
    "exolve": "/messaging/v1/SendSMS",
}
every = pytest.mark.parametrize("kind", KINDS)


def built(kind: str, url: str, **more: object) -> Any:
    options = {**KINDS[kind][1], "api": url, **more}
    return channels.build(Account(id="sms", kind=kind, options=options), deps())


def out(text: str = "Мастер будет сегодня", to: str = PHONE, **more: object) -> Outbound:
    address = built("exolve", "http://127.0.0.1:9").reach(Identity("phone", to))
    return Outbound(id="1842-3", to=address, text=text, **more)  # type: ignore[arg-type]


def words(kind: str, told: dict[str, str]) -> str:
    return told["mes" if kind == "smsc_ru" else "text"]


@every
async def test_words_and_number_arrive_as_they_are(kind: str) -> None:
    async with KINDS[kind][0]() as vendor:
        channel = built(kind, vendor.url)
        text = "Нет & не будет: 50% + «газ» №5 €"
        outcome = await channel.send(out(text))
        await channel.close()
    assert isinstance(outcome, Accepted)
    assert len(outcome.external_ids) == 1
    (told,) = vendor.sent
    assert words(kind, told) == text
    assert "79161234567" in told.values()
    assert set(told.values()) & {"UYUT", "79990000000"}


async def test_smsc_knows_messages_by_our_own_name() -> None:
    async with Smsc() as vendor:
        channel = built("smsc_ru", vendor.url)
        assert await channel.send(out()) == Accepted(("1842-3",))
        letter = out()
        letter.id = "row:sms:mo:90210:0"
        accepted = await channel.send(letter)
        await channel.close()
    assert isinstance(accepted, Accepted)
    assert vendor.sent[0]["id"] == "1842-3"
    assert vendor.sent[1]["id"] == accepted.external_ids[0]
    assert vendor.sent[1]["id"].isalnum()


@every
async def test_latin_letters_where_the_account_saves_on_length(kind: str) -> None:
    async with KINDS[kind][0]() as vendor:
        channel = built(kind, vendor.url, transliterate=True)
        assert channel.caps.latin
        await channel.send(out("Мастер — сегодня"))
        await channel.close()
    assert words(kind, vendor.sent[0]) == "Master - segodnya"


@every
async def test_what_cannot_be_a_short_message_is_said_before(kind: str) -> None:
    channel = built(kind, "http://127.0.0.1:9")
    file = OutboundFile(id="f", name="f.pdf", mime="application/pdf", size=1)
    assert await channel.send(out(files=(file,))) == Rejected("files")
    assert await channel.send(out("я" * 67 * 11)) == Rejected("too_long")
    nowhere = out()
    nowhere.to = nowhere.to.__class__("sms", kind, "", "external:sms:name", "sms:name")
    assert await channel.send(nowhere) == Rejected("no_reply", gone=True)
    assert channel.reach(Identity("telegram", "5")) is None
    assert channel.reach(Identity("phone", PHONE)).to == PHONE
    assert (channel.caps.segments, channel.caps.receipts) == ("sms", True)
    await channel.close()


@every
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"status": 401}, Deferred("token", 60.0, "account")),
        ({"status": 403}, Deferred("token", 60.0, "account")),
        ({"status": 402}, Deferred("no_money", 300.0, "account")),
        ({"status": 429, "headers": {"Retry-After": "7"}}, Deferred("rate_limit", 7.0, "account")),
        ({"status": 503}, Deferred("server", 10.0, "account")),
        ({"status": 404, "told": "<html>"}, Deferred("server", 60.0, "account")),
        ({"status": 302}, Deferred("server", 60.0, "account")),
    ],
)
async def test_what_http_says_means_the_same_everywhere(
    kind: str, fault: dict[str, Any], outcome: Outcome
) -> None:
    async with KINDS[kind][0]() as vendor:
        vendor.fail(SEND[kind], **fault)
        channel = built(kind, vendor.url)
        assert await channel.send(out()) == outcome
        await channel.close()
    assert vendor.sent == []


@pytest.mark.parametrize("kind", ["sms_ru", "exolve"])
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"status": 500}, Unsure("server")),
        ({"cut": True}, Unsure("network")),
        ({"cut": True, "after": True}, Unsure("network")),
        ({"told": "<html>"}, Unsure("network")),
        ({"told": {}}, Unsure("network")),
        ({"hang": True}, Unsure("timeout")),
    ],
)
async def test_a_lost_answer_is_uncertain(
    kind: str, fault: dict[str, Any], outcome: Outcome
) -> None:
    async with KINDS[kind][0]() as vendor:
        vendor.fail(SEND[kind], **fault)
        channel = built(kind, vendor.url)
        channel._line = Line(timeout=4.0)
        assert await channel.send(out()) == outcome
        await channel.close()


@pytest.mark.parametrize(
    ("fault", "outcome", "there"),
    [
        ({"cut": True}, Deferred("network", 10.0), 0),
        ({"cut": True, "after": True}, Accepted(("1842-3",)), 1),
        ({"status": 500}, Deferred("network", 10.0), 0),
        ({"told": "<html>", "after": True}, Accepted(("1842-3",)), 1),
        ({"hang": True, "after": True}, Accepted(("1842-3",)), 1),
    ],
)
async def test_smsc_is_asked_whether_a_message_is_there(
    fault: dict[str, Any], outcome: Outcome, there: int
) -> None:
    async with Smsc() as vendor:
        vendor.fail("/sys/send.php", **fault)
        channel = built("smsc_ru", vendor.url)
        channel._line = Line(timeout=4.0)
        assert await channel.send(out()) == outcome
        assert len(vendor.sent) == there
        await channel.close()


@pytest.mark.parametrize(
    "fault", [{"cut": True}, {"status": 500}, {"told": {"status": 20}}, {"told": {}}]
)
async def test_smsc_that_does_not_say_leaves_it_uncertain(fault: dict[str, Any]) -> None:
    async with Smsc() as vendor:
        vendor.fail("/sys/send.php", cut=True, after=True)
        vendor.fail("/sys/status.php", **fault)
        channel = built("smsc_ru", vendor.url)
        assert await channel.send(out()) == Unsure("network")
        await channel.close()


@every
async def test_nobody_listens(kind: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        channel = built(kind, f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert await channel.send(out()) == Deferred("network", 10.0, "account")
        with pytest.raises(CheckFailed, match="api_unreachable"):
            await channel.check()
        await channel.close()


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (1, Rejected("refused", "1 words")),
        (2, Deferred("token", 60.0, "account")),
        (3, Deferred("no_money", 300.0, "account")),
        (4, Deferred("token", 300.0, "account")),
        (6, Rejected("rejected", "6 words")),
        (7, Rejected("number", "7 words")),
        (8, Rejected("number", "8 words")),
        (9, Deferred("rate_limit", 60.0)),
        ("3", Deferred("no_money", 300.0, "account")),
    ],
)
async def test_codes_of_smsc(code: object, outcome: Outcome) -> None:
    async with Smsc() as vendor:
        vendor.fail("/sys/send.php", told={"error": "words", "error_code": code})
        channel = built("smsc_ru", vendor.url)
        assert await channel.send(out()) == outcome
        await channel.close()


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (200, Deferred("token", 60.0, "account")),
        (201, Deferred("no_money", 300.0, "account")),
        (202, Rejected("number", "202 words")),
        (204, Rejected("sender", "204 words")),
        (205, Rejected("too_long", "205 words")),
        (206, Deferred("rate_limit", 300.0, "account")),
        (216, Rejected("rejected", "216 words")),
        (220, Deferred("server", 10.0, "account")),
        (231, Deferred("rate_limit", 60.0)),
        (230, Rejected("refused", "230 words")),
        (301, Deferred("token", 60.0, "account")),
        (500, Deferred("server", 10.0)),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
async def test_codes_of_sms_ru(code: int, outcome: Outcome, inside: bool) -> None:
    told: dict[str, Any] = {"status": "ERROR", "status_code": code, "status_text": "words"}
    if inside:
        told = {"status": "OK", "status_code": 100, "sms": {"79161234567": told}}
    async with SmsRu() as vendor:
        vendor.fail("/sms/send", told=told)
        channel = built("sms_ru", vendor.url)
        assert await channel.send(out()) == outcome
        await channel.close()


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (
            {"error": {"code": 3, "message": "bad", "details": "invalid destination"}},
            Rejected("number", "HTTP 400 3 bad invalid destination"),
        ),
        (
            {"error": {"code": 3, "message": "unknown sender number"}},
            Rejected("sender", "HTTP 400 3 unknown sender number"),
        ),
        ({"message": "insufficient balance"}, Deferred("no_money", 300.0, "account")),
        ("<html>", Rejected("refused", "HTTP 400")),
    ],
)
async def test_refusals_of_exolve(error: object, outcome: Outcome) -> None:
    async with Exolve() as vendor:
        vendor.fail("/messaging/v1/SendSMS", status=400, told=error)
        channel = built("exolve", vendor.url)
        assert await channel.send(out()) == outcome
        await channel.close()


@every
async def test_the_account_is_checked(kind: str) -> None:
    async with KINDS[kind][0]() as vendor:
        channel = built(kind, vendor.url)
        assert await channel.check()
        await channel.close()
        stranger = built(kind, vendor.url, api_key="another")
        with pytest.raises(CheckFailed, match="token_refused"):
            await stranger.check()
        assert await stranger.send(out()) == Deferred("token", 60.0, "account")
        await stranger.close()


@pytest.mark.parametrize(
    ("kind", "options", "key"),
    [
        ("smsc_ru", {}, "api_key"),
        ("smsc_ru", {"login": "uyut"}, "password"),
        ("smsc_ru", {"api_key": "x", "api": "ftp://smsc.ru"}, "api"),
        ("sms_ru", {}, "api_key"),
        ("sms_ru", {"login": "uyut"}, "password"),
        ("exolve", {"sender": "79990000000"}, "api_key"),
        ("exolve", {"api_key": "x"}, "sender"),
    ],
)
def test_settings_that_cannot_be_used_are_named(
    kind: str, options: dict[str, object], key: str
) -> None:
    with pytest.raises(BadAccount) as failed:
        channels.build(Account(id="sms", kind=kind, options=options), deps())
    assert failed.value.key == key
