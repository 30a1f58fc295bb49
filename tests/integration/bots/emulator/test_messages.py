"""What bots send and what people see, over HTTP by aiogram as a real bot would."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from tests.support.phone import Phone, PhoneRefused
from tests.support.samples import ogg, png

PERSON = 501


def keys(*texts: str, data: str = "x") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=t, callback_data=f"{data}{t}") for t in texts]]
    )


async def test_a_bot_may_not_write_first(bot: Bot, phone: Phone) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(PERSON, "Здравствуйте")
    await phone.start("house12")
    await bot.send_message(PERSON, "Здравствуйте")
    assert [m.text for m in await phone.history()] == ["/start house12", "Здравствуйте"]


async def test_markup_reaches_the_phone_as_entities(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await bot.send_message(PERSON, "<b>№1 · новое</b>\nтекст", parse_mode="HTML")
    seen = await phone.wait_for("новое")
    assert seen.text == "№1 · новое\nтекст"
    assert seen.raw["entities"] == [{"type": "bold", "offset": 0, "length": 10}]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<b>не закрыт", "Can't find end tag"),
        ("квартира <5", "Unsupported start tag"),
        ("<b><i>крест</b></i>", "Unmatched end tag"),
        ("лишний</b>", "Unexpected end tag"),
    ],
)
async def test_markup_that_does_not_parse_is_refused(
    bot: Bot, phone: Phone, text: str, why: str
) -> None:
    await phone.start()
    with pytest.raises(TelegramBadRequest, match=f"can't parse entities: {why}"):
        await bot.send_message(PERSON, text, parse_mode="HTML")


async def test_lengths_are_refused_as_telegram_does(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await bot.send_message(PERSON, "я" * 4096)
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(PERSON, "я" * 4097)
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(PERSON, "  ")
    picture = BufferedInputFile(png(), "p.png")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(PERSON, picture, caption="я" * 1025)
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(PERSON, "x", reply_markup=keys("я", data="я" * 32))


async def test_a_button_is_pressed_and_answered(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await bot.get_updates()
    await bot.send_message(PERSON, "карточка", reply_markup=keys("Взять", "Ещё"))
    update_id = (await bot.get_updates(offset=-1))[0].update_id + 1

    async def bot_answers() -> None:
        (update,) = await bot.get_updates(offset=update_id, timeout=50)
        assert update.callback_query is not None
        assert update.callback_query.data == "xВзять"
        assert update.callback_query.message is not None
        await bot.answer_callback_query(update.callback_query.id, "Взято", show_alert=True)
        with pytest.raises(TelegramBadRequest, match="query is too old"):
            await bot.answer_callback_query(update.callback_query.id)

    import asyncio

    async with asyncio.TaskGroup() as both:
        both.create_task(bot_answers())
        answer = await phone.press("Взять")
    assert (answer.given, answer.text, answer.alert) == (True, "Взято", True)


async def test_a_card_is_edited_in_place(bot: Bot, phone: Phone) -> None:
    await phone.start()
    sent = await bot.send_message(PERSON, "Принято", reply_markup=keys("Отменить"))
    at = {"chat_id": PERSON, "message_id": sent.message_id}
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("Принято", reply_markup=keys("Отменить"), **at)
    await bot.edit_message_text("В работе", **at)
    seen = await phone.wait_for("В работе")
    assert (seen.id, seen.buttons, seen.edited) == (sent.message_id, [], True)
    await bot.edit_message_reply_markup(reply_markup=keys("Дополнить"), **at)
    assert (await phone.wait_for("В работе")).buttons == [["Дополнить"]]
    await bot.delete_message(PERSON, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("Выполнено", **at)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(PERSON, sent.message_id)
    own = await phone.say("моё")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("чужое", chat_id=PERSON, message_id=own.id)


async def test_files_of_the_bot_are_seen_and_may_be_sent_again(bot: Bot, phone: Phone) -> None:
    await phone.start()
    photo = await bot.send_photo(PERSON, BufferedInputFile(png(40, 30), "p.png"), caption="вид")
    assert photo.photo is not None
    assert (photo.photo[-1].width, photo.photo[-1].height) == (40, 30)
    seen = await phone.wait_for(lambda m: m.media == "photo")
    assert await phone.fetch(seen) == png(40, 30)
    await bot.send_photo(PERSON, photo.photo[-1].file_id)
    document = await bot.send_document(PERSON, BufferedInputFile(b"%PDF-1.4", "акт.pdf"))
    assert document.document is not None
    assert document.document.file_name == "акт.pdf"
    voice = await bot.send_voice(PERSON, BufferedInputFile(ogg(4), "v.ogg"))
    assert voice.voice is not None
    assert voice.voice.duration == 4
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(PERSON, BufferedInputFile(b"not a picture", "p.png"))
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await bot.send_photo(PERSON, "AgAC-unknown")


async def test_a_file_id_is_good_for_one_bot_only(
    bot: Bot, staff_bot: Bot, phone: Phone, url: str
) -> None:
    await phone.start()
    async with Phone(url, 502, "shift_bot") as operator:
        await operator.start()
    sent = await bot.send_document(PERSON, BufferedInputFile(b"x", "x.txt"))
    assert sent.document is not None
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await staff_bot.send_document(502, sent.document.file_id)


async def test_a_file_of_a_person_is_fetched_by_get_file(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await phone.photo("кран течёт", png(9, 9))
    message = (await bot.get_updates(offset=-1))[0].message
    assert message is not None
    assert message.photo is not None
    assert message.caption == "кран течёт"
    file = await bot.get_file(message.photo[-1].file_id)
    assert file.file_path is not None
    got = await bot.download_file(file.file_path)
    assert got is not None
    assert got.read() == png(9, 9)


async def test_albums_go_both_ways(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await bot.get_updates(offset=-1)
    await phone.album([png(1, 1), png(2, 2), png(3, 3)], "подъезд")
    messages = [u.message for u in await bot.get_updates()][-3:]
    assert len({m.media_group_id for m in messages if m is not None}) == 1
    assert [m.caption for m in messages if m is not None] == ["подъезд", None, None]
    files = [BufferedInputFile(png(5, 5), "a.png"), BufferedInputFile(png(6, 6), "b.png")]
    sent = await bot.send_media_group(
        PERSON, [InputMediaPhoto(media=f, caption=f"{i}") for i, f in enumerate(files)]
    )
    assert len({m.media_group_id for m in sent}) == 1
    with pytest.raises(TelegramBadRequest, match="2-10 items"):
        await bot.send_media_group(PERSON, [InputMediaPhoto(media=files[0])])
    with pytest.raises(TelegramBadRequest, match="can't be mixed"):
        await bot.send_media_group(
            PERSON, [InputMediaPhoto(media=files[0]), InputMediaDocument(media=files[1])]
        )


async def test_replies_are_quoted_on_both_sides(bot: Bot, phone: Phone) -> None:
    await phone.start()
    own = await phone.say("Нет воды")
    sent = await bot.send_message(
        PERSON, "Уточните адрес", reply_parameters=ReplyParameters(message_id=own.id)
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "Нет воды"
    assert (await phone.wait_for("Уточните")).reply == "Нет воды"
    await phone.reply("Уточните", "Ленина 5")
    message = (await bot.get_updates(offset=-1))[0].message
    assert message is not None
    assert message.reply_to_message is not None
    assert message.reply_to_message.message_id == sent.message_id
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(PERSON, "x", reply_parameters=ReplyParameters(message_id=999))
    lost = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(PERSON, "x", reply_parameters=lost)).reply_to_message is None


async def test_a_contact_key_proves_whose_number_it_is(bot: Bot, phone: Phone) -> None:
    await phone.start()
    keyboard = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text="Телефон", request_contact=True)]],
        one_time_keyboard=True,
    )
    await bot.send_message(PERSON, "Ваш номер?", reply_markup=keyboard)
    await phone.key("Телефон")
    message = (await bot.get_updates(offset=-1))[0].message
    assert message is not None
    assert message.contact is not None
    assert (message.contact.user_id, message.contact.phone_number) == (PERSON, "79220000001")
    assert (await phone.chat())["keyboard"] is None
    await bot.send_message(PERSON, "Ответьте", reply_markup=ForceReply())
    assert (await phone.chat())["keyboard"]["force_reply"]
    await bot.send_message(PERSON, "Всё", reply_markup=ReplyKeyboardRemove())
    assert (await phone.chat())["keyboard"] is None


async def test_a_blocked_bot_is_told_and_refused(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await phone.block()
    update = (await bot.get_updates(offset=-1))[0]
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(PERSON, "Вы где?")
    with pytest.raises(PhoneRefused, match="blocked"):
        await phone.say("я здесь")
    await phone.unblock()
    assert (await bot.get_updates(offset=-1))[0].my_chat_member is not None
    await bot.send_message(PERSON, "С возвращением")


async def test_edits_arrive_and_deletions_do_not(bot: Bot, phone: Phone) -> None:
    await phone.start()
    own = await phone.say("Ленина 5")
    await phone.edit(own, "Ленина 15")
    update = (await bot.get_updates(offset=-1))[0]
    assert update.edited_message is not None
    assert (update.edited_message.text, update.edited_message.message_id) == ("Ленина 15", own.id)
    await phone.delete(own)
    assert (await bot.get_updates(offset=-1))[0].update_id == update.update_id
