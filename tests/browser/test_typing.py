"""Who writes just now, at the desk in Chromium."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from hub.ports.channel import Capabilities
from hub.ports.live import LiveEvent
from tests.browser.test_desk import in_front
from tests.support.chromium import available, listens

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


async def test_the_desk_tells_and_is_told_who_writes() -> None:
    async with in_front() as desk:
        page = desk.page
        desk.world.channel.caps = Capabilities(max_text=4096, files=True, typing=True)
        await desk.open("/desk/cases/6")
        sign = page.get_by_text("Житель печатает…")
        await expect(sign).to_be_hidden()
        # Who writes is told to those who listen, and never again.
        await listens(page)
        heard: asyncio.Queue[LiveEvent | None] = asyncio.Queue()
        desk.radio.ears.append(heard)
        await desk.radio.publish(LiveEvent(case=5, version=0, what=["typing"]))
        await desk.radio.publish(LiveEvent(case=6, version=0, what=["typing"]))
        await expect(sign).to_be_visible()
        async with page.expect_response("**/desk/cases/6/typing") as told:
            await page.locator("[data-text]").press_sequentially("Здравствуйте")
        assert (await told.value).status == 204
        async with asyncio.timeout(60):
            while (event := await heard.get()) is None or not event.by:
                pass
        assert (event.case, event.what, event.by) == (6, ["typing"], "emma")


async def test_where_the_channel_does_not_show_it_nothing_is_told() -> None:
    async with in_front() as desk:
        page = desk.page
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        await desk.open("/desk/cases/6")
        await page.locator("[data-text]").press_sequentially("Здравствуйте")
        await expect(page.get_by_text("черновик сохранён")).to_be_visible()
        assert not [url for url in asked if url.endswith("/typing")]
