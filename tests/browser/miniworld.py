"""Residents and staff at their phones, bots, and the desk that opens inside them: all of it over
twins of the stores. `python -m tests.browser.miniworld [PORT]` serves it for looking."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aiohttp import web

from admin_web.app import build
from admin_web.live import Fanout
from admin_web.miniapp.app import COOKIE, ROOT, MiniApp
from admin_web.miniapp.initdata import key_of
from admin_web.pages import Account, Pages
from hub.botapi.menu import set_menu
from tests.support.botworld import SHIFT, BotWorld
from tests.support.desk import ZONE, CountingBudget, MemorySessions, Radio, bot_address, deep_links


@dataclass(frozen=True)
class MiniWorld:
    """`url` is the root of the pages; phones are at `world.url`."""

    world: BotWorld
    url: str


class Later:
    """A clock that is ahead."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by


@asynccontextmanager
async def mini_world(late: timedelta = timedelta()) -> AsyncIterator[MiniWorld]:
    """Hired staff, the staff bot's keys and menu leading to the desk. `late`: by how much later
    the pages believe it to be than Telegram."""
    radio = Radio()
    async with BotWorld(live=radio) as world:
        services = world.services
        # The twin of the budget counts nothing, and data that was used once opens nothing again.
        deps = replace(services.deps, budget=CountingBudget(), clock=Later(late))
        once = replace(services, deps=deps)
        pages = Pages(
            services=once,
            sessions=MemorySessions(),
            zone=ZONE,
            accounts=(Account("dom", "telegram"),),
            bot_address=bot_address,
            deep_links=deep_links,
            fanout=Fanout(radio),
            mini=MiniApp(
                sessions=MemorySessions(COOKIE, ROOT),
                keys={"shift": key_of(SHIFT.token)},
                max_age=timedelta(hours=1),
                frames=(world.url,),
            ),
        )
        runner = web.AppRunner(build(pages), shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        bot = replace(world.staff_bot, app=f"{url}/mini/open/shift", desk=f"{url}/desk")
        world.bots.bots["shift"] = bot
        await set_menu(bot.bot, "Обращения", bot.app)
        await world.hire()
        yield MiniWorld(world, url)
        await runner.cleanup()


async def main() -> None:
    """Serve until interrupted."""
    async with mini_world() as mini:
        sys.stdout.write(f"{mini.world.url}/phones\n{mini.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
