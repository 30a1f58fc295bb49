"""A local Telegram, the residents' bot as the hub builds it, and people with phones."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from aiogram import Bot

from bots.emulator.server import BotAccount, Emulator, Limits, Person
from channels.telegram.channel import HookedTelegram, PolledTelegram, Telegram
from hub.botapi.bot import make_bot
from hub.botapi.poller import UpdatesPoller
from hub.botapi.webhook import webhook_secret
from hub.domain.message import Address, Outbound, Received
from hub.http.ingress import Ingress
from hub.ports.channel import Accept, RawRequest
from hub.ports.channel_build import ChannelDeps
from hub.ports.clock import SystemClock
from tests.support.kept import KeptRows
from tests.support.phone import Phone

ACCOUNT = "residents"
TOKEN = "100:resident-secret"
DOM = BotAccount(TOKEN, "dom_bot", "Дом")
SVETLANA = Person(501, "Светлана", "Иванова", "sveta", "+79220000001", "жительница", "dom_bot")
PYOTR = Person(502, "Пётр", "Ли", "", "+79220000002", "житель", "dom_bot")


class StoredBytes:
    """Files of the store, in memory. A name that is not there breaks in the middle."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    async def read(
        self, file_id: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        yield b""
        yield self.held[file_id][start:end]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    emulator = Emulator(
        [DOM], [SVETLANA, PYOTR], limits=Limits(mode="off"), rng=random.Random(7), first_pause=0.01
    )
    yield emulator
    await emulator.stop()


@pytest.fixture
async def api(emulator: Emulator) -> str:
    return await emulator.start()


@pytest.fixture
def files() -> StoredBytes:
    return StoredBytes()


def deps(files: StoredBytes, public_url: str = "http://127.0.0.1:9") -> ChannelDeps:
    return ChannelDeps(
        clock=SystemClock(), files=files, public_url=public_url, file_url=lambda name: name
    )


@pytest.fixture
async def bot(api: str) -> AsyncIterator[Bot]:
    bot = make_bot(TOKEN, api, timeout=30.0)
    yield bot
    await bot.session.close()


def polled(bot: Bot, files: StoredBytes) -> PolledTelegram:
    """As `build` makes it, with short waits."""
    channel = PolledTelegram(ACCOUNT, bot, webhook_secret(ACCOUNT, TOKEN), deps(files))
    channel.poller = UpdatesPoller(ACCOUNT, bot, SystemClock(), wait=1, pauses=(0.01, 0.05))
    return channel


def hooked(bot: Bot, files: StoredBytes, public_url: str) -> HookedTelegram:
    secret = webhook_secret(ACCOUNT, TOKEN)
    return HookedTelegram(ACCOUNT, bot, secret, deps(files, public_url))


@pytest.fixture
async def channel(bot: Bot, files: StoredBytes) -> PolledTelegram:
    return polled(bot, files)


@pytest.fixture
def inbox() -> KeptRows:
    return KeptRows()


Listening = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def listening(channel: PolledTelegram, inbox: KeptRows) -> Listening:
    """A poller that runs while the context is open and dies, without goodbye, at its end."""

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        accept: Accept = Ingress({ACCOUNT: channel}, inbox, SystemClock()).accept
        task = asyncio.create_task(channel.listen(accept))
        try:
            yield
            assert not task.done(), task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return run


def understood(channel: Telegram, rows: list[RawRequest]) -> list[Received]:
    return [received for raw in rows for received in channel.parse(raw)]


def outbound(text: str = "", **more: object) -> Outbound:
    """To Svetlana."""
    chat = str(SVETLANA.id)
    to = Address(ACCOUNT, "telegram", chat, f"telegram:{chat}", f"{ACCOUNT}:{chat}")
    return Outbound(id="o1", to=to, text=text, **more)  # type: ignore[arg-type]


@pytest.fixture
async def phone(api: str) -> AsyncIterator[Phone]:
    async with Phone(api, SVETLANA.id, "dom_bot") as phone:
        yield phone


@pytest.fixture
async def other_phone(api: str) -> AsyncIterator[Phone]:
    async with Phone(api, PYOTR.id, "dom_bot") as phone:
        yield phone
