"""Against Kannel of Debian: in, out, reports, Cyrillic, long messages, and kills in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.domain.message import Accepted, Deferred, Rejected
from hub.domain.thread import Entry
from hub.ports.channel import CheckFailed
from tests.peers.sms.centre import Centre
from tests.peers.sms.hubside import HubSide, until
from tests.peers.sms.kannel import PASSWORD, Kannel, needed, parts, ucs2
from tests.support.ports import free_port

pytestmark = needed

KEY = "word-of-kannel"
WHO = "+79161234567"
LONG = (
    "Добрый день! По адресу ул. Питкярантская, д. 16, кв. 56 с утра нет горячей воды, из крана "
    "идёт ржавая вода. Просим прислать сантехника сегодня до 18:00, дома маленький ребёнок. 😀"
)


class Bench:
    """Centre, gateway and hub together."""

    def __init__(self, kannel: Kannel, hub: HubSide, centre: Centre) -> None:
        self.kannel, self.hub, self.centre = kannel, hub, centre

    async def fate(self, number: int, state: str) -> Entry:
        """Wait until the last answer of a case fares so: first Kannel tells that the centre took
        or refused it, then the centre tells what became of it."""
        await self.hub.settle()
        kept = self.hub.inbox.keys
        await until(lambda: any(key.external_id.startswith(f"dlr:{number}-") for key in kept))
        self.centre.tell()
        return await self.hub.delivered(number, state)


@asynccontextmanager
async def bench(folder: Path, **more: Any) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        port = free_port()
        centre = Centre(prompt=False)
        await centre.start()
        stack.push_async_callback(centre.stop)
        kannel = Kannel(folder, port, centre.port, KEY, **more)
        options = {
            "sendsms": f"http://127.0.0.1:{kannel.sendsms_port}/cgi-bin/sendsms",
            "username": "hub",
            "password": PASSWORD,
            "sender": "UKDOM",
            "key": KEY,
        }
        hub = HubSide("kannel", options, port)
        stack.push_async_callback(hub.gateway.close)
        await stack.enter_async_context(hub.door)
        await kannel.start()
        stack.push_async_callback(kannel.stop)
        yield Bench(kannel, hub, centre)


async def test_words_come_in_as_they_were_written(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.kannel.fake(f"{WHO} 1234 data Hello+from+phone")
        await one.kannel.fake(f"{WHO} 1234 ucs2 {ucs2('Нет воды, кв. 56 «срочно» №12 ')}")
        await one.hub.hears(["Hello from phone", "Нет воды, кв. 56 «срочно» №12 "])
        (case,) = (await one.hub.store.cases.many([1])).values()
        assert case.address.to == WHO
        assert case.contact.phone == WHO
        assert case.channel == "kannel"


async def test_a_long_message_that_kannel_joins(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        for header, piece in reversed(parts(LONG, 42)):
            await one.kannel.fake(f"{WHO} 1234 udh-data {header} {piece}")
        await one.hub.hears([LONG])


async def test_a_long_message_that_the_hub_joins(tmp_path: Path) -> None:
    async with bench(tmp_path, combine=False) as one:
        pieces = parts(LONG, 42)
        for header, piece in [*reversed(pieces), pieces[0]]:
            await one.kannel.fake(f"{WHO} 1234 udh-data {header} {piece}")
        await until(lambda: one.hub.inbox.asked >= len(pieces) + 1)
        await one.hub.hears([LONG])
        (message,) = await one.hub.said()
        assert not message.incomplete


async def test_a_part_that_never_comes_is_marked(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        pieces = parts(LONG, 7)
        for header, piece in pieces[:1]:
            await one.kannel.fake(f"{WHO} 1234 udh-data {header} {piece}")
        # Kannel gives up joining after two seconds and hands over what it has, with its header.
        await until(lambda: one.hub.inbox.asked)
        assert await one.hub.said() == []
        one.hub.clock.forward(minutes=2)
        await one.hub.timers.wake()
        (message,) = await one.hub.said()
        assert message.incomplete
        assert message.text == f"{LONG[:67]} […]"


async def test_an_answer_goes_out_and_its_fate_comes_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.kannel.fake(f"{WHO} 1234 ucs2 {ucs2('Нет воды')}")
        await one.hub.hears(["Нет воды"])
        olga = await one.hub.staff("olga")
        await one.hub.group("one")
        await one.hub.services.casework.take(1, olga)
        await one.hub.services.replies.send(1, olga, LONG)
        entry = await one.fate(1, "delivered")
        assert entry.text == LONG
        submitted = one.centre.submitted
        assert {told.to for told in submitted} == {WHO.removeprefix("+")}
        assert {told.source for told in submitted} == {"UKDOM"}
        # Kannel submits parts in any order; a phone sorts them by their headers.
        words = b"".join(told.data[6:] for told in sorted(submitted, key=lambda one: one.data[5]))
        assert words.decode("utf-16-be") == LONG


async def test_what_cannot_be_delivered_says_why(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        fates = (
            ("+79160000000", "Help me", "undelivered"),
            ("+79160000099", "Me too", "number"),
        )
        boss = await one.hub.staff("boss", "supervisor")
        for number, (who, text, reason) in enumerate(fates, 1):
            await one.kannel.fake(f"{who} 1234 data {text.replace(' ', '+')}")
            await one.hub.hears([text for _, text, _ in fates[:number]])
            await one.hub.services.casework.take(number, boss)
            await one.hub.services.replies.send(number, boss, "Master will come")
            entry = await one.fate(number, "failed")
            assert entry.delivery is not None
            assert entry.delivery.reason == reason


async def test_who_has_no_number_is_not_answered(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        await one.kannel.fake("Sberbank 1234 data Code+1234")
        await one.hub.hears(["Code 1234"])
        outcome = await one.hub.send("", "Hello")
        assert outcome == Rejected("no_reply", gone=True)


async def test_settings_are_checked_without_sending(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        assert "sendsms" in await one.hub.gateway.check()
        login = one.hub.gateway._login
        right, login["password"] = login["password"], "wrong"
        with pytest.raises(CheckFailed, match="token"):
            await one.hub.gateway.check()
        assert await one.hub.send(WHO, "Hello") == Deferred("token", 60.0, "account")
        login["password"] = right
        assert await one.hub.send(WHO, "Hello") == Accepted()
        await one.kannel.kill_smsbox()
        with pytest.raises(CheckFailed, match="api_unreachable"):
            await one.hub.gateway.check()
        assert isinstance(await one.hub.send(WHO, "Hello"), Deferred)
        assert [told.data.decode() for told in one.centre.submitted] == ["Hello"]


async def test_smsbox_is_killed_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        texts = [f"Сообщение {at}" for at in range(12)]
        for text in texts[:4]:
            await one.kannel.fake(f"{WHO} 1234 ucs2 {ucs2(text)}")
        await one.kannel.kill_smsbox()
        for text in texts[4:8]:
            await one.kannel.fake(f"{WHO} 1234 ucs2 {ucs2(text)}")
        await one.kannel.start_smsbox()
        for text in texts[8:]:
            await one.kannel.fake(f"{WHO} 1234 ucs2 {ucs2(text)}")
        await one.hub.hears(texts)


async def test_the_hub_is_away_for_a_while_and_nothing_is_lost(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        inbox = one.hub.store.inbox
        real, refused = inbox.keep, asyncio.Event()

        async def down(*_: object) -> object:
            from hub.domain.errors import StoreDown

            refused.set()
            raise StoreDown

        inbox.keep = down
        await one.kannel.fake(f"{WHO} 1234 data Anybody+there")
        await refused.wait()
        inbox.keep = real
        await one.hub.hears(["Anybody there"])
