"""Houses and hours in Chromium: added, ticked for printing, set; wide and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.browser.preview import log_in, serve
from tests.support.chromium import CHROMIUM, FLAGS, available, patient

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


@pytest.fixture(params=[(1440, 900), (390, 820)], ids=["wide", "phone"])
async def admin(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Page, str]]:
    runner, address = await serve(0)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        width, height = request.param
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale="ru-RU"
        )
        await patient(context)
        page = await context.new_page()
        said: list[str] = []
        page.on(
            "console",
            # A refused form is answered 422, and the browser tells of that too.
            lambda one: (
                said.append(one.text) if one.type == "error" and "422" not in one.text else None
            ),
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        await log_in(page, address)
        try:
            yield page, address
            assert said == []
        finally:
            await browser.close()
            await runner.cleanup()


async def fits(page: Page) -> bool:
    """Nothing is wider than the window."""
    return bool(
        await page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


async def test_a_house_is_added_and_its_sheet_is_asked_for(admin: tuple[Page, str]) -> None:
    page, address = admin
    await page.goto(f"{address}/admin/houses")
    assert await fits(page)
    await page.get_by_role("link", name="Новый дом").click()
    await page.get_by_label("Адрес", exact=True).fill("пр. Карельский, д. 7")
    await page.get_by_role("button", name="Сохранить").click()
    await expect(page.get_by_role("img", name="QR-код, который открывает чат")).to_be_visible()
    # It has its place before it is drawn.
    await page.evaluate("document.querySelector('img.code').decode()")
    drawn = await page.evaluate("document.querySelector('img.code').naturalWidth")
    assert drawn > 100
    assert await fits(page)
    await page.goto(f"{address}/admin/houses")
    for name in ("пр. Карельский, д. 7", "пр. Ленина, д. 20"):
        await page.get_by_label(f"Отметить для печати: {name}").check()
    await page.get_by_label("Размер листа").select_option("a4")
    async with page.context.expect_event(
        "request", lambda request: "/sheets.pdf" in request.url
    ) as asked:
        await page.get_by_role("button", name="Печать").click()
    query = parse_qsl(urlsplit((await asked.value).url).query)
    assert [name for name, _ in query] == ["size", "code", "code"]
    assert ("size", "a4") in query
    assert ("code", "b9c4rz5") in query


async def test_hours_are_set_and_a_slip_is_said_in_place(admin: tuple[Page, str]) -> None:
    page, address = admin
    await page.goto(f"{address}/admin/hours/office")
    assert await fits(page)
    await page.get_by_label("Пн", exact=True).fill("с утра до вечера")
    await page.get_by_role("button", name="Сохранить").click()
    await expect(page.get_by_role("alert")).to_have_text("Часы недели: указано неверно.")
    await expect(page.get_by_label("Пн", exact=True)).to_have_value("с утра до вечера")
    await page.get_by_label("Пн", exact=True).fill("9-18")
    await page.get_by_role("button", name="Сохранить").click()
    await expect(page.get_by_label("Пн", exact=True)).to_have_value("09:00–18:00")
    await page.goto(f"{address}/admin/hours")
    assert await fits(page)
    await expect(page.get_by_role("row", name="Абонентский отдел")).not_to_contain_text(
        "как у всей организации"
    )
