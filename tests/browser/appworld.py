"""The example app in Chromium over a world of twins, where what was kept is understood at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright

from hub.domain.staff import Actor
from hub.http.app.example import Example
from hub.texts import TemplateTexts
from tests.support.api import furnish
from tests.support.chromium import CHROMIUM, FLAGS, patient
from tests.support.desk import ZONE
from tests.support.residentapp import AppWorld


@dataclass
class Shown:
    """The page, who made it, and what stands behind it."""

    page: Page
    browser: Browser
    world: AppWorld
    address: str
    emma: Actor
    errors: list[str]

    async def answer(self, number: int, text: str) -> None:
        """The operator answers."""
        await self.world.services.replies.send(number, self.emma, text)


@asynccontextmanager
async def in_front(scheme: str = "light", width: int = 1000) -> AsyncIterator[Shown]:
    """The example, opened."""
    world = AppWorld(push_url="http://127.0.0.1:9/push", push_secret="of-pushes")
    texts = TemplateTexts(world.clock, ZONE)
    object.__setattr__(world.deps, "texts", texts)
    await furnish(world)
    app = web.Application()
    app.add_subapp("/app/v1", world.application())
    options = {key: str(value) for key, value in world.options.items()}
    app.add_subapp("/app/example", Example(options, world.clock, texts).application())
    server = TestServer(app)
    await server.start_server()
    address = str(server.make_url("")).rstrip("/")
    world.door._pushing._address = f"{address}/app/example/push"
    understanding = asyncio.create_task(_understand(world))
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = await browser.new_context(
                viewport={"width": width, "height": 860},
                color_scheme=scheme,  # type: ignore[arg-type]
                locale="ru-RU",
                timezone_id="Europe/Moscow",
            )
            await patient(context)
            page = await context.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on(
                "console",
                lambda said: errors.append(said.text) if said.type == "error" else None,
            )
            await page.goto(f"{address}/app/example")
            emma = Actor.of(await world.services.people.get("emma"))
            yield Shown(page, browser, world, address, emma, errors)
            await browser.close()
    finally:
        understanding.cancel()
        await asyncio.gather(understanding, return_exceptions=True)
        await world.door.close()
        await server.close()


async def _understand(world: AppWorld) -> None:
    while True:
        await world.settle()
        await asyncio.sleep(0.02)
