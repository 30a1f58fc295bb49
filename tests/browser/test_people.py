"""Residents and what did not arrive, in Chromium: compared, joined, undone, sent again, live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect

from hub.domain.message import Rejected
from hub.domain.staff import Actor
from tests.browser.people import peopled
from tests.browser.preview import log_in
from tests.browser.test_desk import Desk
from tests.support.chromium import CHROMIUM, FLAGS, available, patient

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


class People(Desk):
    """The desk with its residents; `contact` is the one with a life."""

    contact = ""


@asynccontextmanager
async def looking(width: int = 1440, height: int = 900) -> AsyncIterator[People]:
    world, _, pages, radio, contact = await peopled()
    desk = People(world, pages, radio)
    desk.contact = contact
    await desk.start()
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page(
                viewport={"width": width, "height": height}, locale="ru-RU"
            )
            page.on("pageerror", lambda error: desk.said.append(str(error)))
            desk.page = page
            await patient(page)
            await log_in(page, desk.address)
            yield desk
            await browser.close()
    finally:
        await desk.stop()
    assert desk.said == []


async def sideways(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


async def test_two_cards_are_compared_merged_and_the_toast_takes_it_back() -> None:
    async with looking() as desk:
        page = desk.page
        await page.goto(f"{desk.address}/desk/contacts/{desk.contact}")
        await page.get_by_role("button", name="Сравнить").click()
        dialog = page.locator("#dialog")
        await expect(dialog).to_contain_text("Это один человек?")
        await expect(dialog).to_contain_text("есть в обеих карточках")
        await dialog.get_by_role("button", name="Объединить, главная эта").first.click()
        await expect(dialog).not_to_be_visible()
        await expect(page.locator("#contact")).to_contain_text("Объединённые карточки")
        await expect(page.locator("#days")).to_contain_text("Перерасчёт так и не пришёл")
        await expect(page.locator("h1")).to_contain_text("Мороз Андрей Викторович")
        toast = page.locator("#toasts")
        await expect(toast).to_contain_text("Карточки объединены")
        await toast.get_by_role("button", name="Отменить").click()
        await expect(toast).to_contain_text("Разъединено")
        await expect(page.locator("#contact")).not_to_contain_text("Объединённые карточки")
        await expect(page.locator("#contact")).to_contain_text("Похоже, это тот же человек")
        await page.get_by_role("link", name="Карточка", exact=True).click()
        await expect(page.locator("#days")).to_contain_text("Карточку «А. Мороз» отсоединили")


async def test_an_identity_leaves_and_comes_back() -> None:
    async with looking() as desk:
        page = desk.page
        await page.goto(f"{desk.address}/desk/contacts/{desk.contact}")
        claimed = page.locator(".identity", has_text="со слов")
        await claimed.locator("summary").click()
        await claimed.get_by_role("button", name="Подтвердить кодом").click()
        await expect(page.locator("#toasts")).to_contain_text("Код отправлен: +7 (987) 987-98-75")
        await claimed.locator("summary").click()
        await claimed.get_by_role("button", name="Это не его").click()
        await expect(page.locator(".identity")).to_have_count(1)
        await expect(page.locator("#days")).to_contain_text("Отсоединили: Телефон")


async def test_a_card_is_edited_where_it_stands() -> None:
    async with looking() as desk:
        page = desk.page
        await page.goto(f"{desk.address}/desk/contacts/{desk.contact}")
        await page.get_by_role("button", name="Изменить карточку").click()
        await page.fill("#name", "Мороз А. В.")
        await page.fill("#phone", "12")
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.locator("#sheet-problem")).to_contain_text("такого значения нет")
        await page.fill("#phone", "8 987 000-11-22")
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.locator("h1")).to_contain_text("Мороз А. В.")
        await expect(page.locator("#contact")).to_contain_text("+7 (987) 000-11-22")


async def test_a_long_life_scrolls_on() -> None:
    async with looking() as desk:
        for number in range(90):
            await desk.world.say(
                f"Письмо {number}", "petrov", channel="http", conversation=f"site:p:{number % 5}"
            )
            desk.world.clock.forward(minutes=3)
        case = await desk.world.services.book.load(2)
        await desk.page.goto(f"{desk.address}/desk/contacts/{case.contact.id}")
        await expect(desk.page.locator("#days")).to_contain_text("Письмо 89")
        for _ in range(6):
            more = desk.page.locator("#days .more")
            if not await more.count():
                break
            before = await desk.page.locator(".line-item").count()
            await more.scroll_into_view_if_needed()
            await desk.page.wait_for_function(
                "count => document.querySelectorAll('.line-item').length > count"
                " || !document.querySelector('#days .more')",
                arg=before,
            )
        await expect(desk.page.locator("#days")).to_contain_text("Показания: ХВС 128")
        ids = await desk.page.eval_on_selector_all(".line-item", "all => all.map(one => one.id)")
        # The first case with its message, the answer, what the hub said of the result.
        assert len(ids) == len(set(ids)) == 90 + 5 + 4


async def test_failures_come_live_and_go_by_one_press() -> None:
    async with looking() as desk:
        page = desk.page
        emma = Actor.of(await desk.pages.services.people.get("emma"))
        await page.goto(f"{desk.address}/desk/failures")
        await expect(page.locator(".failure")).to_have_count(5)
        desk.world.channel.outcomes = [Rejected("blocked")]
        await desk.pages.services.replies.send(4, emma, "Мы вам перезвоним")
        await desk.world.settle()
        await desk.radio.publish(desk.world.heard.events[-1])
        await expect(page.locator(".failure")).to_have_count(6)
        await (
            page.locator(".failure", has_text="№5").get_by_role("button", name="Повторить").click()
        )
        await expect(page.locator(".failure")).to_have_count(5)
        await expect(page.locator("#badge-failures")).to_have_text("5")
        await page.get_by_label("Все на странице").check()
        await page.locator(".book-acts").get_by_role("button", name="Убрать").click()
        await expect(page.locator(".failure")).to_have_count(0)
        await expect(page.locator("main")).to_contain_text("Всё дошло")


async def test_another_way_is_chosen_in_a_sheet() -> None:
    async with looking() as desk:
        page = desk.page
        await page.goto(f"{desk.address}/desk/failures")
        row = page.locator(".failure", has_text="№6")
        await row.get_by_role("button", name="Иначе…").click()
        await expect(page.locator("#dialog")).to_contain_text("Другого способа")
        await page.get_by_role("link", name="Карточка жителя").click()
        await expect(page.locator("h1")).to_contain_text("Мороз")


@pytest.mark.parametrize("width", [1000, 390, 320])
async def test_nothing_hangs_over_the_edge(width: int) -> None:
    async with looking(width, 760) as desk:
        for path in ("/desk/failures", "/desk/contacts", f"/desk/contacts/{desk.contact}"):
            await desk.page.goto(f"{desk.address}{path}")
            assert await sideways(desk.page) <= 0, path
        await desk.page.get_by_role("button", name="Сравнить").click()
        await expect(desk.page.locator("#dialog")).to_contain_text("Это один человек?")
        assert await sideways(desk.page) <= 0


async def test_the_keyboard_goes_to_residents_and_through_them() -> None:
    async with looking() as desk:
        page = desk.page
        await page.goto(f"{desk.address}/desk")
        await page.keyboard.press("g")
        await page.keyboard.press("c")
        await page.wait_for_url("**/desk/contacts")
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/desk/contacts/*")
        await page.keyboard.press("g")
        await page.keyboard.press("f")
        await page.wait_for_url("**/desk/failures")


async def test_what_is_written_first_can_be_sent_once_it_is_filled_in() -> None:
    async with looking() as desk:
        page = desk.page
        await desk.open(f"/desk/contacts/{desk.contact}")
        await page.locator(f'[hx-get$="/{desk.contact}/write"]').first.click()
        send = page.locator("#dialog .btn-primary")
        await expect(send).to_be_disabled()
        await page.locator("#dialog textarea").fill("Мастер будет завтра")
        await expect(send).to_be_enabled()
        await page.locator("#dialog textarea").fill("")
        await expect(send).to_be_disabled()
        # A short message has no subject: none is asked for.
        await page.locator("#dialog textarea").fill("Мастер будет завтра")
        await send.click()
        await page.wait_for_url("**/desk/cases/*")
        await expect(page.locator("#pane")).to_contain_text("Мастер будет завтра")
