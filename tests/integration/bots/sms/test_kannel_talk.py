"""By Kannel in the operators' bot: a long message in parts, one whose part is missing, the length
of an answer before it goes, a sender that has no number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import web

import channels
from channels.kannel.trial import OPTIONS
from hub.domain import parts
from hub.ports.channel import RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from tests.peers.sms.kannel import parts as cut
from tests.support.botworld import BotWorld
from tests.support.phone import Phone

WHO = "79161234567"
LONG = "Нет горячей воды второй день, из крана идёт ржавая вода. Просим прислать сантехника. " * 2


class NoPhone:
    """Residents have no messenger here."""

    async def close(self) -> None:
        return


class KannelWorld(BotWorld):
    """Residents write through smsbox; what is sent to them stands in `sent`."""

    async def residents_channel(self) -> object:
        self.sent: list[dict[str, str]] = []
        self.rows = 0
        app = web.Application()
        app.router.add_get("/sendsms", self._sendsms)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        options = {**OPTIONS, "sendsms": f"http://127.0.0.1:{self.runner.addresses[0][1]}/sendsms"}
        channel: Any = channels.build(
            Account(id="dom", kind="kannel", options=options),
            ChannelDeps(
                clock=self.clock,
                files=self.store.files,
                public_url="http://hub",
                file_url=lambda file: file,
            ),
        )
        channel.listen = _called
        return channel

    def residents_phone(self) -> Phone:
        return cast(Phone, NoPhone())

    async def _sendsms(self, request: web.Request) -> web.Response:
        self.sent.append(dict(request.query))
        return web.Response(status=202, text="0: Accepted for delivery")

    async def called(self, words: str, who: str = WHO, udh: str = "") -> None:
        """smsbox tells of a message."""
        self.rows += 1
        query = (
            f"key={OPTIONS['key']}&from={who}&to=1234&textb={words}&coding=2&charset=UTF-16BE"
            f"&udh={udh}&id=row-{self.rows}"
        )
        await self.accept(
            RawRequest(
                account="dom", method="GET", query=query, received_at=self.clock.now(), headers={}
            )
        )

    async def says(self, text: str, who: str = WHO) -> None:
        words = "".join(f"%{one:02X}" for one in text.encode("utf-16-be"))
        await self.called(words, who)


async def _called(accept: object) -> None:
    await asyncio.Event().wait()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PATIENCE", timedelta(seconds=1))


@pytest.fixture
async def world() -> AsyncIterator[KannelWorld]:
    async with KannelWorld() as one:
        await one.hire()
        yield one
        await one.runner.cleanup()


async def test_a_long_message_comes_whole(world: KannelWorld) -> None:
    for header, words in reversed(cut(LONG, 9)):
        await world.called(words, udh=header)
    card = await world.emma.wait_for("Нет горячей воды")
    assert LONG.strip() in card.text
    assert "не пришла" not in card.text


async def test_a_part_that_is_missing_is_said(world: KannelWorld, soon: None) -> None:
    await world.says("Здравствуйте")
    await world.emma.wait_for("Здравствуйте")
    await world.emma.press("Взять")
    pieces = cut(LONG, 9)
    await world.called(pieces[0][1], udh=pieces[0][0])
    shown = await world.emma.wait_for("часть сообщения не пришла")
    assert "[…]" in shown.text


async def test_how_many_messages_an_answer_is_stands_in_its_preview(world: KannelWorld) -> None:
    await world.says("Нет воды")
    await world.emma.wait_for("Нет воды")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.press("Ещё")
    await world.emma.press("Ответить через…")
    ways = await world.emma.wait_for("Как ответить по №1?")
    assert "до 670 знаков, без файлов" in ways.text
    await world.emma.press("СМС · +7 (916) 123-45-67", on=ways)
    await world.emma.wait_for("Напишите ответ по №1")
    await world.emma.say("ы" * 134)
    preview = await world.emma.wait_for("2 SMS · 134 из 134 знаков")
    assert world.sent == []
    await world.emma.press("Отправить", on=preview)
    await world.emma.wait_for("✓ №1")
    assert [one["text"] for one in world.sent] == ["ы" * 134]


async def test_who_has_no_number_is_read_and_not_answered(world: KannelWorld) -> None:
    await world.says("Счёт на оплату", who="Sberbank")
    card = await world.emma.wait_for("Счёт на оплату")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.reply(card, "Спасибо")
    refusal = await world.emma.wait_for("Ответить некуда")
    assert refusal
    assert world.sent == []
