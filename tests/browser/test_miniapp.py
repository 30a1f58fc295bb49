"""The desk inside Telegram, pressed as a person presses it: a key on the phone, the list, a case,
the answer, and the resident reads it. Phone width, both themes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, FrameLocator, Page, async_playwright, expect

from tests.browser.miniworld import MiniWorld, mini_world
from tests.support.botworld import EMMA, STRANGER
from tests.support.chromium import CHROMIUM, FLAGS, available, patient

pytestmark = pytest.mark.chromium

EMMAS = f"#phone-{EMMA.id}"
SHOTS = os.environ.get("HUB_SHOTS", "")
"""A folder to look at what was seen; empty: no pictures."""
BACK = (
    "wanted => window.told.filter(([type]) => type === 'web_app_setup_back_button')"
    ".at(-1)?.[1].is_visible === wanted"
)
"""What the page last said of the back button."""


@pytest.fixture
async def mini() -> AsyncIterator[MiniWorld]:
    async with mini_world() as mini:
        yield mini


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not available():
        pytest.skip("Debian's chromium is not installed")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def phones(
    browser: Browser, mini: MiniWorld, person: int = EMMA.id, theme: str = "light"
) -> AsyncIterator[Page]:
    """The page of phones at 390 px with this person's phone; what the browser complains of
    fails the test."""
    complaints: list[str] = []
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="ru-RU",
        color_scheme=theme,  # type: ignore[arg-type]
    )
    await patient(context)
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    await page.goto(f"{mini.world.url}/phones?open={person}")
    await page.wait_for_selector(f"#phone-{person}.current")
    if await page.locator("#hint-close").is_visible():
        await page.locator("#hint-close").click()
    yield page
    await context.close()
    # A refusal is a 403 and the browser says so; it is what the test wanted.
    assert [one for one in complaints if "403" not in one] == []


def app(page: Page) -> FrameLocator:
    return page.frame_locator(".app iframe")


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.wait_for_timeout(400)
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_from_the_key_on_the_phone_to_the_residents_answer(
    browser: Browser, mini: MiniWorld, theme: str
) -> None:
    world = mini.world
    await world.resident.start()
    await world.resident.say("Нет горячей воды второй день")
    await world.emma.wait_for("Нет горячей воды")
    async with phones(browser, mini, theme=theme) as page:
        phone = page.locator(EMMAS)
        await phone.get_by_role("button", name="Обращения", exact=True).click()
        desk = app(page)
        await expect(desk.get_by_role("heading", name="Мои обращения")).to_be_visible()
        await expect(desk.locator("html")).to_have_attribute("data-theme", theme)
        # What Telegram said stays behind at the door.
        assert [frame.url for frame in page.frames[1:]] == [f"{mini.url}/mini/desk"]
        await expect(desk.locator(".rail")).to_have_count(0)
        await shot(page, f"mini-empty-{theme}")
        await desk.get_by_role("link", name="Очередь", exact=False).first.click()
        await expect(desk.locator(".item")).to_have_count(1)
        await shot(page, f"mini-list-{theme}")
        await expect(page.get_by_role("button", name="Назад", exact=True)).to_be_hidden()
        await desk.locator(".item").click()
        await expect(desk.locator(".bubble-text").last).to_have_text("Нет горячей воды второй день")
        await desk.get_by_role("button", name="Взять в работу").click()
        await expect(desk.get_by_role("button", name="Взять в работу")).to_have_count(0)
        await desk.locator("[data-text]").fill("Мастер будет сегодня до 15:00.")
        await shot(page, f"mini-case-{theme}")
        await desk.get_by_role("button", name="Отправить").click()
        await world.resident.wait_for("Мастер будет сегодня до 15:00.")
        own = desk.locator(".bubble-own")
        await expect(own).to_contain_text("Мастер будет сегодня")
        # The same live events as the desk: it is seen that the answer went out, and what follows.
        await expect(own).to_contain_text("отправлено")
        await world.resident.say("Спасибо, жду")
        await expect(desk.locator(".bubble-text").last).to_have_text("Спасибо, жду")
        await shot(page, f"mini-thread-{theme}")
        wide = await desk.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
        assert wide <= 0
        # Telegram's own back button leads from the case to the list.
        await page.get_by_role("button", name="Назад", exact=True).click()
        await expect(desk.locator(".item")).to_be_visible()
        await expect(page.get_by_role("button", name="Назад", exact=True)).to_be_hidden()
        await page.locator(".app-close").click()
        await expect(page.locator(".app")).to_have_count(0)


async def test_the_card_opens_its_own_case(browser: Browser, mini: MiniWorld) -> None:
    world = mini.world
    await world.resident.start()
    await world.resident.say("Течёт батарея")
    await world.emma.press("Ещё")
    async with phones(browser, mini) as page:
        await page.locator(EMMAS).get_by_role("button", name="Открыть карточку").click()
        desk = app(page)
        await expect(desk.locator(".bubble-text").last).to_have_text("Течёт батарея")
        await expect(desk.locator(".case")).to_have_attribute("data-number", "1")
        await desk.get_by_role("button", name="Свойства обращения").click()
        await expect(desk.get_by_text("Крайний срок")).to_be_visible()
        await shot(page, "mini-props-light")
        await page.get_by_role("button", name="Назад", exact=True).click()
        await expect(desk.get_by_text("Крайний срок")).to_be_hidden()


async def test_the_queue_offers_the_list(browser: Browser, mini: MiniWorld) -> None:
    world = mini.world
    await world.resident.start()
    await world.resident.say("Не горит свет")
    await world.emma.wait_for("Не горит свет")
    await world.emma.say("/queue")
    async with phones(browser, mini) as page:
        await page.locator(EMMAS).get_by_role("button", name="Список").click()
        await expect(app(page).get_by_role("heading", name="Мои обращения")).to_be_visible()


async def test_from_a_page_beside_the_list_the_way_back_leads_to_it(
    browser: Browser, mini: MiniWorld
) -> None:
    async with phones(browser, mini) as page:
        await page.locator(EMMAS).get_by_role("button", name="Обращения", exact=True).click()
        await app(page).get_by_role("link", name="Уведомления и смена").click()
        await expect(app(page).locator("#list-body")).to_have_count(0)
        await shot(page, "mini-me-light")
        await page.get_by_role("button", name="Назад", exact=True).click()
        await expect(app(page).get_by_role("heading", name="Мои обращения")).to_be_visible()
        await expect(page.get_by_role("button", name="Назад", exact=True)).to_be_hidden()


async def test_a_stranger_reads_why_and_can_close(browser: Browser, mini: MiniWorld) -> None:
    await mini.world.stranger.say("Привет")
    async with phones(browser, mini, STRANGER.id) as page:
        stranger = page.locator(f"#phone-{STRANGER.id}")
        await stranger.get_by_role("button", name="Обращения", exact=True).click()
        await expect(app(page).get_by_role("alert")).to_contain_text("Нет доступа")
        await shot(page, "mini-stranger-light")
        await app(page).get_by_role("button", name="Закрыть").click()
        await expect(page.locator(".app")).to_have_count(0)


async def test_an_old_way_in_says_what_to_do(browser: Browser) -> None:
    async with mini_world(timedelta(hours=2)) as mini, phones(browser, mini, theme="dark") as page:
        await page.locator(EMMAS).get_by_role("button", name="Обращения", exact=True).click()
        await expect(app(page).get_by_role("alert")).to_have_text(
            "Этот вход устарел: он действует 1 час. Закройте страницу и откройте ещё раз из бота."
        )
        await shot(page, "mini-old-dark")


async def test_outside_telegram_the_page_sends_one_to_the_bot(
    browser: Browser, mini: MiniWorld
) -> None:
    page = await browser.new_page()
    await patient(page)
    await page.goto(f"{mini.url}/mini/open/shift")
    await expect(page.get_by_text("Эта страница открывается из бота")).to_be_visible()
    await page.close()


async def test_the_theme_of_the_phone_is_followed_while_it_is_open(
    browser: Browser, mini: MiniWorld
) -> None:
    async with phones(browser, mini) as page:
        await page.locator(EMMAS).get_by_role("button", name="Обращения", exact=True).click()
        await expect(app(page).locator("html")).to_have_attribute("data-theme", "light")
        await page.evaluate("document.documentElement.dataset.theme = 'dark'")
        await expect(app(page).locator("html")).to_have_attribute("data-theme", "dark")


async def test_in_an_app_there_is_no_frame_and_the_bridge_is_the_apps_own(
    browser: Browser, mini: MiniWorld
) -> None:
    world = mini.world
    await world.resident.start()
    await world.resident.say("Нет света")
    await world.emma.wait_for("Нет света")
    opened = (await world.emma.do("app"))["app"]["url"]
    context = await browser.new_context(viewport={"width": 1000, "height": 700}, locale="ru-RU")
    # What apps put into the page before it is loaded, and how they are told.
    await context.add_init_script(
        "window.told = []; window.TelegramWebviewProxy = { postEvent: (type, data) =>"
        " window.told.push([type, JSON.parse(data)]) };"
    )
    await patient(context)
    page = await context.new_page()
    about = "&tgWebAppVersion=9.0&tgWebAppPlatform=tdesktop&tgWebAppThemeParams=%7B%7D"
    await page.goto(opened + about)
    await expect(page.get_by_role("heading", name="Мои обращения")).to_be_visible()
    await page.get_by_role("link", name="Очередь").first.click()
    await page.locator(".item").click()
    await expect(page.locator(".bubble-text").last).to_have_text("Нет света")
    await shot(page, "mini-app-wide")
    assert ["web_app_ready", {}] in await page.evaluate("window.told")
    await page.wait_for_function(BACK, arg=True)
    await page.evaluate("Telegram.WebView.receiveEvent('back_button_pressed', null)")
    await expect(page.locator(".case")).to_have_count(0)
    await page.wait_for_function(BACK, arg=False)
    dark = {"bg_color": "#17212b", "text_color": "#f5f5f5", "link_color": "#6ab3f3"}
    await page.evaluate(
        "theme => Telegram.WebView.receiveEvent('theme_changed', { theme_params: theme })", dark
    )
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    colour = await page.locator(".list").evaluate("node => getComputedStyle(node).backgroundColor")
    assert colour == "rgb(23, 33, 43)"
    # Colours that cannot be read on each other are left to Telegram.
    pale = {"bg_color": "#ffffff", "text_color": "#eeeeee"}
    await page.evaluate(
        "theme => Telegram.WebView.receiveEvent('theme_changed', { theme_params: theme })", pale
    )
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    ink = await page.locator("h1").first.evaluate("node => getComputedStyle(node).color")
    assert ink == "rgb(29, 34, 41)"
    await context.close()
