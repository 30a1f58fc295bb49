"""The local Telegram beside the hub, and sample staff who come in by their phones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

import aiohttp

from bots.emulator.demo import demo_cast
from bots.emulator.server import Emulator
from hub import wiring
from hub.commands import demo
from hub.domain.staff import SYSTEM
from hub.settings import Settings
from hub.starting import demo as house


@asynccontextmanager
async def local_telegram(settings: Settings) -> AsyncIterator[str]:
    """The local Telegram with its page of phones; gives its address."""
    cast = demo_cast()
    emulator = Emulator(
        cast.bots,
        cast.people,
        settings.data_dir / "telegram",
        f"{settings.base_url}/desk",
        fonts=Path(str(files("admin_web"))) / "static" / "vendor",
    )
    held = demo.kept(settings.data_dir)
    assert held is not None
    address = await emulator.start(port=held.port)
    try:
        yield address
    finally:
        await emulator.stop()


async def furnish(hub: wiring.Hub) -> None:
    """Sample staff and quick replies; every phone of staff opens its one-time link, as a person
    would, so that the bot knows whom it speaks with."""
    await house.install(hub.services)
    people = hub.services.people
    bot = hub.settings.bots[0]
    directory = await people.directory()
    async with aiohttp.ClientSession() as session:
        for one in house.read().staff:
            person = directory.staff.get(one.login)
            if not one.phone or person is None or person.link(bot.id) is not None:
                continue
            token = await people.one_time_link(one.login, SYSTEM)
            chat = f"{bot.api}/phones/api/people/{one.phone}/chats/{bot.username}"
            async with session.post(f"{chat}/start", json={"payload": token}) as answer:
                answer.raise_for_status()


async def furnished(hub: wiring.Hub) -> bool:
    """Whether every phone of staff has come in."""
    hub.services.deps.staff.forget()
    directory = await hub.services.people.directory()
    bot = hub.settings.bots[0].id
    wanted = [directory.staff.get(one.login) for one in house.read().staff if one.phone]
    return all(one is None or not one.active or one.link(bot) for one in wanted)
