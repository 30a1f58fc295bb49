"""Calls of the methods that both servers know, and whether they are taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaDocument,
    InputMediaPhoto,
    InputTextMessageContent,
    MenuButtonCommands,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)

from tests.contract.bot_api.conftest import CHAT
from tests.support.samples import ogg, png

Act = Callable[[Bot], Awaitable[object]]
COMMANDS = [BotCommand(command="queue", description="Очередь")]
HTTPS = "https://hub.example.org/mini/open/staff?case=7"


class Case(NamedTuple):
    """A call of `method`, and whether both take it."""

    method: str
    label: str
    act: Act
    taken: bool = True


def file(name: str, data: bytes = b"%PDF") -> BufferedInputFile:
    return BufferedInputFile(data, name)


def key(**action: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Ключ", **action)]])


def article(ident: str = "a", title: str = "Ответ", text: str = "Добрый день") -> Any:
    return InlineQueryResultArticle(
        id=ident, title=title, input_message_content=InputTextMessageContent(message_text=text)
    )


async def sent(bot: Bot) -> dict[str, int]:
    """Where a message of the bot stands."""
    message = await bot.send_message(CHAT, "было")
    return {"chat_id": CHAT, "message_id": message.message_id}


async def pictured(bot: Bot) -> dict[str, int]:
    message = await bot.send_photo(CHAT, file("p.png", png()), caption="было")
    return {"chat_id": CHAT, "message_id": message.message_id}


async def edit_text(bot: Bot, text: str = "стало", **more: Any) -> object:
    return await bot.edit_message_text(text, **{**await sent(bot), **more})


async def edit_caption(bot: Bot, caption: str) -> object:
    return await bot.edit_message_caption(caption=caption, **await pictured(bot))


async def edit_keys(bot: Bot, markup: InlineKeyboardMarkup) -> object:
    return await bot.edit_message_reply_markup(reply_markup=markup, **await sent(bot))


async def fetch(bot: Bot) -> object:
    message = await bot.send_document(CHAT, file("a.pdf"))
    assert message.document is not None
    return await bot.get_file(message.document.file_id)


async def delete(bot: Bot) -> object:
    return await bot.delete_message(**await sent(bot))


def album(*media: Any) -> Act:
    return lambda bot: bot.send_media_group(CHAT, list(media))


CASES = [
    Case("getMe", "who", lambda bot: bot.get_me()),
    Case("getUpdates", "nothing yet", lambda bot: bot.get_updates(limit=1)),
    Case("getWebhookInfo", "none set", lambda bot: bot.get_webhook_info()),
    Case("deleteWebhook", "none set", lambda bot: bot.delete_webhook()),
    Case(
        "setWebhook",
        "bad secret",
        lambda bot: bot.set_webhook("http://127.0.0.1:9/", secret_token="а"),
        False,
    ),
    Case("setWebhook", "no address", lambda bot: bot.set_webhook("nowhere"), False),
    Case("getFile", "what was sent", fetch),
    Case("getFile", "unknown", lambda bot: bot.get_file("no-such-file"), False),
    Case("sendMessage", "plain", lambda bot: bot.send_message(CHAT, "слово")),
    Case("sendMessage", "4096", lambda bot: bot.send_message(CHAT, "я" * 4096)),
    Case("sendMessage", "4097", lambda bot: bot.send_message(CHAT, "я" * 4097), False),
    Case("sendMessage", "4096 in UTF-16", lambda bot: bot.send_message(CHAT, "😀" * 2048)),
    Case("sendMessage", "over in UTF-16", lambda bot: bot.send_message(CHAT, "😀" * 2049), False),
    Case("sendMessage", "blank", lambda bot: bot.send_message(CHAT, " \n "), False),
    Case(
        "sendMessage",
        "64 bytes",
        lambda bot: bot.send_message(CHAT, "x", reply_markup=key(callback_data="d" * 64)),
    ),
    Case(
        "sendMessage",
        "65 bytes",
        lambda bot: bot.send_message(CHAT, "x", reply_markup=key(callback_data="d" * 65)),
        False,
    ),
    Case(
        "sendMessage",
        "link",
        lambda bot: bot.send_message(CHAT, "x", reply_markup=key(url="https://example.org")),
    ),
    Case(
        "sendMessage",
        "no link",
        lambda bot: bot.send_message(CHAT, "x", reply_markup=key(url="javascript:1")),
        False,
    ),
    Case(
        "sendMessage",
        "mini app",
        lambda bot: bot.send_message(CHAT, "x", reply_markup=key(web_app=WebAppInfo(url=HTTPS))),
    ),
    Case(
        "sendMessage",
        "mini app without https",
        lambda bot: bot.send_message(
            CHAT, "x", reply_markup=key(web_app=WebAppInfo(url="http://hub.example.org"))
        ),
        False,
    ),
    Case(
        "sendMessage",
        "inline here",
        lambda bot: bot.send_message(
            CHAT, "x", reply_markup=key(switch_inline_query_current_chat="вода")
        ),
    ),
    Case(
        "sendMessage",
        "key without action",
        lambda bot: bot.send_message(CHAT, "x", reply_markup=key()),
        False,
    ),
    Case("sendChatAction", "typing", lambda bot: bot.send_chat_action(CHAT, "typing")),
    Case("sendChatAction", "file", lambda bot: bot.send_chat_action(CHAT, "upload_document")),
    Case("sendChatAction", "unknown", lambda bot: bot.send_chat_action(CHAT, "dancing"), False),
    Case(
        "sendPhoto",
        "with words",
        lambda bot: bot.send_photo(CHAT, file("p.png", png()), caption="я" * 1024),
    ),
    Case(
        "sendPhoto",
        "too many words",
        lambda bot: bot.send_photo(CHAT, file("p.png", png()), caption="я" * 1025),
        False,
    ),
    Case("sendPhoto", "unknown", lambda bot: bot.send_photo(CHAT, "nothing"), False),
    Case(
        "sendDocument",
        "with keys",
        lambda bot: bot.send_document(CHAT, file("a.pdf"), reply_markup=key(callback_data="a")),
    ),
    Case("sendDocument", "unknown", lambda bot: bot.send_document(CHAT, "nothing"), False),
    Case("sendVoice", "recorded", lambda bot: bot.send_voice(CHAT, file("v.ogg", ogg(2)))),
    Case(
        "sendVoice",
        "too many words",
        lambda bot: bot.send_voice(CHAT, file("v.ogg", ogg(2)), caption="я" * 1025),
        False,
    ),
    Case(
        "sendVideo",
        "small",
        lambda bot: bot.send_video(CHAT, file("v.mp4", b"\0" * 9), caption="двор"),
    ),
    Case("sendVideo", "unknown", lambda bot: bot.send_video(CHAT, "nothing"), False),
    # The other server takes sounds by their id alone, and has no way to get one.
    Case("sendAudio", "unknown", lambda bot: bot.send_audio(CHAT, "nothing"), False),
    Case(
        "sendMediaGroup",
        "two",
        album(
            InputMediaPhoto(media=file("a.png", png())),
            InputMediaPhoto(media=file("b.png", png(3, 3))),
        ),
    ),
    Case(
        "sendMediaGroup",
        "ten",
        album(*[InputMediaDocument(media=file(f"{n}.pdf")) for n in range(10)]),
    ),
    Case("sendMediaGroup", "one", album(InputMediaPhoto(media=file("a.png", png()))), False),
    Case(
        "sendMediaGroup",
        "eleven",
        album(*[InputMediaDocument(media=file(f"{n}.pdf")) for n in range(11)]),
        False,
    ),
    Case(
        "sendMediaGroup",
        "mixed",
        album(InputMediaPhoto(media=file("a.png", png())), InputMediaDocument(media=file("b.pdf"))),
        False,
    ),
    Case("editMessageText", "other words", edit_text),
    Case(
        "editMessageText",
        "with keys",
        lambda bot: edit_text(bot, reply_markup=key(callback_data="x")),
    ),
    Case("editMessageText", "blank", lambda bot: edit_text(bot, " "), False),
    Case("editMessageText", "too long", lambda bot: edit_text(bot, "я" * 4097), False),
    Case("editMessageText", "no such message", lambda bot: edit_text(bot, message_id=0), False),
    Case("editMessageCaption", "other words", lambda bot: edit_caption(bot, "стало")),
    Case("editMessageCaption", "too long", lambda bot: edit_caption(bot, "я" * 1025), False),
    Case("editMessageReplyMarkup", "keys", lambda bot: edit_keys(bot, key(callback_data="x"))),
    Case(
        "editMessageReplyMarkup",
        "65 bytes",
        lambda bot: edit_keys(bot, key(callback_data="d" * 65)),
        False,
    ),
    Case("deleteMessage", "own", delete),
    Case("deleteMessage", "no such message", lambda bot: bot.delete_message(CHAT, 0), False),
    Case("setMyCommands", "for all", lambda bot: bot.set_my_commands(COMMANDS)),
    Case(
        "setMyCommands",
        "for one chat",
        lambda bot: bot.set_my_commands(COMMANDS, scope=BotCommandScopeChat(chat_id=CHAT)),
    ),
    Case(
        "setMyCommands",
        "by language",
        lambda bot: bot.set_my_commands(
            COMMANDS, scope=BotCommandScopeAllPrivateChats(), language_code="ru"
        ),
    ),
    Case(
        "setMyCommands",
        "too many",
        lambda bot: bot.set_my_commands(
            [BotCommand(command=f"c{n}", description="x") for n in range(101)]
        ),
        False,
    ),
    Case("getMyCommands", "none yet", lambda bot: bot.get_my_commands()),
    Case("deleteMyCommands", "none yet", lambda bot: bot.delete_my_commands()),
    Case(
        "setChatMenuButton",
        "mini app",
        lambda bot: bot.set_chat_menu_button(
            menu_button=MenuButtonWebApp(text="Обращения", web_app=WebAppInfo(url=HTTPS))
        ),
    ),
    Case(
        "setChatMenuButton",
        "commands",
        lambda bot: bot.set_chat_menu_button(menu_button=MenuButtonCommands()),
    ),
    Case(
        "setChatMenuButton",
        "of one chat",
        lambda bot: bot.set_chat_menu_button(chat_id=CHAT, menu_button=MenuButtonDefault()),
    ),
    Case(
        "answerCallbackQuery",
        "201 letters",
        lambda bot: bot.answer_callback_query("q", text="я" * 201),
        False,
    ),
    Case(
        "answerInlineQuery",
        "51 results",
        lambda bot: bot.answer_inline_query("q", [article(str(n)) for n in range(51)]),
        False,
    ),
    Case(
        "answerInlineQuery",
        "one id twice",
        lambda bot: bot.answer_inline_query("q", [article(), article()]),
        False,
    ),
    Case(
        "answerInlineQuery",
        "no title",
        lambda bot: bot.answer_inline_query("q", [article(title="")]),
        False,
    ),
    Case(
        "answerInlineQuery",
        "too long",
        lambda bot: bot.answer_inline_query("q", [article(text="я" * 4097)]),
        False,
    ),
]
