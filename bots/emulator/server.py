"""The local Telegram as one thing that can be started and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from bots.emulator.accounts import BotAccount, Person
from bots.emulator.api import REQUEST_LIMIT, BotApi
from bots.emulator.clock import Clock, SystemClock
from bots.emulator.limits import Limits
from bots.emulator.phones.control import Control, refusals
from bots.emulator.phones.faults import FaultSwitch
from bots.emulator.phones.live import Live
from bots.emulator.phones.page import Page
from bots.emulator.webhooks import FIRST_PAUSE, WebhookPusher
from bots.emulator.world import World

__all__ = ["BotAccount", "Emulator", "Limits", "Person"]

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Emulator:
    """A Bot API server with a page of phones, on loopback.

    `data` is the folder where everything is kept over restarts; without it all lives in memory.
    `first_pause` (seconds) is the pause after the first refusal of a webhook; it doubles.
    `fonts` is a folder with `golos-text.css` for the page.
    """

    def __init__(
        self,
        bots: Iterable[BotAccount] = (),
        people: Iterable[Person] = (),
        data: Path | None = None,
        desk_url: str | None = None,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        first_pause: float = FIRST_PAUSE,
        fonts: Path | None = None,
    ) -> None:
        self.world = World(
            clock=clock or SystemClock(),
            rng=rng or random.SystemRandom(),
            limits=limits or Limits(),
            data=data,
        )
        for account in bots:
            self.world.add_bot(account)
        for person in people:
            self.world.add_person(person)
        self._pusher = WebhookPusher(self.world.clock, first_pause)
        self._runner: web.AppRunner | None = None
        self._writer: asyncio.Task[None] | None = None
        self.api = BotApi(self.world, self._pusher)
        self.app = web.Application(
            client_max_size=REQUEST_LIMIT, middlewares=[same_machine, refusals]
        )
        self.api.routes(self.app)
        Control(self.world, self.api, desk_url).routes(self.app)
        Live(self.world).routes(self.app)
        FaultSwitch(self.world).routes(self.app)
        Page(desk_url, fonts).routes(self.app)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; returns the root address, to be used as the Bot API's base."""
        if host not in LOOPBACK:
            raise ValueError("the local Telegram listens on loopback only")
        if self.world.kept is not None:
            self._writer = asyncio.create_task(self.world.kept.run())
        await self._pusher.start()
        for bot in self.world.bots.values():
            bot.mailbox.open()
            await self._pusher.follow(bot.id, bot.mailbox)
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{bound}"

    async def stop(self) -> None:
        """Stop listening, end what waits, write down what is left."""
        await self._pusher.stop()
        for bot in self.world.bots.values():
            bot.mailbox.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer
            self._writer = None
        if self.world.kept is not None:
            await self.world.kept.close()


@web.middleware
async def same_machine(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Only pages of this server may drive phones: a name that points here is not enough."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if host not in LOOPBACK or (foreign and request.method != "GET"):
        raise web.HTTPForbidden
    return await handler(request)
