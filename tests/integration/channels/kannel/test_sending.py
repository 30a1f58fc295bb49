"""Sending through a sendsms that fails in every way it can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from channels.kannel import channel as kannel
from hub.domain.message import (
    Accepted,
    Address,
    Deferred,
    Outbound,
    OutboundFile,
    Rejected,
    Unsure,
)
from hub.ports.channel import CheckFailed
from hub.ports.channel_build import Account, BadAccount
from tests.contract.channels.samples import deps

TO = Address("sms", "kannel", "+79161234567", "phone:+79161234567", "sms:+79161234567")


class Sendsms:
    """What it was asked, and what it will answer."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: Any = (202, "0: Accepted for delivery")
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        if self.answer == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if self.answer == "hang":
            await asyncio.sleep(60)
        if "to" not in request.query:
            return web.Response(status=400, text="Missing receiver number, rejected")
        status, text = self.answer
        return web.Response(status=status, text=text)


@pytest.fixture
async def sendsms() -> AsyncIterator[Sendsms]:
    server = Sendsms()
    app = web.Application()
    app.router.add_get("/cgi-bin/sendsms", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/cgi-bin/sendsms"
    yield server
    await runner.cleanup()


def made(url: str, **more: object) -> kannel.Gateway:
    options = {"sendsms": url, "username": "hub", "password": "word", "key": "key", **more}
    found = kannel.build(Account(id="sms", kind="kannel", options=options), deps())
    assert isinstance(found, kannel.Gateway)
    return found


@pytest.fixture
async def gateway(sendsms: Sendsms) -> AsyncIterator[kannel.Gateway]:
    found = made(sendsms.url, sender="UKDOM", smsc="smpp1")
    yield found
    await found.close()


def out(text: str = "Мастер будет завтра", id: str = "12-3", **more: Any) -> Outbound:
    return Outbound(id=id, to=TO, text=text, **more)


async def test_it_asks_what_kannel_wants_to_know(gateway: kannel.Gateway, sendsms: Sendsms) -> None:
    assert await gateway.send(out()) == Accepted()
    (asked,) = sendsms.asked
    report = asked.pop("dlr-url")
    assert asked == {
        "username": "hub",
        "password": "word",
        "to": "+79161234567",
        "from": "UKDOM",
        "smsc": "smpp1",
        "text": "Мастер будет завтра",
        "charset": "UTF-8",
        "coding": "2",
        "dlr-mask": "31",
    }
    assert report.startswith("https://hub.example.org/in/sms?out=12-3&made=")
    assert report.endswith("&status=%d&reply=%A&ts=%T")


async def test_latin_goes_in_the_alphabet_of_160(sendsms: Sendsms) -> None:
    gateway = made(sendsms.url, transliterate=True)
    await gateway.send(out("Щётка № 5"))
    await gateway.close()
    assert (sendsms.asked[0]["text"], sendsms.asked[0]["coding"]) == ("Schetka N 5", "0")
    assert gateway.caps.latin


async def test_nobody_waits_for_the_fate_of_what_is_in_no_case(
    gateway: kannel.Gateway, sendsms: Sendsms
) -> None:
    await gateway.send(out(id="greeting:1"))
    assert "dlr-url" not in sendsms.asked[0]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((202, "3: Queued for later delivery"), Accepted()),
        ((403, "Authorization failed for sendsms"), Deferred("token", 60.0, "account")),
        ((503, "Temporal failure, try again later."), Deferred("server", 10.0, "account")),
        ((400, "Sender missing"), Rejected("refused", "Sender missing")),
        ((500, "?"), Unsure("server")),
        ("drop", Unsure("network")),
    ],
)
async def test_what_an_answer_means(
    gateway: kannel.Gateway, sendsms: Sendsms, answer: object, outcome: object
) -> None:
    sendsms.answer = answer
    assert await gateway.send(out()) == outcome


async def test_no_answer_is_not_sent_again(
    gateway: kannel.Gateway, sendsms: Sendsms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kannel, "TIMEOUT", 2.0)
    sendsms.answer = "hang"
    assert await gateway.send(out()) == Unsure("timeout")
    assert not gateway.caps.idempotent


async def test_nobody_listens() -> None:
    gateway = made("http://127.0.0.1:9/cgi-bin/sendsms")
    assert await gateway.send(out()) == Deferred("network", 10.0, "account")
    with pytest.raises(CheckFailed, match="api_unreachable"):
        await gateway.check()
    await gateway.close()


async def test_what_a_short_message_cannot_carry_is_refused(
    gateway: kannel.Gateway, sendsms: Sendsms
) -> None:
    file = OutboundFile(id="f", name="a.pdf", mime="application/pdf", size=1)
    assert await gateway.send(out(files=(file,))) == Rejected("files")
    assert await gateway.send(out("ы" * 671)) == Rejected("too_long")
    assert isinstance(await gateway.send(out("ы" * 670)), Accepted)
    assert isinstance(await gateway.send(out("y" * 1530)), Accepted)
    nowhere = Address("sms", "kannel", "", "external:sms:sms:bank", "sms:sms:bank")
    assert await gateway.send(Outbound(id="1-1", to=nowhere, text="Да")) == Rejected(
        "no_reply", gone=True
    )
    assert len(sendsms.asked) == 2


async def test_check_tells_another_program_from_sendsms(
    gateway: kannel.Gateway, sendsms: Sendsms
) -> None:
    assert await gateway.check() == {"sendsms": sendsms.url}
    other = made(sendsms.url.replace("cgi-bin", "elsewhere"))
    with pytest.raises(CheckFailed, match="api_unknown"):
        await other.check()
    await other.close()


@pytest.mark.parametrize("missing", ["sendsms", "username", "password", "key"])
def test_settings_that_are_missing_are_named(missing: str) -> None:
    with pytest.raises(BadAccount) as error:
        made(
            **{"url": "http://127.0.0.1:9/x", missing: ""} if missing != "sendsms" else {"url": ""}
        )
    assert error.value.key == missing


def test_an_address_must_be_one() -> None:
    with pytest.raises(BadAccount) as error:
        made("127.0.0.1:13013")
    assert error.value.key == "sendsms"
