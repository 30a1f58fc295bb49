"""A local MAX, the channel as the hub builds it, and people with phones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from channels.max.api import Api
from channels.max.channel import HookedMax, Max, PolledMax
from channels.max.hook import webhook_secret
from channels.max.ids import Ids
from channels.max.poller import MaxPoller
from channels.max.sending import Sending
from hub.domain.message import Address, Outbound, Received
from hub.http.ingress import Ingress
from hub.ports.channel import Accept, RawRequest
from hub.ports.channel_build import ChannelDeps
from hub.ports.clock import SystemClock
from tests.support.kept import KeptRows
from tests.support.messenger.phone import MaxPhone
from tests.support.messenger.server import MaxServer
from tests.support.messenger.state import MaxPerson

ACCOUNT = "residents"
TOKEN = "f9LHodD0cOI-resident-bot"
SVETLANA = MaxPerson(700501, "Светлана", "Иванова", "+79220000001")
PYOTR = MaxPerson(700502, "Пётр", "Ли", "+79220000002")
PATIENCE = 0.8


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
async def messenger() -> AsyncIterator[MaxServer]:
    server = MaxServer(TOKEN, [SVETLANA, PYOTR])
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def files() -> StoredBytes:
    return StoredBytes()


def deps(messenger: MaxServer, files: StoredBytes, public_url: str = "") -> ChannelDeps:
    return ChannelDeps(
        clock=SystemClock(),
        files=files,
        public_url=public_url,
        file_url=lambda name: name,
        allow_hosts=frozenset({messenger.url.removeprefix("http://")}),
        max_file=1024 * 1024,
    )


def api(messenger: MaxServer, token: str = TOKEN) -> Api:
    return Api(token, messenger.url, timeout=30.0)


def polled(messenger: MaxServer, files: StoredBytes, token: str = TOKEN) -> PolledMax:
    """As `build` makes it, with short waits."""
    server = api(messenger, token)
    channel = PolledMax(
        ACCOUNT, server, token, webhook_secret(ACCOUNT, token), deps(messenger, files)
    )
    channel.poller = MaxPoller(
        Ids(ACCOUNT), server, SystemClock(), wait=1, apart=0.0, pauses=(0.01, 0.05)
    )
    channel._sending = Sending(server, channel._uploads, patience=PATIENCE)
    return channel


def hooked(messenger: MaxServer, files: StoredBytes, public_url: str) -> HookedMax:
    secret = webhook_secret(ACCOUNT, TOKEN)
    return HookedMax(ACCOUNT, api(messenger), TOKEN, secret, deps(messenger, files, public_url))


@pytest.fixture
async def channel(messenger: MaxServer, files: StoredBytes) -> AsyncIterator[PolledMax]:
    channel = polled(messenger, files)
    yield channel
    await channel.close()


@pytest.fixture
def inbox() -> KeptRows:
    return KeptRows()


Listening = Callable[[], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def heard(channel: PolledMax, inbox: KeptRows) -> AsyncIterator[None]:
    """A poller that runs while the context is open and dies, without goodbye, at its end."""
    accept: Accept = Ingress({ACCOUNT: channel}, inbox, SystemClock()).accept
    task = asyncio.create_task(channel.listen(accept))
    try:
        yield
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def listening(channel: PolledMax, inbox: KeptRows) -> Listening:
    return lambda: heard(channel, inbox)


def understood(channel: Max, rows: list[RawRequest]) -> list[Received]:
    return [received for raw in rows for received in channel.parse(raw)]


def outbound(text: str = "", *, to: int = SVETLANA.id, **more: object) -> Outbound:
    """To Svetlana."""
    name = str(to)
    address = Address(ACCOUNT, "max", name, f"max:{name}", f"{ACCOUNT}:{name}")
    return Outbound(id="o1", to=address, text=text, **more)  # type: ignore[arg-type]


@pytest.fixture
def phone(messenger: MaxServer) -> MaxPhone:
    return MaxPhone(messenger, SVETLANA.id)


@pytest.fixture
def other_phone(messenger: MaxServer) -> MaxPhone:
    return MaxPhone(messenger, PYOTR.id)
