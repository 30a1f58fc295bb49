"""The example of a resident app, pressed as a resident would."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hub.ports.live import LiveEvent
from tests.browser.appworld import in_front
from tests.support.chromium import available

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


async def write(page: Page, text: str) -> None:
    """Type and send."""
    await page.get_by_label("Сообщение", exact=True).fill(text)
    await page.get_by_role("button", name="Отправить").click()


async def looked_at(page: Page, name: str) -> None:
    """A picture, where somebody wants to see it."""
    if folder := os.environ.get("HUB_APP_SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_resident_writes_and_is_answered(tmp_path: Path) -> None:
    async with in_front() as shown:
        page, world = shown.page, shown.world
        await expect(page.get_by_text("на связи")).to_be_visible()
        await expect(page.get_by_text("Пока ничего нет")).to_be_visible()
        await looked_at(page, "empty")
        photo = tmp_path / "течь.png"
        photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
        await page.locator("#file").set_input_files(photo)
        await write(page, "Течёт труба в ванной, вода уже на полу")
        await expect(page.locator(".line.mine")).to_contain_text("Течёт труба")
        await expect(page.locator(".line.mine")).to_contain_text("течь.png")
        await expect(page.locator(".line.mine footer")).to_contain_text("отправлено")
        await expect(page.locator("#place")).to_contain_text("№1 · принято")
        await world.services.casework.take(1, shown.emma)
        await expect(page.locator("#place")).to_contain_text("в работе")
        await world.services.casework.seen(1, shown.emma)
        await world.radio.publish(LiveEvent(case=1, version=0, what=["typing"], by="emma"))
        await expect(page.get_by_text("Диспетчер пишет…")).to_be_visible()
        await shown.answer(1, "Слесарь будет в течение часа. Перекройте, пожалуйста, стояк.")
        await expect(page.locator(".line:not(.mine)")).to_contain_text("Слесарь будет")
        await expect(page.locator(".line.mine footer")).to_contain_text("прочитано")
        await looked_at(page, "talk")
        case = await world.services.book.load(1)
        await expect(page.locator(".line:not(.mine)")).to_have_count(1)
        assert case.premises == "ул. Ленина, д. 5, кв. 31"
        await world.services.casework.resolve(1, "done", shown.emma)
        await page.get_by_role("button", name="Не помогло").click()
        await expect(page.get_by_role("button", name="Помогло", exact=True)).to_be_hidden()
        await page.get_by_role("button", name="Не решено").click()
        await expect(page.locator("#place")).to_contain_text("в работе")
        assert (await world.services.book.load(1)).rating == -1
        assert shown.errors == []


async def test_while_the_app_is_closed_answers_are_notifications() -> None:
    async with in_front() as shown:
        page = shown.page
        await write(page, "Не горит свет")
        await expect(page.locator("#place")).to_contain_text("№1")
        await page.get_by_role("button", name="К списку").click()
        await page.get_by_role("button", name="Закрыть приложение").click()
        await expect(page.locator("#pushes")).to_be_empty()
        await shown.answer(1, "Электрик выехал")
        await expect(page.locator("#pushes li")).to_contain_text("Электрик выехал")
        await looked_at(page, "closed")
        await page.get_by_role("button", name="Открыть приложение").click()
        await expect(page.locator(".badge")).to_have_text("1")
        await looked_at(page, "list")
        await page.locator(".card").click()
        await expect(page.locator(".line:not(.mine)")).to_have_count(1)
        await page.get_by_role("button", name="К списку").click()
        await expect(page.locator(".badge")).to_have_count(0)
        assert shown.errors == []


async def test_another_resident_sees_nothing_of_it() -> None:
    async with in_front() as shown:
        page = shown.page
        await write(page, "Только моё")
        await expect(page.locator("#place")).to_contain_text("№1")
        await page.get_by_text("Илья Петров").click()
        await expect(page.get_by_text("Пока ничего нет")).to_be_visible()
        await expect(page.get_by_text("Только моё")).to_have_count(0)
        await page.reload()
        await expect(page.get_by_text("Пока ничего нет")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_phone_in_both_themes(scheme: str) -> None:
    async with in_front(scheme, width=390) as shown:
        page = shown.page
        for text in ("Нет горячей воды второй день, соседи тоже жалуются", "Скрипит дверь"):
            await write(page, text)
            await expect(page.locator("#title")).to_contain_text(text[:20])
            await page.get_by_role("button", name="К списку").click()
        await expect(page.locator(".card")).to_have_count(2)
        await looked_at(page, f"phone-list-{scheme}")
        await page.locator(".card").last.click()
        await shown.answer(1, "Авария на теплотрассе, обещают к вечеру.\nИзвините за неудобства.")
        await expect(page.locator(".line:not(.mine)")).to_be_visible()
        await looked_at(page, f"phone-talk-{scheme}")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
