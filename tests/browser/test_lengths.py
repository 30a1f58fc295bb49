"""The length of an SMS stands beside it while one writes, in Chromium."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from hub.ports.channel import Capabilities
from tests.browser.test_desk import Desk, in_front
from tests.support.chromium import available

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


def counts(desk: Desk, **more: bool) -> None:
    """The residents' account sends short messages from now on."""
    desk.world.channel.caps = Capabilities(
        max_text=1530, segments="sms", max_segments=10, files=True, **more
    )


async def _picture(desk: Desk, name: str) -> None:
    if folder := os.environ.get("HUB_LOOK"):
        await desk.page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def test_it_is_counted_while_one_writes() -> None:
    async with in_front() as desk:
        counts(desk)
        await desk.open("/desk/cases/6")
        text, length = desk.page.locator("[data-text]"), desk.page.locator("[data-length]")
        await text.fill("Мастер будет завтра")
        await expect(length).to_have_text("1 SMS · 19 из 70 знаков")
        await text.fill("ы" * 134)
        await expect(length).to_have_text("2 SMS · 134 из 134 знаков")
        await _picture(desk, "sms")
        await text.fill("ы" * 700)
        await expect(length.locator(".late")).to_contain_text("не больше 10 SMS")
        await desk.page.click('[data-mode-switch="note"]')
        await expect(length).to_be_hidden()
        await text.fill("")
        await desk.page.click('[data-mode-switch="reply"]')
        await expect(length).to_be_empty()
        assert desk.complaints() == []


async def test_what_goes_in_latin_letters_is_said() -> None:
    async with in_front(width=390) as desk:
        counts(desk, latin=True)
        await desk.open("/desk/cases/6")
        await desk.page.locator("[data-text]").fill("Мастер будет завтра")
        length = desk.page.locator("[data-length]")
        await expect(length).to_contain_text("из 160 знаков")
        await expect(length.locator("[title]")).to_have_attribute("title", "Master budet zavtra")
        await _picture(desk, "sms_narrow")


async def test_where_nothing_is_counted_nothing_is_said() -> None:
    async with in_front() as desk:
        await desk.open("/desk/cases/6")
        await desk.page.locator("[data-text]").fill("Мастер будет завтра")
        await expect(desk.page.locator(".composer-saved")).not_to_be_empty()
        await expect(desk.page.locator("[data-length]")).to_be_empty()
