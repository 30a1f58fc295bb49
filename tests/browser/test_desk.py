"""The main job on the web, in Chromium: take, answer, note, files, live, undo."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from admin_web.app import build
from admin_web.live import Fanout
from admin_web.pages import Pages
from hub.domain.staff import Actor
from tests.browser.house import sample
from tests.browser.preview import log_in
from tests.support.chromium import CHROMIUM, FLAGS, available, listens, patient
from tests.support.desk import PASSWORD, Radio
from tests.support.ports import free_port
from tests.support.samples import png
from tests.support.world import World

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


class Desk:
    """A page in front of the dispatcher, and the world behind it."""

    page: Page

    def __init__(self, world: World, pages: Pages, radio: Radio) -> None:
        self.world = world
        self.pages = pages
        self.radio = radio
        self.port = free_port()
        self.said: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Serve, after a stop at the same address with the same sessions."""
        self.pages = replace(self.pages, fanout=Fanout(self.radio))
        self.runner = web.AppRunner(build(self.pages))
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        await self.runner.cleanup()

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.address}{path}")

    async def resident(self, text: str, who: str = "moroz") -> None:
        """A resident writes; the pages hear of it as they do from the hub."""
        await self.world.say(text, who)
        event = self.world.heard.events[-1]
        await self.radio.publish(event)

    def complaints(self) -> list[str]:
        """What the browser refused or could not do, refusals of pages that we asked for aside."""
        return [said for said in self.said if not said.startswith("Failed to load resource")]


@asynccontextmanager
async def in_front(width: int = 1440) -> AsyncIterator[Desk]:
    world, _, pages, radio = await sample()
    desk = Desk(world, pages, radio)
    await desk.start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": width, "height": 860}, locale="ru-RU")
        desk.page = page
        await patient(page)
        page.on("console", lambda one: desk.said.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: desk.said.append(str(error)))
        try:
            await log_in(page, desk.address)
            yield desk
            assert desk.complaints() == []
        finally:
            await browser.close()
            await desk.stop()


async def test_take_answer_and_note() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk?view=queue")
        await page.click(".item[data-case='1']")
        await expect(page.locator("h1").last).to_be_visible()
        await page.get_by_role("button", name="Взять в работу").click()
        await expect(page.locator(".props .tag").first).to_have_text("В работе")

        text = page.locator("[data-text]")
        await text.fill("Спасибо, закрываем")
        await expect(page.locator(".composer-saved")).to_have_text("черновик сохранён")
        await text.press("Control+Enter")
        await expect(page.locator(".bubble-own")).to_contain_text("Спасибо, закрываем")
        await expect(text).to_have_value("")
        await desk.world.settle()
        assert [out.text for out in desk.world.channel.sent][-1] == "Спасибо, закрываем"

        await page.get_by_role("tab", name="Комментарий", exact=True).click()
        await expect(page.locator(".composer")).to_have_attribute("data-mode", "note")
        sent = len(desk.world.channel.sent)
        await text.fill("Жительница довольна")
        await page.get_by_role("button", name="Записать").click()
        await expect(page.locator(".bubble-note")).to_contain_text("Жительница довольна")
        await desk.world.settle()
        assert len(desk.world.channel.sent) == sent


async def test_draft_is_kept_over_a_reload_and_belongs_to_its_case() -> None:
    async with in_front() as desk:
        await desk.open("/desk/cases/6")
        await desk.page.locator("[data-text]").fill("Не дописано")
        await desk.open("/desk/cases/5")
        await expect(desk.page.locator("[data-text]")).to_have_value("")
        await desk.open("/desk/cases/6")
        await expect(desk.page.locator("[data-text]")).to_have_value("Не дописано")


async def test_what_is_sent_after_the_session_ended_waits_where_it_was_written() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/6")
        text = page.locator("[data-text]")
        await text.fill("Мастер придёт в пять")
        await page.context.clear_cookies()
        sent = len(desk.world.channel.sent)
        await text.press("Control+Enter")
        await page.wait_for_url("**/login?**")
        await page.fill("#login", "emma")
        await page.fill("#password", PASSWORD)
        await page.press("#password", "Enter")
        await page.wait_for_url("**/desk/cases/6")
        await expect(text).to_have_value("Мастер придёт в пять")
        await desk.world.settle()
        assert len(desk.world.channel.sent) == sent


async def test_what_a_resident_writes_appears_by_itself_and_leaves_the_draft_alone() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/6")
        await page.locator("[data-text]").fill("Отвечаю")
        await expect(page.locator("#line")).to_be_hidden()
        await listens(page)
        await desk.resident("Ещё вопрос: когда придёт мастер?")
        await expect(page.locator(".thread")).to_contain_text("когда придёт мастер?")
        await expect(page.locator("[data-text]")).to_have_value("Отвечаю")
        await expect(page).to_have_title(re.compile(r"^\(\d+\) "))


async def test_quick_reply_by_slash() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/6")
        await page.locator("[data-text]").press("/")
        await expect(page.locator("[data-quick]")).to_be_visible()
        await page.locator("[data-quick-search]").fill("мастер")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-text]")).to_have_value(
            re.compile("По обращению №6 мастер")
        )


async def test_files_by_drag_and_drop_go_with_the_answer(tmp_path: Path) -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/6")
        picture = tmp_path / "счётчик.png"
        picture.write_bytes(png())
        await page.locator(".composer [data-upload]").set_input_files(picture)
        await expect(page.locator(".upload input[name=files]")).to_have_count(1)
        await page.locator("[data-text]").fill("Фото счётчика")
        await page.locator("[data-text]").press("Control+Enter")
        shown = page.locator(".bubble-own .file-picture img")
        await expect(shown).to_be_visible()
        await page.wait_for_function("document.querySelector('.file-picture img').naturalWidth > 0")


async def test_spam_can_be_undone() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/4")
        await page.get_by_text("Другие действия").click()
        await page.get_by_role("button", name="Это спам").click()
        await page.get_by_label("спрашивать оператора").check()
        await page.locator("#dialog .btn-primary").click()
        await expect(page.locator(".props .tag").first).to_have_text("Спам")
        await page.locator(".toast-box").get_by_text("Отменить").click()
        await expect(page.locator(".props .tag").first).to_have_text("В работе")


async def test_a_sheet_says_what_is_wrong_and_another_change_is_shown() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/6")
        await page.get_by_text("Другие действия").click()
        await page.get_by_role("button", name="Передать").click()
        await expect(page.locator("#dialog")).to_be_visible()
        emma = Actor.of(await desk.pages.services.people.get("emma"))
        await desk.pages.services.casework.set_type(6, "claim", emma)
        await page.select_option("#to", "operator:olga")
        await page.fill("#note", "Она знает этот дом")
        await page.locator("#dialog .btn-primary").click()
        await expect(page.locator("#sheet-problem")).to_contain_text("изменилось")
        await expect(page.locator(".props")).to_contain_text("Претензия")


async def test_keyboard_alone() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk")
        await page.keyboard.press("?")
        await expect(page.locator("#help")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        second = await page.evaluate("document.activeElement.dataset.case")
        await page.keyboard.press("Enter")
        await expect(page.locator(".case")).to_have_attribute("data-number", second)
        await page.keyboard.press("n")
        await expect(page.locator(".composer")).to_have_attribute("data-mode", "note")
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("q")
        await page.wait_for_url("**/desk?view=queue")


async def test_phone_width_has_two_steps() -> None:
    async with in_front(390) as desk:
        page = desk.page
        await desk.open("/desk")
        await page.click(".item[data-case='6']")
        await expect(page.locator(".case")).to_be_visible()
        await expect(page.locator("#list")).to_be_hidden()
        await page.locator(".back").click()
        await expect(page.locator("#list")).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide


async def test_connection_line_comes_and_goes() -> None:
    async with in_front() as desk:
        page = desk.page
        await desk.open("/desk/cases/6")
        await page.locator("[data-text]").fill("Не потеряется")
        await listens(page)
        await desk.stop()
        await expect(page.locator("#line")).to_be_visible()
        await desk.world.say("Написано, пока связи не было", "moroz")
        await desk.start()
        await expect(page.locator("#line")).to_be_hidden(timeout=60_000)
        await expect(page.locator(".thread")).to_contain_text("пока связи не было")
        await expect(page.locator("[data-text]")).to_have_value("Не потеряется")
        # Requests that met the closed door may say so.
        desk.said.clear()
