"""Calls in Chromium: the window comes by itself and goes, a recording plays, numbers are called."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from admin_web.app import build
from tests.browser.callhouse import MOROZ, SVETA, CallHouse, call_house
from tests.browser.preview import log_in
from tests.support.chromium import CHROMIUM, FLAGS, available, patient

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


class Desk:
    """The dispatcher's page and the exchange behind it."""

    def __init__(self, house: CallHouse, page: Page, address: str) -> None:
        self.house, self.page, self.address = house, page, address

    async def open(self, path: str) -> None:
        await self.page.goto(self.address + path)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    house = await call_house()
    await house.morning()
    runner = web.AppRunner(build(house.pages))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, "--autoplay-policy=no-user-gesture-required"]
        )
        page = await browser.new_page(locale="ru-RU", viewport={"width": 1440, "height": 900})
        await patient(page)
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        await log_in(page, address)
        yield Desk(house, page, address)
        await browser.close()
    await runner.cleanup()
    assert broken == []


async def test_the_window_comes_by_itself_and_goes_on_answer(desk: Desk) -> None:
    await desk.open("/desk/cases/6")
    ring = desk.page.locator("[data-ringing]")
    await expect(desk.page.locator("#ringing")).to_be_attached()
    await expect(ring).to_have_count(0)
    await desk.house.ring()
    await expect(ring).to_contain_text("Поступил звонок")
    await expect(ring).to_contain_text("Мороз Андрей Викторович")
    # Never over the composer: what is being written stays in reach.
    window, composer = (
        await ring.bounding_box(),
        await desk.page.locator(".composer").bounding_box(),
    )
    assert window is not None
    assert composer is not None
    assert window["x"] >= composer["x"] + composer["width"]
    await desk.house.hear("answered", "now", MOROZ, leg="b", extension="777")
    await expect(ring).to_have_count(0)


async def test_it_is_put_away_and_stays_away(desk: Desk) -> None:
    await desk.open("/desk")
    await desk.house.ring()
    ring = desk.page.locator("[data-ringing]")
    await ring.locator("[data-ring-close]").click()
    await expect(ring).to_have_count(0)
    async with desk.page.expect_response("**/desk/calls/ringing"):
        await desk.house.hear("ringing", "now", MOROZ, leg="c", extension="510")
    await expect(ring).to_have_count(0)
    await desk.house.ring(SVETA, "other")
    await expect(ring).to_contain_text("+7 (911) 000-22-33")


async def test_a_case_is_made_out_of_the_window(desk: Desk) -> None:
    await desk.open("/desk")
    await desk.house.ring()
    await desk.page.click("[data-ringing] .btn-primary")
    dialog = desk.page.locator("#dialog")
    await expect(dialog).to_contain_text("Мороз Андрей Викторович")
    await desk.page.fill("#dialog #text", "Не работает лифт")
    await desk.page.click("#dialog .btn-primary")
    await desk.page.wait_for_url("**/desk/cases/7")
    await expect(desk.page.locator(".case-call")).to_be_visible()
    await expect(desk.page.locator(".call-entry")).to_contain_text("+7 (916) 123-45-67")


async def test_a_recording_plays_and_is_sought_through(desk: Desk) -> None:
    await desk.open("/desk/cases/6?tab=calls")
    player = desk.page.locator(".call-entry [data-player]")
    await expect(player.locator("time")).to_have_text("00:00 / 02:45")
    async with desk.page.expect_response("**/recording*") as heard:
        await player.locator("[data-play]").click()
    assert (await heard.value).status in {200, 206}
    # Two seconds of sound: the length is that of the recording itself.
    await expect(player.locator("time")).to_contain_text("/ 00:02")
    await player.locator("input").evaluate(
        "one => { one.value = 1; one.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    await expect(player.locator("time")).to_contain_text("00:0")
    mute = player.locator("[data-mute]")
    for off in ("true", "false"):
        await mute.click()
        await expect(mute).to_have_attribute("aria-pressed", off)


async def test_the_log_shows_what_happens_and_numbers_are_called(desk: Desk) -> None:
    await desk.open("/desk/calls?tab=missed")
    await expect(desk.page.locator(".call")).to_have_count(2)
    await desk.house.hear("ringing", "m1", "+79990001122")
    await desk.house.hear("ended", "m1", "+79990001122", result="no_answer")
    await expect(desk.page.locator(".call")).to_have_count(3)
    await expect(desk.page.locator("[aria-selected=true]")).to_contain_text("Пропущенные 3")
    await desk.open("/desk/cases/6")
    await desk.page.click('.props a[href^="tel:"]')
    await expect(desk.page.locator("#toasts")).to_contain_text("Звоним на ваш телефон")
    assert desk.house.pbx.orders[0][:2] == ("call", "510")
