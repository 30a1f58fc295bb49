"""What both servers know must come out the same on both: refusals by code, results by shape."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from aiohttp import web

from tests.contract.bot_api.conftest import CHAT, Server
from tests.support.samples import ogg, png

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Взять", callback_data="take:7:3")]]
)
PICTURE = BufferedInputFile(png(), "p.png")
Call = Callable[[Bot], Awaitable[object]]


def keys(data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Взять", callback_data=data)]]
    )


async def test_a_text_with_keys_comes_back_as_it_was_sent(server: Server) -> None:
    sent = await server.bot.send_message(CHAT, "№1840 · новое", reply_markup=KEYS)
    assert sent.text == "№1840 · новое"
    assert sent.chat.id == CHAT
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == KEYS.model_dump()
    more = await server.bot.send_message(CHAT, "ещё")
    assert more.message_id > sent.message_id


@pytest.mark.parametrize(
    ("kind", "send"),
    [
        ("photo", lambda bot: bot.send_photo(CHAT, PICTURE, caption="вид")),
        ("document", lambda bot: bot.send_document(CHAT, BufferedInputFile(b"%PDF", "a.pdf"))),
        ("voice", lambda bot: bot.send_voice(CHAT, BufferedInputFile(ogg(1), "v.ogg"))),
        ("video", lambda bot: bot.send_video(CHAT, BufferedInputFile(b"\0" * 9, "v.mp4"))),
    ],
)
async def test_a_file_is_sent_fetched_and_sent_again_by_its_id(
    server: Server, kind: str, send: Callable[[Bot], Awaitable[Message]]
) -> None:
    sent = await send(server.bot)
    media = getattr(sent, kind)
    media = media[-1] if isinstance(media, list) else media
    file = await server.bot.get_file(media.file_id)
    assert file.file_path
    assert await server.bot.download_file(file.file_path) is not None
    again = await getattr(server.bot, f"send_{kind}")(CHAT, media.file_id)
    assert getattr(again, kind)


async def test_an_album_has_one_group_id(server: Server) -> None:
    media = [
        InputMediaPhoto(media=BufferedInputFile(png(2, 2), "a.png"), caption="подъезд"),
        InputMediaPhoto(media=BufferedInputFile(png(3, 3), "b.png")),
    ]
    sent = await server.bot.send_media_group(CHAT, media)
    assert len(sent) == 2
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["подъезд", None]


async def test_edits_and_deletion(server: Server) -> None:
    sent = await server.bot.send_message(CHAT, "Принято", reply_markup=KEYS)
    at = {"chat_id": CHAT, "message_id": sent.message_id}
    edited = await server.bot.edit_message_text("В работе", **at)
    assert isinstance(edited, Message)
    assert (edited.message_id, edited.text) == (sent.message_id, "В работе")
    marked = await server.bot.edit_message_reply_markup(reply_markup=keys("x"), **at)
    assert isinstance(marked, Message)
    assert marked.reply_markup is not None
    assert marked.reply_markup.model_dump() == keys("x").model_dump()
    photo = await server.bot.send_photo(CHAT, PICTURE, caption="было")
    captioned = await server.bot.edit_message_caption(
        chat_id=CHAT, message_id=photo.message_id, caption="стало"
    )
    assert isinstance(captioned, Message)
    assert captioned.caption == "стало"
    assert await server.bot.delete_message(CHAT, sent.message_id)


@pytest.mark.parametrize(
    "call",
    [
        lambda bot: bot.send_message(CHAT, "я" * 4097),
        lambda bot: bot.send_message(CHAT, " "),
        lambda bot: bot.send_message("nobody", "x"),
        lambda bot: bot.send_message(CHAT, "x", reply_markup=keys("я" * 33)),
        lambda bot: bot.send_photo(CHAT, PICTURE, caption="я" * 1025),
        lambda bot: bot.send_photo(CHAT, "no-such-file"),
        lambda bot: bot.send_photo(CHAT, "attach://nothing"),
        lambda bot: bot.send_media_group(CHAT, [InputMediaPhoto(media=PICTURE)]),
        lambda bot: bot.get_file("no-such-file"),
        lambda bot: bot.answer_callback_query("q", text="я" * 201),
        lambda bot: bot.send_chat_action(CHAT, "dancing"),
        lambda bot: bot.send_message(CHAT, "x", reply_parameters=ReplyParameters(message_id=0)),
    ],
)
async def test_both_refuse(server: Server, call: Call) -> None:
    with pytest.raises(TelegramBadRequest):
        await call(server.bot)


@pytest.mark.parametrize(
    "call",
    [
        lambda bot: bot.send_message(CHAT, "я" * 4096),
        lambda bot: bot.send_message(CHAT, "x", reply_markup=keys("я" * 32)),
        lambda bot: bot.send_photo(CHAT, PICTURE, caption="я" * 1024),
        lambda bot: bot.send_chat_action(CHAT, "typing"),
        lambda bot: bot.set_my_commands([BotCommand(command="my", description="Мои")]),
        lambda bot: bot.send_message(
            CHAT,
            "x",
            reply_markup=ReplyKeyboardMarkup(
                keyboard=[[KeyboardButton(text="Телефон", request_contact=True)]],
                resize_keyboard=True,
            ),
        ),
        lambda bot: bot.send_message(CHAT, "x", reply_markup=ReplyKeyboardRemove()),
        lambda bot: bot.send_message(CHAT, "x", disable_notification=True),
        lambda bot: bot.get_me(),
    ],
)
async def test_both_accept(server: Server, call: Call) -> None:
    assert await call(server.bot)


async def test_replies_to_what_is_there(server: Server) -> None:
    first = await server.bot.send_message(CHAT, "раз")
    told = ReplyParameters(message_id=first.message_id)
    assert (await server.bot.send_message(CHAT, "два", reply_parameters=told)).text == "два"


async def test_updates_wait_until_they_are_confirmed(server: Server) -> None:
    await server.resident.say("раз")
    await server.resident.say("два")
    first = await server.bot.get_updates()
    assert [u.message.text for u in first if u.message] == ["раз", "два"]
    assert [u.update_id for u in await server.bot.get_updates()] == [u.update_id for u in first]
    rest = await server.bot.get_updates(offset=first[0].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["два"]
    assert [u.message.text for u in await server.bot.get_updates(limit=1) if u.message] == ["два"]
    assert await server.bot.get_updates(offset=first[1].update_id + 1) == []


async def test_the_newest_can_be_asked_for_with_a_negative_offset(server: Server) -> None:
    for text in ("раз", "два", "три"):
        await server.resident.say(text)
    updates = await server.bot.get_updates(offset=-1)
    assert [u.message.text for u in updates if u.message] == ["три"]
    assert len(await server.bot.get_updates()) == 1


async def test_a_long_poll_ends_with_the_first_update(server: Server) -> None:
    async with asyncio.TaskGroup() as both:
        waiting = both.create_task(server.bot.get_updates(timeout=50))
        both.create_task(server.resident.say("раз"))
    assert [u.message.text for u in waiting.result() if u.message] == ["раз"]


async def test_kinds_not_asked_for_stay_away(server: Server) -> None:
    await server.bot.get_updates(allowed_updates=["callback_query"])
    await server.resident.say("раз")
    sent = await server.bot.send_message(CHAT, "карточка", reply_markup=KEYS)
    await server.resident.press(sent.message_id, "take:7:3")
    (update,) = await server.bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "take:7:3"
    assert update.callback_query.message is not None
    assert update.callback_query.message.message_id == sent.message_id
    assert await server.bot.answer_callback_query(update.callback_query.id, text="я" * 200)


async def test_of_two_pollers_one_is_told_of_the_conflict(server: Server) -> None:
    polls = [asyncio.create_task(server.bot.get_updates(timeout=50)) for _ in range(2)]
    done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
    assert [type(task.exception()) for task in done] == [TelegramConflictError]
    await server.resident.say("раз")
    (left,) = waiting
    assert [u.message.text for u in await left if u.message] == ["раз"]


async def test_a_webhook_gets_the_secret_and_polling_is_a_conflict(server: Server) -> None:
    got: asyncio.Queue[tuple[str | None, str]] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        body = await request.json()
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        await got.put((secret, body["message"]["text"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/in", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/in"
    assert await server.bot.set_webhook(address, secret_token="shared_secret-1")
    assert (await server.bot.get_webhook_info()).url == address
    with pytest.raises(TelegramConflictError):
        await server.bot.get_updates()
    await server.resident.say("раз")
    await server.resident.say("два")
    assert [await asyncio.wait_for(got.get(), 60) for _ in range(2)] == [
        ("shared_secret-1", "раз"),
        ("shared_secret-1", "два"),
    ]
    assert await server.bot.delete_webhook()
    assert (await server.bot.get_webhook_info()).url == ""
    assert await server.bot.get_updates() == []
    await runner.cleanup()


async def test_a_webhook_with_a_bad_secret_is_refused(server: Server) -> None:
    with pytest.raises(TelegramBadRequest):
        await server.bot.set_webhook("http://127.0.0.1:9/in", secret_token="два слова")


async def test_dropped_updates_are_gone(server: Server) -> None:
    await server.resident.say("раз")
    assert (await server.bot.get_webhook_info()).pending_update_count == 1
    await server.bot.delete_webhook(drop_pending_updates=True)
    assert (await server.bot.get_webhook_info()).pending_update_count == 0
    assert await server.bot.get_updates() == []
