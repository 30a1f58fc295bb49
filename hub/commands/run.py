"""``hub run``: every role in one process; with ``--demo`` the local Telegram beside them."""

import argparse
import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from hub import wiring
from hub.commands import demo, phones
from hub.commands.frame import Part, report, until_stopped
from hub.commands.opened import opened
from hub.commands.texts import say
from hub.settings import Settings
from hub.starting.demo import read as demo_house

LOOK_SECONDS = 0.1


async def run(args: argparse.Namespace, settings: Settings) -> int:
    async with AsyncExitStack() as stack:
        # Outermost: the bots' last calls still find it at the end.
        telegram = (
            await stack.enter_async_context(phones.local_telegram(settings))
            if settings.demo
            else ""
        )
        hub = await stack.enter_async_context(opened(settings, prepare=True))
        arrived = asyncio.Event()

        async def started() -> str | None:
            return None if arrived.is_set() else "starting"

        hub.health.add("start", started)

        async def welcome(stop: asyncio.Event) -> None:
            if settings.demo:
                await phones.furnish(hub)
                await _until(lambda: phones.furnished(hub), stop)
            arrived.set()
            await _until(lambda: _ready(hub), stop)
            if not stop.is_set():
                _tell(settings, telegram)
            await stop.wait()

        parts: dict[str, Part] = {
            "web": hub.web,
            "worker": hub.worker,
            "scheduler": hub.scheduler,
            "bots": hub.bots,
            "welcome": welcome,
        }
        failed = await until_stopped(parts)
    return report(failed)


async def _ready(hub: wiring.Hub) -> bool:
    return all(one["ok"] for one in (await hub.health.examine()).values())


async def _until(wanted: Callable[[], Awaitable[bool]], stop: asyncio.Event) -> None:
    while not await wanted():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await stop.wait()
        if stop.is_set():
            return


def _tell(settings: Settings, telegram: str) -> None:
    if not settings.demo:
        print(say("said.serving", url=settings.base_url), flush=True)
        return
    house = demo_house()
    site = settings.channel(demo.SITE)
    print(
        say(
            "said.demo",
            url=settings.base_url,
            phones=f"{telegram}/",
            people=[{"login": one.login, "position": one.position} for one in house.staff],
            password=house.password,
            data=settings.data_dir,
            secret=site.get("secret") if site else "",
        ),
        flush=True,
    )
