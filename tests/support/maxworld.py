"""A BotWorld whose residents write by MAX; staff are where they were."""

from __future__ import annotations

from types import TracebackType
from typing import cast

import channels
from channels.max.channel import PolledMax
from channels.max.poller import MaxPoller
from hub.ports.channel_build import Account, ChannelDeps
from tests.support.botworld import BotWorld
from tests.support.messenger.phone import MaxPhone
from tests.support.messenger.server import MaxServer
from tests.support.messenger.state import MaxPerson
from tests.support.phone import Phone

TOKEN = "f9LHodD0cOI-resident-bot"
SVETLANA = MaxPerson(700501, "Светлана", "Иванова", "+79220000001")
PYOTR = MaxPerson(700502, "Пётр", "Ли", "+79220000005")


class MaxWorld(BotWorld):
    """`messenger` is the local MAX."""

    async def residents_channel(self) -> object:
        self.messenger = MaxServer(TOKEN, [SVETLANA, PYOTR])
        url = await self.messenger.start()
        host = url.removeprefix("http://")
        channel = channels.build(
            Account(id="dom", kind="max", options={"token": TOKEN, "api": url}),
            ChannelDeps(
                clock=self.clock,
                files=self.store.files,
                public_url="",
                file_url=lambda file: file,
                allow_hosts=frozenset({host}),
            ),
        )
        assert isinstance(channel, PolledMax)
        # People here do not write faster than two requests a second allow, tests do.
        channel.poller = MaxPoller(
            channel._ids, channel._api, self.clock, wait=5, apart=0.0, pauses=(0.02, 0.1)
        )
        return channel

    def residents_phone(self) -> Phone:
        # It does what a phone at the other messenger does.
        return cast(Phone, MaxPhone(self.messenger, SVETLANA.id))

    def neighbour(self) -> MaxPhone:
        """Another resident's phone."""
        return MaxPhone(self.messenger, PYOTR.id)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await super().__aexit__(kind, error, trace)
        await self.messenger.stop()
