"""Signed requests and the cabinet's trial, against a local server that checks as the API does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

import channels
from channels.zadarma import api as zadarma_api
from channels.zadarma.channel import Exchange
from hub.domain.message import Attachment
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import CheckFailed, FetchFailed
from hub.ports.channel_build import Account, BadAccount
from hub.ports.telephony import (
    Dialling,
    HangingUp,
    Ordered,
    Recorded,
    Refused,
    Transferring,
)
from tests.contract.channels.proofs import zadarma
from tests.contract.channels.samples import FrozenClock, deps
from tests.support.kept import KeptRows
from tests.support.recordedcalls import ZADARMA, request
from tests.support.zadarmaapi import KEY, SECRET, SOUND, Api


@pytest.fixture
async def api() -> Api:
    return Api()


@pytest.fixture
async def address(api: Api) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(api.routes())
    async with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"
        api.hang.set()


@pytest.fixture
async def exchange(address: str) -> AsyncIterator[Exchange]:
    exchange = made({"api": address})
    yield exchange
    await exchange.close()


def made(options: dict[str, object], **changed: Any) -> Exchange:
    account = Account(
        id="acct", kind="zadarma", options={"api_key": KEY, "secret": SECRET, **options}
    )
    exchange = channels.build(account, msgspec.structs.replace(deps(), **changed))
    assert isinstance(exchange, Exchange)
    return exchange


async def sound(exchange: Exchange) -> bytes:
    file = Attachment(id="f", name="f.mp3", ref="1795343340.1234", state="pending")
    return b"".join([chunk async for chunk in exchange.fetch(file)])


def test_it_can_what_it_says(exchange: Exchange) -> None:
    for role in (Dialling, Recorded):
        assert isinstance(exchange, role)
    assert not isinstance(exchange, HangingUp)
    assert not isinstance(exchange, Transferring)


async def test_a_click_calls_from_an_extension(exchange: Exchange, api: Api) -> None:
    assert await exchange.call("order-1", "101", "+79161234567") == Ordered()
    asked = {"from": "101", "to": "79161234567", "format": "json"}
    assert api.asked == [("/v1/request/callback/", asked)]


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (200, {"status": "error", "message": "Wrong number"}, Refused("refused", "Wrong number")),
        (400, {"status": "error", "message": "x" * 999}, Refused("refused", "x" * 200)),
        (200, b"<html>", Refused("refused", "HTTP 200")),
        (302, b"", Refused("refused", "HTTP 302")),
        (429, {"status": "error", "message": "limit"}, Refused("rate_limit")),
        (502, b"", Refused("server", "HTTP 502", unsure=True)),
    ],
)
async def test_every_answer_has_its_meaning(
    exchange: Exchange, api: Api, status: int, body: Any, refused: Refused
) -> None:
    api.status, api.body = status, body
    assert await exchange.call("order-1", "101", "+79161234567") == refused


async def test_no_answer_and_nobody_at_home(
    exchange: Exchange, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zadarma_api, "TIMEOUT", 2.0)
    api.hang.clear()
    lost = Refused("timeout", unsure=True)
    assert await exchange.call("order-1", "101", "+79161234567") == lost
    away = made({"api": "http://127.0.0.1:9"})
    assert await away.call("order-1", "101", "+79161234567") == Refused("network")
    await away.close()


@pytest.mark.parametrize("field", ["link", "links"])
async def test_a_recording_comes_by_an_address_that_works_for_a_while(
    exchange: Exchange, api: Api, address: str, field: str
) -> None:
    at = f"{address}/sound.mp3"
    api.body = {"status": "success", field: at if field == "link" else [at]}
    assert await sound(exchange) == SOUND
    assert api.asked == [
        (
            "/v1/pbx/record/request/",
            {"call_id": "1795343340.1234", "lifetime": "600", "format": "json"},
        )
    ]


@pytest.mark.parametrize(
    "body", [{"status": "error", "message": "not found"}, {"status": "success"}, b"", b"[]"]
)
async def test_a_recording_that_is_not_saved_yet_is_asked_for_again(
    exchange: Exchange, api: Api, body: Any
) -> None:
    api.body = body
    with pytest.raises(FetchFailed) as failed:
        await sound(exchange)
    assert (failed.value.reason, failed.value.final) == ("file_unavailable", False)


async def test_a_recording_inside_the_house_is_not_fetched(exchange: Exchange, api: Api) -> None:
    api.body = {"status": "success", "link": "http://169.254.169.254/latest/meta-data"}
    with pytest.raises(FetchFailed, match="file_address") as failed:
        await sound(exchange)
    assert failed.value.final


async def test_the_doctor_asks_for_the_balance(exchange: Exchange, api: Api, address: str) -> None:
    api.body = {"status": "success", "balance": 10.34, "currency": "RUB"}
    assert await exchange.check() == {"api": address}
    assert api.asked[0][0] == "/v1/info/balance/"
    wrong = made({"api": address, "secret": "another"})
    with pytest.raises(CheckFailed, match="token"):
        await wrong.check()
    assert await wrong.call("o", "101", "+79161234567") == Refused("token")
    with pytest.raises(FetchFailed, match="token"):
        await sound(wrong)
    await wrong.close()
    away = made({"api": "http://127.0.0.1:9"})
    with pytest.raises(CheckFailed, match="api_unreachable"):
        await away.check()
    await away.close()


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"secret": ""}, "secret"),
        ({"api_key": ""}, "api_key"),
        ({"api": "pbx"}, "api"),
        ({"timezone": "Moscow"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"lines": "74951234567"}, "lines"),
    ],
)
def test_settings_that_cannot_be_used_are_named(options: dict[str, object], key: str) -> None:
    with pytest.raises(BadAccount) as bad:
        made(options)
    assert bad.value.key == key


async def test_the_cabinet_tries_the_address_and_then_a_whole_call_comes_in() -> None:
    account = Account(id="acct", kind="zadarma", options=zadarma.OPTIONS)
    receiver: Any = channels.build(account, deps())
    inbox = KeptRows()
    door = build(Ingress({"acct": receiver}, inbox, FrozenClock()).routes())
    async with serving(door, "127.0.0.1", 0) as port, aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{port}/in/acct"
        async with http.get(url, params={"zd_echo": "a1b2c3"}) as answer:
            assert (answer.status, await answer.text()) == (200, "a1b2c3")
        async with http.get(url, params={"zd_echo": "<b>"}) as answer:
            assert answer.status == 401
        assert not inbox.rows
        for told in ZADARMA["talk"]:
            raw = request("zadarma", told)
            for _ in range(2):
                async with http.post(url, data=raw.body, headers=raw.headers) as answer:
                    assert (answer.status, json.loads(await answer.read())) == (200, {})
    assert len(inbox.rows) == len(ZADARMA["talk"])
