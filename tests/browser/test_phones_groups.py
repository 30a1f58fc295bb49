"""Groups at the page of phones: a person makes them, and does in them what Telegram lets one do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
)
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bots.emulator.demo import demo_cast
from bots.emulator.server import Emulator, Limits
from tests.browser.test_phones_page import opened
from tests.support.chromium import CHROMIUM, FLAGS, SLOW, available

pytestmark = pytest.mark.chromium

CAST = demo_cast()
EMMA, ANNA = CAST.people[1].id, CAST.people[2].id
SHOTS = os.environ.get("HUB_SHOTS", "")


@pytest.fixture
async def url() -> AsyncIterator[str]:
    emulator = Emulator(CAST.bots, CAST.people, limits=Limits(mode="off"))
    yield await emulator.start()
    await emulator.stop()


@pytest.fixture
async def staff_bot(url: str) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    yield Bot(CAST.bots[1].token, session=session)
    await session.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not available():
        pytest.skip("Debian's chromium is not installed")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


async def make_group(page: Page, kind: str) -> Locator:
    """A group of all staff; gives Emma's phone with the group open."""
    await page.get_by_role("button", name="группа", exact=False).first.click()
    dialog = page.locator("#ask-group")
    await dialog.get_by_label("Какая").select_option(kind)
    await shot(page, f"ask-{kind}")
    await dialog.get_by_role("button", name="Создать").click()
    phone = page.locator(f"#phone-{EMMA}")
    await phone.get_by_role("tab", name="Операторы").click()
    return phone


async def choose(phone: Locator, name: str) -> None:
    await phone.get_by_role("button", name="Меню телефона").click()
    await phone.get_by_role("menuitem", name=name).click()


async def written(page: Page, phone: Locator, text: str) -> Locator:
    await phone.get_by_role("textbox", name="Сообщение").fill(text)
    await page.keyboard.press("Enter")
    bubble = phone.locator(".message", has_text=text).last
    await expect(bubble).to_be_visible()
    return bubble


async def told(bot: Bot, status: str) -> None:
    """Wait until this is what the bot last heard of itself: a press goes out by itself."""
    async with asyncio.timeout(SLOW / 1000):
        last = ""
        while last != status:
            updates = await bot.get_updates()
            changes = [u.my_chat_member for u in updates if u.my_chat_member]
            last = changes[-1].new_chat_member.status if changes else ""
            await asyncio.sleep(0.05)


async def of_bubble(page: Page, bubble: Locator, name: str) -> None:
    await bubble.hover()
    await bubble.get_by_role("button", name="Действия").click()
    await page.get_by_role("menuitem", name=name, exact=True).click()


async def test_topics_of_a_group_made_by_hand(browser: Browser, url: str, staff_bot: Bot) -> None:
    async with opened(browser, url) as page:
        phone = await make_group(page, "forum")
        await expect(phone.locator(".topics")).to_contain_text("Общее")
        await choose(phone, "Новая тема")
        await page.locator("#ask input").fill("1842 · Ленина 5-12")
        await page.locator("#ask").get_by_role("button", name="Готово").click()
        await expect(phone.locator(".where")).to_have_text("1842 · Ленина 5-12")
        bubble = await written(page, phone, "Кто возьмёт?")
        await of_bubble(page, bubble, "Закрепить")
        await expect(phone.locator(".pinned")).to_contain_text("Кто возьмёт?")
        await of_bubble(page, bubble, "Переслать: Смена")
        updates = await staff_bot.get_updates(timeout=50)
        made = next(u.message for u in updates if u.message and u.message.forum_topic_created)
        sent = await staff_bot.send_message(
            made.chat.id,
            "№1842 · новое",
            message_thread_id=made.message_thread_id,
            reply_markup=InlineKeyboardMarkup(
                inline_keyboard=[[InlineKeyboardButton(text="Взять", callback_data="take")]]
            ),
        )
        await expect(phone.get_by_role("button", name="Взять")).to_be_visible()
        await shot(page, "topic")
        await choose(phone, "Закрыть тему")
        await expect(phone.locator(".service").last).to_have_text("тема закрыта")
        await phone.get_by_role("button", name="К списку тем").click()
        await expect(phone.locator(".topics")).to_contain_text("закрыта")
        await shot(page, "topics")
        # A link to a message of the topic, as a bot gives it, leads there.
        number = str(made.chat.id).removeprefix("-100")
        link = f"https://t.me/c/{number}/{made.message_thread_id}/{sent.message_id}"
        await staff_bot.send_message(EMMA, f'<a href="{link}">К карточке</a>', parse_mode="HTML")
        await phone.get_by_role("tab", name="Смена").click()
        forwarded = phone.locator(".message", has_text="Кто возьмёт?")
        await expect(forwarded).to_contain_text("Переслано · Эмма Аксакова")
        await phone.get_by_role("link", name="К карточке").click()
        await expect(phone.locator(".where")).to_have_text("1842 · Ленина 5-12")
        await choose(phone, "Удалить тему")
        await expect(phone.locator(".topics")).not_to_contain_text("1842")


async def test_a_bot_loses_rights_and_goes_and_the_group_moves(
    browser: Browser, url: str, staff_bot: Bot
) -> None:
    async with opened(browser, url) as page:
        phone = await make_group(page, "basic")
        for name, status in (
            ("Лишить прав бота «Смена»", "member"),
            ("Вернуть права боту «Смена»", "administrator"),
            ("Убрать бота «Смена»", "kicked"),
            ("Добавить бота «Смена»", "administrator"),
        ):
            await choose(phone, name)
            await phone.get_by_role("button", name="Меню телефона").click()
            await shot(page, "group-menu")
            await phone.get_by_role("button", name="Меню телефона").click()
            await told(staff_bot, status)
        await choose(phone, "Сделать супергруппой")
        await expect(phone.locator(".instead")).to_have_text(
            "Группа стала супергруппой. Открыть её"
        )
        await phone.locator(".instead").click()
        await expect(phone.locator(".service").last).to_contain_text("супергруппа создана")
        await choose(phone, "Выйти из группы")
        await expect(phone.get_by_role("tab", name="Операторы")).to_have_count(1)


async def test_the_menu_beside_the_field_lists_commands_of_each(
    browser: Browser, url: str, staff_bot: Bot
) -> None:
    await staff_bot.set_my_commands([BotCommand(command="queue", description="Очередь")])
    async with opened(browser, url) as page:
        phone = page.locator(f"#phone-{ANNA}")
        await phone.get_by_role("button", name="Старт").click()
        await phone.get_by_role("button", name="Команды бота").click()
        await shot(page, "commands")
        await phone.get_by_role("option", name="/queue").click()
        await expect(phone.locator(".message.out").last).to_contain_text("/queue")


async def test_a_place_that_moves_and_a_file_put_in_its_place(
    browser: Browser, url: str, staff_bot: Bot
) -> None:
    async with opened(browser, url) as page:
        phone = page.locator(f"#phone-{ANNA}")
        await phone.get_by_role("button", name="Старт").click()
        await phone.locator(".bubble").first.wait_for()
        await phone.get_by_role("button", name="Прикрепить").click()
        await phone.get_by_role("menuitem", name="Место с движением").click()
        place = phone.locator(".message.out").last
        await expect(place).to_contain_text("59.93860")
        await of_bubble(page, place, "Сдвинуть место")
        await expect(place).to_contain_text("59.93910")
        edited = [u.edited_message for u in await staff_bot.get_updates() if u.edited_message]
        assert [one.location.live_period for one in edited if one.location] == [3600]


async def test_what_a_bot_offers_inline_is_listed_and_sent(
    browser: Browser, url: str, staff_bot: Bot
) -> None:
    async def offer() -> None:
        asked = None
        while asked is None:
            updates = await staff_bot.get_updates(timeout=50)
            asked = next((u.inline_query for u in updates if u.inline_query), None)
            await staff_bot.get_updates(offset=updates[-1].update_id + 1)
        content = InputTextMessageContent(message_text="Мастер будет до 15:00")
        result = InlineQueryResultArticle(
            id="1", title="Мастер едет", description="Вода", input_message_content=content
        )
        await staff_bot.answer_inline_query(asked.id, [result])

    async with opened(browser, url) as page:
        phone = page.locator(f"#phone-{ANNA}")
        await phone.get_by_role("button", name="Старт").click()
        await phone.locator(".bubble").first.wait_for()
        async with asyncio.TaskGroup() as both:
            both.create_task(offer())
            await phone.get_by_role("textbox", name="Сообщение").fill("@smena_bot мастер")
            await expect(phone.get_by_role("option", name="Мастер едет")).to_be_visible()
        await shot(page, "inline")
        await phone.get_by_role("option", name="Мастер едет").click()
        sent = phone.locator(".message.out").last
        await expect(sent).to_contain_text("Мастер будет до 15:00")
        await expect(sent).to_contain_text("через @smena_bot")


async def test_what_cannot_be_done_is_said_in_words(browser: Browser, url: str) -> None:
    async with opened(browser, url, complains=False) as page:
        phone = page.locator(f"#phone-{EMMA}")
        await phone.get_by_role("button", name="Меню телефона").click()
        await phone.get_by_label("Открыть ссылку").fill(f"t.me/smena_bot?start={'a' * 65}")
        await page.keyboard.press("Enter")
        await expect(phone.locator(".toast")).to_have_text(
            "Не получилось: в ссылке больше 64 знаков или не те знаки"
        )
