"""Who calls is answered within the request; commands and recordings, against a local server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

import channels
from channels.megafon import api as megafon_api
from channels.megafon.channel import CallingExchange, Exchange
from hub.domain.errors import StoreDown
from hub.domain.message import Attachment
from hub.http import ingress
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import CheckFailed, FetchFailed, Kept, RawRequest
from hub.ports.channel_build import Account, BadAccount
from hub.ports.telephony import (
    Answering,
    Caller,
    Dialling,
    HangingUp,
    Ordered,
    Recorded,
    Refused,
    Transferring,
)
from tests.contract.channels.samples import FrozenClock, deps
from tests.support.kept import KeptRows
from tests.support.megafonvats import OWN, SOUND, Vats
from tests.support.recordedcalls import MEGAFON, request

TOKEN = "crm-token"


@pytest.fixture
async def vats() -> Vats:
    return Vats()


@pytest.fixture
async def address(vats: Vats) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(vats.routes())
    async with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"
        vats.hang.set()


@pytest.fixture
async def exchange(address: str) -> AsyncIterator[CallingExchange]:
    exchange = made({"api": f"{address}/sys/crm_api.wcgp", "api_key": OWN})
    assert isinstance(exchange, CallingExchange)
    yield exchange
    await exchange.close()


def made(options: dict[str, object], **changed: Any) -> Any:
    account = Account(id="acct", kind="megafon", options={"token": TOKEN, **options})
    return channels.build(account, msgspec.structs.replace(deps(), **changed))


def test_it_can_what_it_says(exchange: CallingExchange) -> None:
    for role in (Dialling, Answering, Recorded):
        assert isinstance(exchange, role)
    assert not isinstance(exchange, HangingUp)
    assert not isinstance(exchange, Transferring)
    assert not isinstance(made({}), Dialling)


class People:
    """Whom the hub knows; `down`: its store does not answer."""

    def __init__(self, known: dict[str, Caller] | None = None, *, down: bool = False) -> None:
        self.known, self.down = known or {}, down
        self.asked: list[str] = []

    async def caller(self, number: str) -> Caller:
        self.asked.append(number)
        if self.down:
            raise StoreDown
        return self.known.get(number, Caller())


async def told(exchange: Exchange, raw: RawRequest, people: People) -> Any:
    exchange.verify(raw)
    answer = await exchange.tell(raw, Kept("row", "new"), people)
    return None if answer is None else (answer.status, json.loads(answer.body))


def contact(exchange: Exchange, phone: str) -> RawRequest:
    (_, path, fields), *_ = MEGAFON["talk, passed on"]
    raw = request("megafon", (0, path, {**fields, "phone": phone}))
    raw.body = raw.body.replace(b"crm-token-71bd0e", TOKEN.encode())
    return raw


async def test_who_calls_is_told_with_name_address_and_whom_to_ring(
    exchange: CallingExchange,
) -> None:
    known = Caller(name="Мария Соколова", address="Ленина, 5–12", responsible=("510", "511"))
    people = People({"+79161234567": known})
    assert await told(exchange, contact(exchange, "79161234567"), people) == (
        200,
        {"contact_name": "Мария Соколова, Ленина, 5–12", "responsible": "510"},
    )
    assert people.asked == ["+79161234567"]


async def test_of_a_stranger_nothing_is_told(exchange: CallingExchange) -> None:
    people = People()
    assert await told(exchange, contact(exchange, "79161234567"), people) == (200, {})
    assert await told(exchange, contact(exchange, "anonymous"), people) == (200, {})
    assert people.asked == ["+79161234567"]


async def test_other_requests_are_not_asked_about(exchange: CallingExchange) -> None:
    people = People(down=True)
    for one in MEGAFON["talk, passed on"][1:]:
        raw = request("megafon", one)
        raw.body = raw.body.replace(b"crm-token-71bd0e", TOKEN.encode())
        assert await told(exchange, raw, people) is None
    assert people.asked == []
    with pytest.raises(StoreDown):
        await told(exchange, contact(exchange, "79161234567"), people)


async def test_a_click_calls_from_an_extension(exchange: CallingExchange, vats: Vats) -> None:
    assert await exchange.call("order-1", "510", "+79161234567") == Ordered("43294397431")
    assert vats.asked == [{"cmd": "makeCall", "user": "510", "phone": "79161234567", "token": OWN}]


@pytest.mark.parametrize(
    ("body", "call"),
    [
        (b"43294397431", "43294397431"),
        (b'{"callid": "a-7_b"}', "a-7_b"),
        (b'{"CallID": 43294397431}', "43294397431"),
        (b'{"ok": true}', ""),
        (b"<html>no</html>", ""),
        (b"", ""),
        (b"true", ""),
        (b"[" * 9999, ""),
    ],
)
async def test_the_calls_id_comes_in_every_shape(
    exchange: CallingExchange, vats: Vats, body: bytes, call: str
) -> None:
    vats.body = body
    assert await exchange.call("order-1", "510", "+79161234567") == Ordered(call)


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (400, b'{"error": "Invalid parameters: [user]"}', "Invalid parameters: [user]"),
        (400, b"<html>", "HTTP 400"),
        (301, b"", "HTTP 301"),
    ],
)
async def test_a_refusal_is_told_in_the_exchanges_own_words(
    exchange: CallingExchange, vats: Vats, status: int, body: bytes, refused: str
) -> None:
    vats.status, vats.body = status, body
    told = await exchange.call("order-1", "510", "+79161234567")
    assert told == Refused("refused", refused)


async def test_other_ways_to_fail(
    exchange: CallingExchange, vats: Vats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(megafon_api, "TIMEOUT", 3.0)
    vats.status = 500
    failed = Refused("server", "HTTP 500", unsure=True)
    assert await exchange.call("order-1", "510", "+79161234567") == failed
    vats.status = 429
    assert await exchange.call("order-2", "510", "+79161234567") == Refused("rate_limit")
    vats.hang.clear()
    lost = Refused("timeout", unsure=True)
    assert await exchange.call("order-3", "510", "+79161234567") == lost
    away = made({"api": "http://127.0.0.1:9/sys/crm_api.wcgp"})
    assert await away.call("order-4", "510", "+79161234567") == Refused("network")
    await away.close()


async def test_one_key_for_both_sides_may_be_enough(address: str, vats: Vats) -> None:
    exchange = made({"api": f"{address}/sys/crm_api.wcgp", "token": OWN})
    assert await exchange.call("order-1", "510", "+79161234567") == Ordered("43294397431")
    await exchange.close()


async def test_the_doctor_asks_who_works_there(exchange: CallingExchange, vats: Vats) -> None:
    vats.body = b'[{"name": "ivanov", "ext": "510"}]'
    assert (await exchange.check())["accounts"] == "1"
    assert vats.asked[0]["cmd"] == "accounts"
    for foreign in (b"<html>", b"{}"):
        vats.body = foreign
        with pytest.raises(CheckFailed, match="api_unknown"):
            await exchange.check()


async def test_the_doctor_sees_a_wrong_key(address: str) -> None:
    exchange = made({"api": f"{address}/sys/crm_api.wcgp", "api_key": "another"})
    with pytest.raises(CheckFailed, match="token"):
        await exchange.check()
    assert await exchange.call("o", "510", "+79161234567") == Refused("token")
    await exchange.close()


async def test_a_recording_comes_from_where_the_history_says(address: str) -> None:
    file = Attachment(id="f", name="f.mp3", ref=f"{address}/records/7.mp3", state="pending")
    allowed = made({}, allow_hosts=frozenset({address.removeprefix("http://")}))
    assert b"".join([chunk async for chunk in allowed.fetch(file)]) == SOUND
    await allowed.close()
    wary = made({})
    with pytest.raises(FetchFailed, match="file_address"):
        async for _ in wary.fetch(file):
            pass
    await wary.close()


@pytest.mark.parametrize(("options", "key"), [({"token": ""}, "token"), ({"api": "pbx"}, "api")])
def test_settings_that_cannot_be_used_are_named(options: dict[str, object], key: str) -> None:
    with pytest.raises(BadAccount) as bad:
        made(options)
    assert bad.value.key == key


async def test_nothing_is_left_open(exchange: CallingExchange) -> None:
    await exchange.call("o", "510", "+79161234567")
    await exchange.close()
    await exchange.close()
    assert await exchange.call("o", "510", "+79161234567") == Ordered("43294397431")


class Slow(People):
    """A store that takes its time."""

    async def caller(self, number: str) -> Caller:
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (People({"+79161234567": Caller(name="Мария Соколова")}), "Мария Соколова"),
        (People(), ""),
        (People(down=True), ""),
        (Slow(), ""),
    ],
    ids=["known", "stranger", "store down", "store slow"],
)
async def test_the_exchange_hears_in_time_whatever_happens(
    people: People, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller must not wait for us: the request is kept, and answered without a name at worst."""
    monkeypatch.setattr(ingress, "KNOWN_WITHIN", 0.2)
    exchange, inbox = made({}), KeptRows()
    door = build(Ingress({"acct": exchange}, inbox, FrozenClock(), callers=people).routes())
    raw = contact(exchange, "79161234567")
    async with (
        serving(door, "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{port}/in/acct", data=raw.body) as answer,
    ):
        assert answer.status == 200
        told = json.loads(await answer.read())
    assert told == ({"contact_name": said} if said else {})
    assert len(inbox.rows) == 1
    assert all(TOKEN.encode() not in row for row in inbox.written)
    await exchange.close()
