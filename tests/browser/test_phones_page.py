"""The page of phones in Chromium: a person really uses it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from playwright.async_api import Browser, Page, async_playwright, expect

from bots.emulator.demo import demo_cast
from bots.emulator.server import Emulator, Limits
from tests.support.chromium import CHROMIUM, FLAGS, available, patient
from tests.support.ports import free_port
from tests.support.samples import png

pytestmark = pytest.mark.chromium

CAST = demo_cast()
SVETLANA, EMMA = CAST.people[0].id, CAST.people[1].id
SVETLANAS, EMMAS = f"#phone-{SVETLANA}", f"#phone-{EMMA}"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    emulator = Emulator(CAST.bots, CAST.people, limits=Limits(mode="off"))
    yield emulator
    await emulator.stop()


@pytest.fixture
async def url(emulator: Emulator) -> str:
    return await emulator.start("127.0.0.1", free_port())


@pytest.fixture
async def resident_bot(url: str) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    bot = Bot(CAST.bots[0].token, session=session)
    yield bot
    await session.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not available():
        pytest.skip("Debian's chromium is not installed")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@contextlib.asynccontextmanager
async def opened(
    browser: Browser, address: str, width: int = 1440, height: int = 800, complains: bool = True
) -> AsyncIterator[Page]:
    """A page; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU")
    await patient(context)
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    await page.goto(address)
    await page.wait_for_selector(".phone")
    yield page
    await context.close()
    assert not (complains and complaints)


async def test_a_conversation_by_hand(browser: Browser, url: str, resident_bot: Bot) -> None:
    async with opened(browser, url) as page:
        phone = page.locator(SVETLANAS)
        await phone.get_by_role("button", name="Старт").click()
        await expect(phone.locator(".bubble").first).to_contain_text("/start")
        await phone.get_by_role("textbox", name="Сообщение").fill("Нет горячей воды")
        await page.keyboard.press("Enter")
        await expect(phone.locator(".message.out").last).to_contain_text("Нет горячей воды")
        (start, said) = await resident_bot.get_updates()
        assert start.message is not None
        assert said.message is not None
        keys = [[InlineKeyboardButton(text="Отменить", callback_data="cancel:1")]]
        await resident_bot.send_message(
            SVETLANA,
            "Обращение <b>№1</b> принято",
            parse_mode="HTML",
            reply_markup=InlineKeyboardMarkup(inline_keyboard=keys),
        )
        await expect(phone.locator(".message b")).to_have_text("№1")

        async def answer() -> None:
            (update,) = await resident_bot.get_updates(offset=said.update_id + 1, timeout=50)
            assert update.callback_query is not None
            assert update.callback_query.data == "cancel:1"
            await resident_bot.answer_callback_query(update.callback_query.id, "Отменено")

        async with asyncio.TaskGroup() as both:
            both.create_task(answer())
            both.create_task(phone.get_by_role("button", name="Отменить", exact=True).click())
        await expect(phone.locator(".toast")).to_have_text("Отменено")


async def test_reply_edit_and_react(browser: Browser, url: str, resident_bot: Bot) -> None:
    async with opened(browser, url) as page:
        phone = page.locator(SVETLANAS)
        await phone.get_by_role("button", name="Старт").click()
        await phone.locator(".bubble").first.wait_for()
        await resident_bot.send_message(SVETLANA, "Уточните адрес")
        await phone.locator(".bubble", has_text="Уточните").click()
        await expect(phone.locator(".asked")).to_contain_text("Уточните адрес")
        field = phone.get_by_role("textbox", name="Сообщение")
        await field.fill("Ленина 5")
        await phone.get_by_role("button", name="Отправить").click()
        mine = phone.locator(".message.out").last
        await expect(mine.locator(".reply-quote")).to_contain_text("Уточните адрес")
        await mine.hover()
        await mine.get_by_role("button", name="Действия").click()
        await page.get_by_role("menuitem", name="Изменить").click()
        await expect(field).to_have_value("Ленина 5")
        await field.fill("Ленина 15")
        await page.keyboard.press("Enter")
        await expect(mine).to_contain_text("Ленина 15")
        await expect(mine.locator(".stamp")).to_contain_text("изм.")
        await mine.hover()
        await mine.get_by_role("button", name="Действия").click()
        await page.get_by_role("button", name="👍").click()
        await expect(mine.locator(".reactions")).to_have_text("👍")
        kinds = [u.event_type for u in await resident_bot.get_updates()]
        assert kinds == ["message", "message", "edited_message"]


async def test_files_and_the_bots_own_keyboard(
    browser: Browser, url: str, resident_bot: Bot
) -> None:
    async with opened(browser, url) as page:
        phone = page.locator(SVETLANAS)
        await phone.get_by_role("button", name="Старт").click()
        await phone.locator(".bubble").first.wait_for()
        await phone.get_by_role("button", name="Прикрепить").click()
        async with page.expect_file_chooser() as chosen:
            await phone.get_by_role("menuitem", name="Фото").click()
        pictures = [
            {"name": f"{n}.png", "mimeType": "image/png", "buffer": png(40, 30)} for n in range(2)
        ]
        await (await chosen.value).set_files(pictures)
        await expect(phone.locator("img.photo")).to_have_count(2)
        keyboard = ReplyKeyboardMarkup(
            keyboard=[[KeyboardButton(text="Телефон", request_contact=True)]]
        )
        await resident_bot.send_message(SVETLANA, "Ваш номер?", reply_markup=keyboard)
        await phone.locator(".reply-keys").get_by_role("button", name="Телефон").click()
        await expect(phone.locator(".message.out").last).to_contain_text("+79223046501")
        contact = (await resident_bot.get_updates(offset=-1))[0].message
        assert contact is not None
        assert contact.contact is not None
        assert contact.contact.user_id == SVETLANA


async def test_a_link_by_address_is_followed_once(browser: Browser, url: str) -> None:
    address = f"{url}/phones?open={EMMA}&bot=smena_bot&start=tok-1"
    async with opened(browser, address) as page:
        bubbles = page.locator(f"{EMMAS} .bubble")
        await expect(bubbles).to_have_count(1)
        await expect(bubbles.first).to_contain_text("/start tok-1")
        await page.reload()
        await expect(bubbles).to_have_count(1)
        await page.locator(EMMAS).get_by_role("button", name="Меню телефона").click()
        await (
            page.locator(EMMAS)
            .get_by_label("Открыть ссылку")
            .fill("https://t.me/smena_bot?start=b2")
        )
        await page.keyboard.press("Enter")
        await expect(bubbles.last).to_contain_text("/start b2")


async def test_words_of_strangers_stay_words(browser: Browser, url: str, resident_bot: Bot) -> None:
    nasty = "<img src=x onerror=alert(1)> <script>alert(2)</script>"
    async with opened(browser, url) as page:
        phone = page.locator(SVETLANAS)
        await phone.get_by_role("button", name="Старт").click()
        await phone.locator(".bubble").first.wait_for()
        await resident_bot.send_message(SVETLANA, nasty)
        await expect(phone.locator(".text").last).to_have_text(nasty)
        assert await phone.locator(".text img, .text script").count() == 0


async def test_blocking_and_faults(browser: Browser, url: str, emulator: Emulator) -> None:
    async with opened(browser, url) as page:
        phone = page.locator(SVETLANAS)
        await phone.get_by_role("button", name="Старт").click()
        await phone.get_by_role("button", name="Меню телефона").click()
        await phone.get_by_role("menuitem", name="Заблокировать бота").click()
        await expect(phone.locator(".instead")).to_have_text("Разблокировать и написать")
        await page.get_by_role("button", name="сбои выключены").click()
        await page.get_by_label("Потерян ответ").check()
        await expect(page.locator("#fault-state")).to_have_text("1 сбой включён")
        assert [rule.kind for rule in emulator.world.faults.rules()] == ["lost"]


async def test_one_phone_with_tabs_on_a_narrow_screen(
    browser: Browser, url: str, resident_bot: Bot
) -> None:
    async with opened(browser, url, 390, 780) as page:
        assert await page.locator(".phone:visible").count() == 1
        await page.get_by_role("tab", name="Эмма").click()
        await expect(page.locator(EMMAS)).to_be_visible()
        await expect(page.locator(SVETLANAS)).to_be_hidden()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390


async def test_new_messages_do_not_move_what_is_read(
    browser: Browser, url: str, resident_bot: Bot
) -> None:
    async with opened(browser, url) as page:
        phone = page.locator(SVETLANAS)
        await phone.get_by_role("button", name="Старт").click()
        await phone.locator(".bubble").first.wait_for()
        for n in range(30):
            await resident_bot.send_message(SVETLANA, f"слово {n}")
        await expect(phone.locator(".bubble")).to_have_count(31)
        messages = phone.locator(".messages")
        await messages.evaluate("node => { node.scrollTop = 100 }")
        await resident_bot.send_message(SVETLANA, "новое")
        await expect(phone.locator(".bubble")).to_have_count(32)
        assert await messages.evaluate("node => node.scrollTop") == 100


async def test_the_menu_of_commands_and_the_way_back_after_a_break(
    browser: Browser, emulator: Emulator, url: str, resident_bot: Bot
) -> None:
    await resident_bot.set_my_commands([BotCommand(command="my", description="Мои обращения")])
    async with opened(browser, url, complains=False) as page:
        phone = page.locator(SVETLANAS)
        await phone.get_by_role("button", name="Старт").click()
        await phone.get_by_role("textbox", name="Сообщение").fill("/")
        await phone.get_by_role("option", name="/my").click()
        await expect(phone.locator(".message.out").last).to_contain_text("/my")
        await emulator.stop()
        await expect(page.locator("#lost")).to_be_visible()
        again = Emulator(CAST.bots, CAST.people, limits=Limits(mode="off"))
        await again.start("127.0.0.1", int(url.rsplit(":", 1)[1]))
        await expect(page.locator("#lost")).to_be_hidden()
        await expect(phone.get_by_role("button", name="Старт")).to_be_visible()
        await again.stop()
