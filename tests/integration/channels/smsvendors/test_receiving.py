"""SMSC.ru and SMS.ru post to us and are proven; MTS Exolve is asked again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

import channels
from channels.exolve.poller import PAGE, ListPoller
from hub.domain.message import DeliveryReport, Inbound, Received
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel_build import Account
from hub.ports.clock import SystemClock
from tests.contract.channels.samples import deps
from tests.support.kept import KeptRows
from tests.support.smsvendors import Exolve, SmsRu

ACCOUNT = "sms"
NUMBER = "79990000000"


def made(kind: str, **options: object) -> Any:
    return channels.build(Account(id=ACCOUNT, kind=kind, options=options), deps())


@asynccontextmanager
async def door(channel: Any, inbox: KeptRows) -> AsyncIterator[str]:
    ingress = Ingress({ACCOUNT: channel}, inbox, SystemClock())
    async with serving(build(ingress.routes()), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}/in/{ACCOUNT}"
    await channel.close()


async def posted(url: str, body: bytes = b"", **query: str) -> tuple[int, str]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}?{urlencode(query)}", data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


def understood(channel: Any, inbox: KeptRows) -> list[Received]:
    return [one for raw in inbox.rows.values() for one in channel.parse(raw)]


# ── SMS.ru ───────────────────────────────────────────────────────────────────────────────────────

RECORD = "sms_status\n202647-0000001\n103\n1795343453"


async def test_sms_ru_hears_exactly_100_and_a_repeat_too() -> None:
    vendor, inbox = SmsRu(), KeptRows()
    channel = made("sms_ru", api_key=SmsRu.API_ID)
    async with door(channel, inbox) as url:
        for _ in range(2):
            assert await posted(url, vendor.callback(RECORD)) == (200, "100")
        assert await posted(url, vendor.callback(RECORD, RECORD.replace("001", "002"))) == (
            200,
            "100",
        )
    assert len(inbox.rows) == 2
    reports = understood(channel, inbox)
    assert [one.external_id for one in reports if isinstance(one, DeliveryReport)] == [
        "202647-0000001",
        "202647-0000001",
        "202647-0000002",
    ]


async def test_sms_ru_signs_everything_it_tells() -> None:
    vendor, inbox = SmsRu(), KeptRows()
    good = vendor.callback(RECORD)
    async with door(made("sms_ru", api_key=SmsRu.API_ID), inbox) as url:
        assert (await posted(url, good.replace(b"%0A103", b"%0A108")))[0] == 403
        assert (await posted(url, good + b"&data%5B1%5D=" + RECORD.encode()))[0] == 403
        assert (await posted(url, good.partition(b"&hash")[0]))[0] == 401
        assert (await posted(url, good.partition(b"&hash")[0], key="guessed"))[0] == 401
    assert not inbox.rows


async def test_sms_ru_without_its_key_needs_a_word_in_the_address() -> None:
    vendor, inbox = SmsRu(), KeptRows()
    channel = made("sms_ru", login="uyut", password="secret", key="our-word")
    async with door(channel, inbox) as url:
        body = vendor.callback(RECORD)
        assert (await posted(url, body))[0] == 401
        assert (await posted(url, body, key="guessed"))[0] == 403
        assert await posted(url, body, key="our-word") == (200, "100")
    assert len(inbox.rows) == 1
    assert all(b"our-word" not in row for row in inbox.written)


# ── SMSC.ru ──────────────────────────────────────────────────────────────────────────────────────


async def test_smsc_brings_messages_and_reports_by_post_and_get() -> None:
    inbox = KeptRows()
    channel = made("smsc_ru", api_key="k", key="our-word")
    told = {"id": "1", "phone": "79161234567", "mes": "Нет воды & газа", "to": NUMBER}
    async with door(channel, inbox) as url:
        assert await posted(url, urlencode(told).encode(), key="our-word") == (200, "OK")
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{url}?{urlencode({**told, 'id': '2', 'key': 'our-word'})}") as answer,
        ):
            assert answer.status == 200
        report = urlencode({"id": "1842-3", "phone": "79161234567", "status": "1", "ts": "1"})
        await posted(url, report.encode(), key="our-word")
    first, second, third = understood(channel, inbox)
    assert isinstance(first, Inbound)
    assert isinstance(second, Inbound)
    assert first.text == second.text == "Нет воды & газа"
    assert first.reply_to.to == "+79161234567"
    assert isinstance(third, DeliveryReport)
    assert (third.out, third.state) == ("1842-3", "delivered")
    assert all(b"our-word" not in row for row in inbox.written)


def test_smsc_without_a_word_only_sends() -> None:
    channel = made("smsc_ru", api_key="k")
    assert not hasattr(channel, "verify")
    assert not channel.caps.two_way


# ── MTS Exolve ───────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def polled(vendor: Exolve, inbox: KeptRows, sender: str = NUMBER) -> AsyncIterator[Any]:
    channel = made("exolve", api_key=Exolve.API_KEY, sender=sender, api=vendor.url)
    channel.poller = ListPoller(
        ACCOUNT,
        f"{vendor.url}/messaging/v1/GetList",
        {"Authorization": f"Bearer {Exolve.API_KEY}"},
        sender,
        channel._line,
        SystemClock(),
        every=0.02,
        pauses=(0.02,),
    )
    accept = Ingress({ACCOUNT: channel}, inbox, SystemClock()).accept
    task = asyncio.create_task(channel.listen(accept))
    try:
        yield channel
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await channel.close()


async def looked(vendor: Exolve, times: int) -> None:
    goal = vendor.looked + times
    async with asyncio.timeout(60), vendor.changes:
        await vendor.changes.wait_for(lambda: vendor.looked >= goal)


async def test_exolve_is_read_page_by_page_in_the_order_written() -> None:
    async with Exolve() as vendor:
        inbox = KeptRows()
        for number in range(PAGE + 7):
            date = f"2026-11-22T{number // 60:02d}:{number % 60:02d}:00.000Z"
            vendor.incoming("79161234567", f"Сообщение {number}", NUMBER, date=date)
        async with polled(vendor, inbox) as channel:
            await inbox.until(PAGE + 7)
            tried = inbox.tries
            vendor.incoming("79161234567", "Ещё одно", NUMBER, date="2026-11-22T09:00:00.000Z")
            await inbox.until(PAGE + 8)
            await looked(vendor, 4)
            # What is known is not brought to the store again and again.
            assert inbox.tries == tried + 1
        found = [one.text for one in understood(channel, inbox) if isinstance(one, Inbound)]
    assert found == [f"Сообщение {number}" for number in range(PAGE + 7)] + ["Ещё одно"]


async def test_exolve_begun_anew_meets_repeats() -> None:
    async with Exolve() as vendor:
        inbox = KeptRows()
        vendor.incoming("79161234567", "Нет воды", NUMBER)
        for _ in range(2):
            async with polled(vendor, inbox):
                await inbox.until_tried(inbox.tries + 1)
                await looked(vendor, 1)
    assert len(inbox.rows) == 1
    assert inbox.tries == 2


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 401}, {"cut": True}, {"told": "<html>"}]
)
async def test_exolve_goes_on_after_every_trouble(fault: dict[str, Any]) -> None:
    async with Exolve() as vendor:
        inbox = KeptRows()
        for _ in range(3):
            vendor.fail("/messaging/v1/GetList", **fault)
        vendor.incoming("79161234567", "Нет воды", NUMBER)
        async with polled(vendor, inbox):
            await inbox.until(1)


async def test_exolve_what_the_store_did_not_take_is_brought_again() -> None:
    async with Exolve() as vendor:
        inbox = KeptRows()
        inbox.all_down = True
        vendor.incoming("79161234567", "Нет воды", NUMBER)
        async with polled(vendor, inbox):
            await inbox.until_tried(2)
            inbox.all_down = False
            await inbox.until(1)


async def test_exolve_takes_only_what_is_of_our_number() -> None:
    async with Exolve() as vendor:
        inbox = KeptRows()
        vendor.incoming("79161234567", "Не нам", "79995555555")
        vendor.incoming("79161234567", "Странное", NUMBER, direction="sideways")
        vendor.incoming("79161234567", "Без имени", NUMBER, message_id=None)
        vendor.incoming("79161234567", "Нам", NUMBER)
        async with polled(vendor, inbox) as channel:
            await inbox.until(1)
            await looked(vendor, 2)
            found = [one.text for one in understood(channel, inbox) if isinstance(one, Inbound)]
    assert found == ["Нам"]
