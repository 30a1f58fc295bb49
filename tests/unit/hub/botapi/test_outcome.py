"""Errors of the Bot API, each in the hub's words."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot, methods
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    Chat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from hypothesis import given
from hypothesis import strategies as st

from hub.botapi.bot import make_bot
from hub.botapi.outcome import attempt, outcome, plain_text
from hub.botapi.trouble import Cut, ServerTrouble, Unreached, Unsent
from hub.domain.message import Accepted, Deferred, Outcome, Rejected, Unsure

SEND = methods.SendMessage(chat_id=5, text="x")
ME = methods.GetMe()

TABLE: list[tuple[TelegramAPIError, Outcome]] = [
    (TelegramRetryAfter(SEND, "Too Many Requests", 7), Deferred("rate_limit", 7.0, "chat")),
    (TelegramRetryAfter(ME, "Too Many Requests", 7), Deferred("rate_limit", 7.0, "account")),
    (Unreached(SEND, "ClientConnectorError"), Deferred("network", 3.0, "account")),
    (Unsent(SEND, "file"), Deferred("file_read", 3.0)),
    (Cut(SEND, "TimeoutError"), Unsure("network")),
    (
        TelegramForbiddenError(SEND, "Forbidden: bot was blocked by the user"),
        Rejected("blocked", "Forbidden: bot was blocked by the user", gone=True),
    ),
    (TelegramUnauthorizedError(SEND, "Unauthorized"), Deferred("token", 60.0, "account")),
    (TelegramNotFound(SEND, "Not Found"), Deferred("token", 60.0, "account")),
    (
        TelegramNotFound(SEND, "Not Found: method not found"),
        Rejected("unsupported", "Not Found: method not found"),
    ),
    (TelegramEntityTooLarge(SEND, "large"), Rejected("file_size", "large")),
    (TelegramMigrateToChat(SEND, "m", -100200), Rejected("migrated", "-100200")),
    (ServerTrouble(SEND, "Internal Server Error", 500), Unsure("server")),
    (ServerTrouble(SEND, "Bad Gateway", 502), Unsure("server")),
    (ServerTrouble(SEND, "Service Unavailable", 503), Deferred("server", 1.0)),
    (ServerTrouble(SEND, "not implemented", 501), Rejected("unsupported", "not implemented")),
    (
        TelegramBadRequest(SEND, "Bad Request: message is not modified: specified new …"),
        Accepted(),
    ),
    (
        TelegramBadRequest(SEND, "Bad Request: chat not found"),
        Rejected("no_chat", "Bad Request: chat not found", gone=True),
    ),
    (
        TelegramBadRequest(SEND, "Bad Request: message to edit not found"),
        Rejected("message_gone", "Bad Request: message to edit not found"),
    ),
    (
        TelegramBadRequest(SEND, "Bad Request: message thread not found"),
        Rejected("topic_gone", "Bad Request: message thread not found"),
    ),
    (
        TelegramBadRequest(SEND, "Bad Request: whatever comes next year"),
        Rejected("refused", "Bad Request: whatever comes next year"),
    ),
]


@pytest.mark.parametrize(("error", "expected"), TABLE, ids=[str(e)[:60] for e, _ in TABLE])
def test_error_means(error: TelegramAPIError, expected: Outcome) -> None:
    assert outcome(error) == expected


@pytest.mark.parametrize(
    "error", [Cut(SEND, "x"), ServerTrouble(SEND, "x", 500), ServerTrouble(SEND, "x", 502)]
)
def test_what_may_be_repeated_is_never_unsure(error: TelegramAPIError) -> None:
    assert isinstance(outcome(error, harmless=True), Deferred)


class Script:
    """Answers of a session, one after another; remembers what it was asked."""

    def __init__(self, bot: Bot, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []
        bot.session.make_request = self.make_request  # type: ignore[method-assign,assignment]

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:
        self.asked.append(method)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def message(number: int, chat: int = 5) -> Message:
    return Message.model_construct(message_id=number, chat=Chat(id=chat, type="private"))


async def test_markup_that_does_not_parse_goes_again_as_plain_text() -> None:
    bot = make_bot("1:a")
    refusal = TelegramBadRequest(SEND, "Bad Request: can't parse entities: Unmatched end tag")
    script = Script(bot, refusal, message(9))
    html = methods.SendMessage(chat_id=5, text="<b>Дом &amp; сад</i>", parse_mode="HTML")
    _, done = await attempt(bot, html)
    assert done == Accepted(("9",))
    assert (script.asked[1].text, script.asked[1].parse_mode) == ("Дом & сад", None)


async def test_plain_text_is_tried_once_only() -> None:
    bot = make_bot("1:a")
    refusal = TelegramBadRequest(SEND, "Bad Request: can't parse entities: x")
    Script(bot, refusal, refusal)
    _, done = await attempt(bot, SEND)
    assert isinstance(done, Rejected)


async def test_a_wish_that_the_server_does_not_know_is_dropped_keys_are_not() -> None:
    """lo-bot-api-emulator knows no ForceReply; the question must be asked all the same."""
    refusal = TelegramBadRequest(SEND, "Bad Request: invalid reply_markup")
    bot = make_bot("1:a")
    script = Script(bot, refusal, message(8))
    _, done = await attempt(bot, SEND.model_copy(update={"reply_markup": ForceReply()}))
    assert done == Accepted(("8",))
    assert [method.reply_markup for method in script.asked] == [ForceReply(), None]
    key = InlineKeyboardButton(text="Взять", callback_data="c")
    keys = InlineKeyboardMarkup(inline_keyboard=[[key]])
    Script(bot, refusal)
    _, done = await attempt(bot, SEND.model_copy(update={"reply_markup": keys}))
    assert isinstance(done, Rejected)


async def test_a_group_that_moved_is_followed() -> None:
    bot = make_bot("1:a")
    script = Script(bot, TelegramMigrateToChat(SEND, "m", -1009), message(3, -1009))
    answer, done = await attempt(bot, methods.SendMessage(chat_id=-9, text="x"))
    assert done == Accepted(("3",))
    assert answer is not None
    assert answer.chat.id == -1009
    assert [asked.chat_id for asked in script.asked] == [-9, -1009]


def test_no_token_is_told_by_its_error() -> None:
    with pytest.raises(ValueError, match=r"^token$") as wrong:
        make_bot("secret-without-number")
    assert "secret" not in str(wrong.value)


@given(st.text())
def test_words_of_any_markup_can_be_had(text: str) -> None:
    assert isinstance(plain_text(text), str)
    assert plain_text("<b>" + text.replace("<", "").replace("&", "") + "</b>") == text.replace(
        "<", ""
    ).replace("&", "")
