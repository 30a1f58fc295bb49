"""The switch of the shift and one's own settings, in Chromium."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_desk import in_front
from tests.support.chromium import available

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


async def dot(page: Page) -> str:
    """The colour of the mark beside the switch."""
    return str(
        await page.evaluate(
            "getComputedStyle(document.querySelector('.shift'), '::before').backgroundColor"
        )
    )


async def test_the_switch_says_what_is_so_also_after_coming_back() -> None:
    async with in_front() as desk:
        page = desk.page
        switch = page.get_by_label("Смена", exact=True)
        await expect(switch).to_have_value("")
        grey = await dot(page)
        async with page.expect_response("**/desk/shift") as answer:
            await switch.select_option("На смене")
        assert (await answer.value).status == 204
        assert await dot(page) != grey
        person = await desk.world.store.staff.get("emma")
        assert person is not None
        assert person.on_shift is True
        await page.reload()
        await expect(switch).to_have_value("on")


async def test_hours_of_a_digest_are_asked_for_only_where_they_matter() -> None:
    async with in_front() as desk:
        page = desk.page
        await page.locator(".rail details.menu > summary").click()
        await page.get_by_text("Уведомления и смена").click()
        hours = page.get_by_label("Часы сводки")
        await expect(hours).to_be_hidden()
        await page.get_by_text("Сводкой в выбранные часы").click()
        await hours.fill("9, 17")
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.get_by_text("Сохранено", exact=True)).to_be_visible()
        await expect(hours).to_have_value("9, 17")
        person = await desk.world.store.staff.get("emma")
        assert person is not None
        assert person.notices.hours == (9, 17)
