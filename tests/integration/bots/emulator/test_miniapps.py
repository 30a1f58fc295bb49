"""Mini Apps: opened by keys, signed for the right bot, answered into the chat."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    MenuButtonCommands,
    MenuButtonDefault,
    MenuButtonWebApp,
    ReplyKeyboardMarkup,
    WebAppInfo,
)
from aiogram.utils.web_app import WebAppInitData, safe_parse_webapp_init_data

from tests.integration.bots.emulator.conftest import DOM, SHIFT, ManualClock
from tests.integration.bots.emulator.test_groups import PERSON, make_group
from tests.support.phone import Phone, PhoneRefused

PAGE = "http://127.0.0.1:8080/mini/open/dom"


def key(url: str) -> InlineKeyboardMarkup:
    button = InlineKeyboardButton(text="Открыть", web_app=WebAppInfo(url=url))
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


def said(url: str, token: str = DOM.token) -> WebAppInitData:
    """What the page would read, checked as aiogram checks it."""
    data = parse_qs(urlsplit(url).fragment)["tgWebAppData"][0]
    return safe_parse_webapp_init_data(token, data)


async def test_a_key_opens_a_page_that_knows_who_pressed(
    bot: Bot, phone: Phone, clock: ManualClock
) -> None:
    await phone.start()
    await bot.send_message(PERSON, "карточка", reply_markup=key(f"{PAGE}?case=7"))
    opened = (await phone.press("Открыть")).app
    assert opened is not None
    assert opened["url"].startswith(f"{PAGE}?case=7#tgWebAppData=")
    data = said(opened["url"])
    assert data.user is not None
    assert (data.user.id, data.user.first_name) == (PERSON, "Светлана")
    assert data.auth_date.timestamp() == clock.at
    with pytest.raises(ValueError, match="Invalid init data signature"):
        said(opened["url"], SHIFT.token)


async def test_a_page_answers_into_its_chat_once(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await bot.send_message(PERSON, "карточка", reply_markup=key(PAGE))
    opened = (await phone.press("Открыть")).app
    assert opened is not None
    query = str(said(opened["url"]).query_id)
    result = InlineQueryResultArticle(
        id="1",
        title="Ответ",
        input_message_content=InputTextMessageContent(message_text="Выбрано на странице"),
    )
    await bot.answer_web_app_query(query, result)
    newest = (await phone.history())[-1]
    assert (newest.text, newest.from_bot, newest.raw["via"]) == (
        "Выбрано на странице",
        False,
        "dom_bot",
    )
    with pytest.raises(TelegramBadRequest, match="QUERY_ID_INVALID"):
        await bot.answer_web_app_query(query, result)


async def test_the_button_beside_the_field(bot: Bot, phone: Phone) -> None:
    await phone.start()
    with pytest.raises(PhoneRefused, match="no such button"):
        await phone.do("app")
    everybodys = MenuButtonWebApp(text="Обращения", web_app=WebAppInfo(url=PAGE))
    await bot.set_chat_menu_button(menu_button=everybodys)
    assert (await phone.chat())["menu"]["text"] == "Обращения"
    assert said((await phone.do("app"))["app"]["url"]).query_id
    kept = await bot.get_chat_menu_button()
    assert isinstance(kept, MenuButtonWebApp)
    assert (kept.text, kept.web_app.url) == ("Обращения", PAGE)
    await bot.set_chat_menu_button(chat_id=PERSON, menu_button=MenuButtonCommands())
    assert (await phone.chat())["menu"]["type"] == "commands"
    assert isinstance(await bot.get_chat_menu_button(chat_id=PERSON), MenuButtonCommands)
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.set_chat_menu_button(chat_id=1, menu_button=MenuButtonDefault())


async def test_a_key_of_the_keyboard_hands_data_back(bot: Bot, phone: Phone) -> None:
    await phone.start()
    keyboard = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text="Показания", web_app=WebAppInfo(url=PAGE))]]
    )
    await bot.send_message(PERSON, "Передайте", reply_markup=keyboard)
    opened = (await phone.do("app", label="Показания"))["app"]["url"]
    assert said(opened).query_id is None
    await phone.do("app_data", label="Показания", data='{"cold": 128}')
    message = (await bot.get_updates(offset=-1))[0].message
    assert message is not None
    assert message.web_app_data is not None
    assert message.web_app_data.data == '{"cold": 128}'
    with pytest.raises(PhoneRefused, match="too much"):
        await phone.do("app_data", label="Показания", data="x" * 4097)


@pytest.mark.parametrize("page", ["http://hub.example.org/", "ftp://127.0.0.1/", "tg://x", "нет"])
async def test_only_https_or_this_machine(bot: Bot, phone: Phone, page: str) -> None:
    await phone.start()
    with pytest.raises(TelegramBadRequest, match="Only HTTPS links are allowed"):
        await bot.send_message(PERSON, "x", reply_markup=key(page))
    button = MenuButtonWebApp(text="x", web_app=WebAppInfo(url=page))
    with pytest.raises(TelegramBadRequest, match="Only HTTPS links are allowed"):
        await bot.set_chat_menu_button(menu_button=button)


async def test_in_groups_there_are_no_such_keys(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)
    with pytest.raises(TelegramBadRequest, match="BUTTON_TYPE_INVALID"):
        await staff_bot.send_message(chat_id, "x", reply_markup=key("https://example.org"))
    sent = await staff_bot.send_message(chat_id, "x")
    with pytest.raises(TelegramBadRequest, match="BUTTON_TYPE_INVALID"):
        await staff_bot.edit_message_reply_markup(
            chat_id=chat_id, message_id=sent.message_id, reply_markup=key("https://example.org")
        )
