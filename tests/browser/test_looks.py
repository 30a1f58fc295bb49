"""What a person notices first: the tab says which case is open, the numbers are of now, the focus
stays where the work is, and nothing hangs over the edge of a phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.test_desk import in_front
from tests.support.chromium import available

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]

SMALL = """() => [...document.querySelectorAll("main .btn, .rail-item, .admin-menu a")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 40)
  .map((one) => one.outerHTML.slice(0, 80))"""


async def test_the_tab_is_named_after_the_case_that_was_pressed() -> None:
    async with in_front() as desk:
        await desk.open("/desk?view=all")
        await desk.page.locator("#case-6").click()
        await expect(desk.page).to_have_title(re.compile("№6 · Мороз Андрей$"))
        await desk.page.locator("#case-2").click()
        await expect(desk.page).to_have_title(re.compile("№2 · Петров Илья$"))


async def test_the_number_over_the_list_follows_what_was_taken() -> None:
    async with in_front() as desk:
        await desk.open("/desk?view=queue")
        total = desk.page.locator("#list-total")
        before = int(await total.inner_text())
        await desk.page.locator("#list-body .item").first.click()
        await desk.page.get_by_role("button", name="Взять в работу").click()
        await expect(desk.page.get_by_role("button", name="Завершить")).to_be_visible()
        await desk.page.evaluate("document.body.dispatchEvent(new CustomEvent('hub:list'))")
        await expect(total).to_have_text(str(before - 1) if before > 1 else "")


async def test_a_sheet_opened_from_a_menu_gives_the_focus_back() -> None:
    async with in_front() as desk:
        await desk.open("/desk/cases/6")
        menu = desk.page.locator(".case-acts summary", has_text="Другие действия")
        await menu.focus()
        await desk.page.keyboard.press("Enter")
        await desk.page.locator(".menu-box button", has_text="Передать").press("Enter")
        await expect(desk.page.locator("#to")).to_be_focused()
        await desk.page.keyboard.press("Escape")
        await expect(menu).to_be_focused()


async def test_an_editor_of_settings_takes_the_keyboard() -> None:
    async with in_front() as desk:
        await desk.open("/admin/quick-replies")
        await desk.page.locator(".ledger tbody a").first.press("Enter")
        await expect(desk.page.locator(".editor-head h2")).to_be_focused()


@pytest.mark.parametrize(
    "path", ["/desk/cases/6", "/desk/contacts", "/admin/quick-replies", "/admin/hours", "/desk/me"]
)
async def test_a_phone_shows_everything_and_a_finger_finds_it(path: str) -> None:
    async with in_front(width=390) as desk:
        await desk.open(path)
        wide = await desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        assert await desk.page.evaluate(SMALL) == []


async def test_paper_gets_the_case_alone() -> None:
    async with in_front() as desk:
        await desk.open("/desk/cases/6")
        await desk.page.emulate_media(media="print")
        for hidden in (".rail", ".list", ".composer", ".tabs", ".case-acts"):
            await expect(desk.page.locator(hidden).first).to_be_hidden()
        await expect(desk.page.locator(".bubble").last).to_be_visible()
        await expect(desk.page.locator(".props")).to_be_visible()


async def test_a_notice_waits_for_who_is_about_to_press_it() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/4")
        # Turns of the notice's clock, by hand.
        await page.evaluate("window.turns = []; window.setInterval = (turn) => turns.push(turn)")
        await page.get_by_text("Другие действия").click()
        await page.get_by_role("button", name="Это спам").click()
        await page.locator("#dialog .btn-primary").click()
        notice = page.locator(".toast-box")
        await notice.hover()
        for _ in range(15):
            await page.evaluate("turns.at(-1)()")
        await expect(notice).to_be_visible()
        await page.locator("h1").first.hover()
        for _ in range(15):
            await page.evaluate("turns.at(-1)()")
        await expect(notice).to_have_count(0)
