"""The same against lo-bot-api-emulator, which others wrote: the main job works there too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from lo_bot_api_emulator import LoBotApiEmulator

from channels.telegram.channel import PolledTelegram
from hub.botapi.bot import make_bot
from hub.domain.message import Accepted, Action, Button, Inbound, OutboundFile, Rejected
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.clock import SystemClock
from tests.integration.channels.telegram.conftest import (
    ACCOUNT,
    SVETLANA,
    TOKEN,
    Listening,
    StoredBytes,
    hooked,
    outbound,
    polled,
    understood,
)
from tests.support.kept import KeptRows
from tests.support.samples import png

USER = SVETLANA.user()
CHAT = {"id": SVETLANA.id, "type": "private", "first_name": "Светлана"}


def said(number: int, **content: Any) -> dict[str, Any]:
    return {
        "message": {"message_id": number, "from": USER, "chat": CHAT, "date": 1795341600, **content}
    }


PRESSED = {
    "callback_query": {
        "id": "77",
        "from": USER,
        "chat_instance": "1",
        "data": "ok:1842",
        "message": {"message_id": 5, "chat": CHAT, "date": 1795341600, "text": "Решено?"},
    }
}


@pytest.fixture
def foreign() -> LoBotApiEmulator:
    return LoBotApiEmulator(allow_insecure_loopback_webhooks=True)


@pytest.fixture
async def bot(foreign: LoBotApiEmulator) -> AsyncIterator[Bot]:
    async with serving(foreign.app(), "127.0.0.1", 0) as port:
        bot = make_bot(TOKEN, f"http://127.0.0.1:{port}", timeout=30.0)
        yield bot
        await bot.session.close()


@pytest.fixture
async def channel(bot: Bot, files: StoredBytes) -> PolledTelegram:
    return polled(bot, files)


async def enqueue(foreign: LoBotApiEmulator) -> None:
    for update in (said(1, text="/start"), said(2, text="Нет воды"), PRESSED):
        await foreign.enqueue_update(update, token=TOKEN)


def kinds(channel: Any, inbox: KeptRows) -> list[str]:
    return [type(one).__name__ for one in understood(channel, list(inbox.rows.values()))]


async def test_polling(
    foreign: LoBotApiEmulator, channel: PolledTelegram, inbox: KeptRows, listening: Listening
) -> None:
    await enqueue(foreign)
    async with listening():
        await inbox.until(3)
    assert kinds(channel, inbox) == [Action.__name__, Inbound.__name__, Action.__name__]


async def test_webhook(
    foreign: LoBotApiEmulator, bot: Bot, files: StoredBytes, inbox: KeptRows
) -> None:
    await enqueue(foreign)
    receivers: dict[str, Any] = {}
    async with serving(
        build(Ingress(receivers, inbox, SystemClock()).routes()), "127.0.0.1", 0
    ) as port:
        receivers[ACCOUNT] = channel = hooked(bot, files, f"http://127.0.0.1:{port}")
        await channel.connect()
        await inbox.until(3)
    assert kinds(channel, inbox) == [Action.__name__, Inbound.__name__, Action.__name__]


async def test_sending(
    foreign: LoBotApiEmulator, channel: PolledTelegram, files: StoredBytes
) -> None:
    files.held = {"1.png": png(), "2.png": png(9, 9), "a.pdf": b"%PDF-1.4 x"}
    pictures = tuple(
        OutboundFile(id=name, name=name, mime="image/png", size=100) for name in ("1.png", "2.png")
    )
    document = OutboundFile(id="a.pdf", name="a.pdf", mime="application/pdf", size=10)
    keys = ((Button("Мой телефон", ask="phone"),),)
    messages = [
        outbound("Здравствуйте", keyboard=keys),
        outbound("Принято", buttons=((Button("Решено", "ok:1"),),)),
        outbound("Готово", files=pictures),
        outbound("Акт", files=(document,)),
    ]
    for message in messages:
        outcome = await channel.send(message)
        assert isinstance(outcome, Accepted), (message, outcome)
    card = await channel.send(outbound("Принято"))
    assert isinstance(card, Accepted)
    edited = await channel.send(outbound("Выполнено", edit=card.external_ids[0]))
    assert edited == card
    await channel.acknowledge("77")
    refused = [one["method"] for one in foreign.requests if one["status"] != 200]
    # It knows no link previews and says so once; after that it is spoken to without them.
    assert refused == ["sendMessage"]


async def test_what_it_does_not_know_is_refused_and_breaks_nothing(
    channel: PolledTelegram,
) -> None:
    outcome = await channel.send(outbound(reaction="👀", in_reply_to=f"100:{SVETLANA.id}:1"))
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "unsupported"
