"""Edits of every kind, by bots and by people, and what is handed on."""

from __future__ import annotations

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from tests.integration.bots.emulator.test_groups import EMMA, PERSON, make_group
from tests.support.phone import Phone, PhoneRefused
from tests.support.samples import png

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Ещё", callback_data="more")]]
)
OFFER = {
    "id": "1",
    "content": {"text": "Мастер едет"},
    "markup": {"inline_keyboard": [[{"text": "Ещё", "callback_data": "more"}]]},
}


async def test_what_went_by_inline_mode_is_known_by_its_inline_id(bot: Bot, phone: Phone) -> None:
    await phone.start()
    chosen = await phone.choose("dom_bot", "мастер", OFFER)
    assert chosen.raw["via"] == "dom_bot"
    await phone.press_at(chosen.id, 0, 0, 0)
    updates = await bot.get_updates()
    result = next(u.chosen_inline_result for u in updates if u.chosen_inline_result)
    query = next(u.callback_query for u in updates if u.callback_query)
    assert query.message is None
    assert query.inline_message_id == result.inline_message_id
    inline = str(result.inline_message_id)
    assert await bot.edit_message_text("Мастер приехал", inline_message_id=inline) is True
    assert (await phone.history())[-1].text == "Мастер приехал"
    assert await bot.edit_message_reply_markup(inline_message_id=inline, reply_markup=KEYS) is True
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(inline_message_id=inline, reply_markup=KEYS)
    with pytest.raises(TelegramBadRequest, match="MESSAGE_ID_INVALID"):
        await bot.edit_message_text("x", inline_message_id="nothing")
    await phone.delete(chosen)
    with pytest.raises(TelegramBadRequest, match="MESSAGE_ID_INVALID"):
        await bot.edit_message_text("x", inline_message_id=inline)


async def test_without_keys_there_is_nothing_to_change_later(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await phone.choose("dom_bot", "мастер", {**OFFER, "markup": None})
    result = (await bot.get_updates(offset=-1))[0].chosen_inline_result
    assert result is not None
    assert result.inline_message_id is None


async def test_a_place_moves_and_stops(bot: Bot, phone: Phone) -> None:
    await phone.start()
    sent = await bot.send_location(PERSON, 59.9, 30.3, live_period=900)
    at = {"chat_id": PERSON, "message_id": sent.message_id}
    moved = await bot.edit_message_live_location(59.91, 30.31, **at)
    assert not isinstance(moved, bool)
    assert moved.location is not None
    assert (moved.location.latitude, moved.location.live_period) == (59.91, 900)
    stopped = await bot.stop_message_live_location(**at)
    assert not isinstance(stopped, bool)
    assert stopped.location is not None
    assert stopped.location.live_period is None
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_live_location(59.92, 30.32, **at)
    with pytest.raises(TelegramBadRequest, match="wrong live period"):
        await bot.send_location(PERSON, 59.9, 30.3, live_period=5)


async def test_a_persons_place_moves_as_edits(bot: Bot, phone: Phone) -> None:
    await phone.start()
    place = await phone.do("location", latitude=59.9, longitude=30.3, live=600)
    number = place["message"]["id"]
    await phone.do("move", message_id=number, latitude=59.95, longitude=30.35)
    (edited,) = [u.edited_message for u in await bot.get_updates() if u.edited_message]
    assert edited.message_id == number
    assert edited.location is not None
    assert edited.location.latitude == 59.95
    still = await phone.location(59.9, 30.3)
    with pytest.raises(PhoneRefused, match="no live location"):
        await phone.do("move", message_id=still.id, latitude=1, longitude=1)


async def test_a_person_puts_another_picture_in_place(bot: Bot, url: str, phone: Phone) -> None:
    await phone.start()
    sent = await phone.photo("подъезд")
    form = aiohttp.FormData()
    form.add_field("kind", "photo")
    form.add_field("file", png(9, 9), filename="b.png", content_type="image/png")
    address = f"{url}/phones/api/people/{PERSON}/chats/dom_bot/messages/{sent.id}/file"
    async with aiohttp.ClientSession() as http, http.post(address, data=form) as answer:
        assert answer.status == 200
    edited = (await bot.get_updates(offset=-1))[0].edited_message
    assert edited is not None
    assert edited.caption == "подъезд"
    assert edited.photo is not None
    assert edited.photo[-1].width == 9


async def test_a_message_is_handed_on_with_its_origin(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)
    async with (
        Phone(url, EMMA, "shift_bot") as private,
        Phone(url, EMMA, str(chat_id)) as group,
        Phone(url, PERSON, str(chat_id)) as other,
    ):
        await private.start()
        said = await other.say("Течёт крыша")
        await group.do("forward", message_id=said.id, to="shift_bot")
        update = (await staff_bot.get_updates(offset=-1))[0].message
        assert update is not None
        assert update.chat.id == EMMA
        assert update.forward_origin is not None
        assert update.forward_origin.type == "user"
        assert update.forward_origin.sender_user.id == PERSON
        assert (await private.history())[-1].raw["forwarded"] == "Светлана Иванова"
        with pytest.raises(PhoneRefused, match="no such chat"):
            await group.do("forward", message_id=said.id, to="-100")


async def test_people_pin_and_free(staff_bot: Bot, url: str) -> None:
    chat_id = await make_group(url)
    async with Phone(url, EMMA, str(chat_id)) as emma:
        said = await emma.say("Важно")
        await emma.do("pin", message_id=said.id)
        update = (await staff_bot.get_updates(offset=-1))[0].message
        assert update is not None
        assert update.pinned_message is not None
        assert (await emma.chat())["pinned"] == [said.id]
        await emma.do("pin", message_id=said.id, off=True)
        assert (await emma.chat())["pinned"] == []
