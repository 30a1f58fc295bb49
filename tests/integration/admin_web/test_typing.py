"""Who writes just now, at the desk and in the resident's app."""

from __future__ import annotations

import asyncio
import json

from aiohttp import ClientResponse

from hub.domain.staff import Actor
from hub.ports.channel import Capabilities
from hub.ports.live import LiveEvent
from tests.support.desk import browsing, furnished, hire
from tests.support.world import World


async def events(stream: ClientResponse) -> tuple[str, dict[str, object]]:
    """The next event of the stream."""
    name = ""
    while True:
        async with asyncio.timeout(60):
            line = (await stream.content.readline()).decode().strip()
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))


async def test_a_resident_who_writes_is_a_sign_and_no_reason_to_look_anew() -> None:
    world = World()
    services, pages, radio = furnished(world)
    await hire(services, "emma")
    await world.say("Нет воды")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        stream = await browser.client.get("/desk/live")
        await stream.content.readline()
        # Of a colleague who writes only the resident hears.
        await radio.publish(LiveEvent(case=1, version=0, what=["typing"], by="olga"))
        await radio.publish(LiveEvent(case=1, version=0, what=["seen"], by="olga"))
        await radio.publish(LiveEvent(case=1, version=0, what=["typing"]))
        assert await events(stream) == ("typing", {"case": 1})
        stream.close()


async def test_staff_who_write_are_told_only_where_the_channel_shows_it() -> None:
    world = World()
    services, pages, radio = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await hire(services, "ivan", "executor")
    await world.say("Нет воды")
    ear: asyncio.Queue[LiveEvent | None] = asyncio.Queue()
    radio.ears.append(ear)
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert (await browser.post("/desk/cases/1/typing", {})).status == 204
        assert ear.empty()
        world.channel.caps = Capabilities(max_text=4096, typing=True)
        page = await (await browser.get("/desk/cases/1")).text()
        assert "data-typing" in page
        assert "Житель печатает…" in page
        assert (await browser.post("/desk/cases/1/typing", {})).status == 204
        told = ear.get_nowait()
        assert told is not None
        assert (told.case, told.what, told.by) == (1, ["typing"], emma.login)
        assert told.contact == (await services.book.load(1)).contact.id
        assert (await browser.post("/desk/cases/777/typing", {})).status == 404
    async with browsing(pages) as browser:
        await browser.come_in("ivan")
        assert (await browser.post("/desk/cases/1/typing", {})).status == 403
