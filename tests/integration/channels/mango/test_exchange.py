"""Commands and recordings, against a server that checks them after the document of MANGO OFFICE."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from yarl import URL

import channels
from channels.mango import api as mango_api
from channels.mango.channel import Exchange
from hub.domain.message import Attachment
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import CheckFailed, FetchFailed
from hub.ports.channel_build import Account, BadAccount
from hub.ports.telephony import (
    Dialling,
    HangingUp,
    OnCall,
    Ordered,
    Recorded,
    Refused,
    Transferring,
)
from tests.contract.channels.proofs import mango
from tests.contract.channels.samples import FrozenClock, deps
from tests.support.kept import KeptRows
from tests.support.mangooffice import KEY, SALT, SOUND, Office
from tests.support.recordedcalls import MANGO, request

ON = OnCall(call="e", leg="MToxMDA6NTAw", extension="101", number="+79161234567")


@pytest.fixture
async def office() -> Office:
    return Office()


@pytest.fixture
async def exchange(office: Office) -> AsyncIterator[Exchange]:
    app = web.Application()
    app.add_routes(office.routes())
    async with serving(app, "127.0.0.1", 0) as port:
        exchange = made(f"http://127.0.0.1:{port}/vpbx/")
        yield exchange
        office.hang.set()
        await exchange.close()


def made(api: str, salt: str = SALT) -> Exchange:
    options = {"api_key": KEY, "salt": salt, "api": api}
    exchange = channels.build(Account(id="pbx", kind="mango", options=options), deps())
    assert isinstance(exchange, Exchange)
    return exchange


async def sound(exchange: Exchange) -> bytes:
    file = Attachment(id="f", name="f.mp3", ref="MToxMDA6NTAwOjE", state="pending")
    return b"".join([chunk async for chunk in exchange.fetch(file)])


def test_it_can_what_it_says(exchange: Exchange) -> None:
    for role in (Dialling, HangingUp, Transferring, Recorded):
        assert isinstance(exchange, role)


async def test_a_click_calls_from_an_extension(exchange: Exchange, office: Office) -> None:
    told = await exchange.call("order-1", "101", "+79161234567", "+74951234567")
    assert told == Ordered()
    assert office.commands == [
        (
            "commands/callback",
            {
                "command_id": "order-1",
                "from": {"extension": "101"},
                "to_number": "79161234567",
                "line_number": "74951234567",
            },
        )
    ]
    await exchange.call("order-2", "101", "+79161234567")
    assert "line_number" not in office.commands[1][1]


async def test_hanging_up_and_passing_on(exchange: Exchange, office: Office) -> None:
    assert await exchange.hang_up("order-1", ON) == Ordered()
    assert await exchange.transfer("order-2", ON, "102") == Ordered()
    assert await exchange.transfer("order-3", ON, "+79031112233") == Ordered()
    passed = {"call_id": "MToxMDA6NTAw", "method": "blind", "initiator": "101"}
    assert office.commands == [
        ("commands/call/hangup", {"command_id": "order-1", "call_id": "MToxMDA6NTAw"}),
        ("commands/transfer", {"command_id": "order-2", "to_number": "102", **passed}),
        ("commands/transfer", {"command_id": "order-3", "to_number": "79031112233", **passed}),
    ]


async def test_without_a_leg_nothing_is_asked(exchange: Exchange, office: Office) -> None:
    nowhere = OnCall(call="e")
    assert await exchange.hang_up("order-1", nowhere) == Refused("unsupported")
    assert await exchange.transfer("order-1", nowhere, "102") == Refused("unsupported")
    assert office.commands == []


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (200, b'{"result": "1000"}', None),
        (200, b'{"result": 3105}', Refused("refused", "3105")),
        (200, b"[]", Refused("refused", "HTTP 200")),
        (200, b"<html>", Refused("refused", "HTTP 200")),
        (200, b"", Refused("refused", "HTTP 200")),
        (302, b"", Refused("refused", "HTTP 302")),
        (400, b'{"result": 3100}', Refused("refused", "3100")),
        (403, b"", Refused("token")),
        (429, b"", Refused("rate_limit")),
        (500, b"", Refused("server", "HTTP 500", unsure=True)),
    ],
)
async def test_every_answer_has_its_meaning(
    exchange: Exchange, office: Office, status: int, body: bytes, refused: Refused | None
) -> None:
    office.status, office.body = status, body
    assert await exchange.call("order-1", "101", "+79161234567") == (refused or Ordered())


async def test_a_lost_answer_may_have_been_carried_out(
    office: Office, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mango_api, "TIMEOUT", 2.0)
    office.hang.clear()
    assert await exchange.call("o", "101", "+79161234567") == Refused("timeout", unsure=True)
    assert len(office.commands) == 1


async def test_nobody_at_home_was_surely_not_told() -> None:
    exchange = made("http://127.0.0.1:9/vpbx")
    assert await exchange.call("o", "101", "+79161234567") == Refused("network")
    with pytest.raises(CheckFailed, match="api_unreachable"):
        await exchange.check()
    await exchange.close()


async def test_a_recording_comes_by_a_link_that_is_good_for_once(
    exchange: Exchange, office: Office
) -> None:
    assert await sound(exchange) == SOUND
    assert office.links == set()
    assert await sound(exchange) == SOUND


async def test_a_recording_that_is_not_made_yet_is_asked_for_again(
    exchange: Exchange, office: Office
) -> None:
    office.made = False
    with pytest.raises(FetchFailed) as failed:
        await sound(exchange)
    assert (failed.value.reason, failed.value.final) == ("file_unavailable", False)
    office.made = True
    assert await sound(exchange) == SOUND


async def test_the_sound_may_stand_in_the_answer_itself(exchange: Exchange, office: Office) -> None:
    office.direct = "audio/mpeg"
    assert await sound(exchange) == SOUND
    office.direct = "application/json"
    with pytest.raises(FetchFailed) as failed:
        await sound(exchange)
    assert (failed.value.reason, failed.value.final) == ("file_unavailable", False)


async def test_a_link_that_was_used_up_is_no_end(exchange: Exchange, office: Office) -> None:
    office.location = "/vpbx/queries/recording/used-up"
    with pytest.raises(FetchFailed) as failed:
        await sound(exchange)
    assert not failed.value.final
    assert "used-up" not in str(failed.value)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/sound.mp3",
        "http://127.0.0.1.evil.example/sound.mp3",
        "file:///etc/passwd",
        "http://127.0.0.1:1/other-port",
    ],
)
async def test_a_link_out_of_the_house_is_not_followed(
    exchange: Exchange, office: Office, elsewhere: str
) -> None:
    office.location = elsewhere
    with pytest.raises(FetchFailed) as failed:
        await sound(exchange)
    assert failed.value.final
    assert failed.value.reason == "file_address"


@pytest.mark.parametrize(
    ("home", "to", "same"),
    [
        ("https://app.mango-office.ru/vpbx", "https://app.mango-office.ru/x", True),
        ("https://app.mango-office.ru/vpbx", "https://records.mango-office.ru/x", True),
        ("https://app.mango-office.ru/vpbx", "http://app.mango-office.ru/x", False),
        ("https://app.mango-office.ru/vpbx", "https://mango-office.ru.evil.example/x", False),
        ("https://app.mango-office.ru/vpbx", "https://evilmango-office.ru/x", False),
        ("http://10.0.0.1/vpbx", "http://11.0.0.1/x", False),
        ("http://pbx/vpbx", "http://other/x", False),
    ],
)
def test_whose_link_it_is(home: str, to: str, same: bool) -> None:
    assert mango_api._same_house(URL(home), URL(to)) is same


async def test_too_long_a_recording_is_refused(office: Office) -> None:
    app = web.Application()
    app.add_routes(office.routes())
    async with serving(app, "127.0.0.1", 0) as port:
        options = {"api_key": KEY, "salt": SALT, "api": f"http://127.0.0.1:{port}/vpbx"}
        account = Account(id="pbx", kind="mango", options=options)
        exchange = channels.build(account, msgspec.structs.replace(deps(), max_file=1000))
        assert isinstance(exchange, Exchange)
        with pytest.raises(FetchFailed, match="file_too_large") as failed:
            await sound(exchange)
        assert failed.value.final
        await exchange.close()


async def test_the_doctor_sees_whether_the_signature_is_good(
    exchange: Exchange, office: Office
) -> None:
    assert (await exchange.check())["api"].endswith("/vpbx")
    office.body = b'{"balance": "1034.50", "currency": "RUR"}'
    await exchange.check()
    for refusal in (b'{"result": 3102}', b"{}"):
        office.body = refusal
        with pytest.raises(CheckFailed, match="token"):
            await exchange.check()
    office.body = b"<html>"
    with pytest.raises(CheckFailed, match="api_unknown"):
        await exchange.check()


async def test_another_salt_opens_nothing(office: Office) -> None:
    app = web.Application()
    app.add_routes(office.routes())
    async with serving(app, "127.0.0.1", 0) as port:
        exchange = made(f"http://127.0.0.1:{port}/vpbx", salt="another")
        with pytest.raises(CheckFailed, match="token"):
            await exchange.check()
        assert await exchange.call("o", "101", "+79161234567") == Refused("token")
        await exchange.close()


@pytest.mark.parametrize("missing", ["api_key", "salt"])
def test_settings_that_cannot_be_used_are_named(missing: str) -> None:
    options = {"api_key": KEY, "salt": SALT}
    del options[missing]
    with pytest.raises(BadAccount) as bad:
        channels.build(Account(id="pbx", kind="mango", options=options), deps())
    assert bad.value.key == missing


async def test_a_whole_call_comes_in_below_the_address_each_event_once() -> None:
    account = Account(id="acct", kind="mango", options=mango.OPTIONS)
    receiver: Any = channels.build(account, deps())
    inbox = KeptRows()
    door = build(Ingress({"acct": receiver}, inbox, FrozenClock()).routes())
    events = [request("mango", told) for told in MANGO["passed on after a question"]]
    async with serving(door, "127.0.0.1", 0) as port, aiohttp.ClientSession() as http:

        async def post(raw: Any) -> int:
            async with http.post(f"http://127.0.0.1:{port}{raw.path}", data=raw.body) as answer:
                return answer.status

        # They come in parallel, and again.
        assert set(await asyncio.gather(*(post(raw) for raw in events * 2))) == {200}
        assert await post(msgspec.structs.replace(events[0], path="/in/acct/other")) == 404
        assert await post(msgspec.structs.replace(events[0], path="/in/acct//events/call")) == 200
    assert len(inbox.rows) == len(events)
