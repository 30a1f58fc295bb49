"""What a call to the Bot API came to, in the hub's words."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, TypeVar

from aiogram import Bot
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
from aiogram.methods import TelegramMethod
from aiogram.types import ForceReply

from hub.botapi.trouble import ServerTrouble, Unreached, Unsent
from hub.domain.message import Accepted, Deferred, Outcome, Rejected, Unsure

T = TypeVar("T")

# Pauses in seconds before the next try, at the least: those of a row grow with its tries.
AFTER_NETWORK = 3.0
AFTER_SERVER = 1.0
AFTER_TOKEN = 60.0

# Words of Telegram's refusals → our text key. Lower case; the first that fits.
REFUSALS: tuple[tuple[str, str, bool], ...] = (
    ("chat not found", "no_chat", True),
    ("user not found", "no_chat", True),
    ("peer_id_invalid", "no_chat", True),
    ("user is deactivated", "no_chat", True),
    ("message thread not found", "topic_gone", False),
    ("topic_deleted", "topic_gone", False),
    ("topic_id_invalid", "topic_gone", False),
    ("topic_not_modified", "unchanged", False),
    ("not enough rights", "no_rights", False),
    ("need administrator rights", "no_rights", False),
    ("chat_admin_required", "no_rights", False),
    ("the chat is not a forum", "no_topics", False),
    ("topic_closed", "topic_closed", False),
    ("message to edit not found", "message_gone", False),
    ("message can't be edited", "message_gone", False),
    ("message_id_invalid", "message_gone", False),
    ("message to delete not found", "message_gone", False),
    ("message to react not found", "message_gone", False),
    ("message to be replied not found", "quoted_gone", False),
    ("query is too old", "query_old", False),
    ("message is too long", "too_long", False),
    ("caption is too long", "too_long", False),
    ("file is too big", "file_size", False),
    ("request entity too large", "file_size", False),
)


def unchanged(error: BaseException) -> bool:
    """An edit asked for what stands there already: the wish is fulfilled."""
    return isinstance(error, TelegramBadRequest) and "message is not modified" in error.message


def unparsable(error: BaseException) -> bool:
    """The server could not read our markup."""
    return isinstance(error, TelegramBadRequest) and "can't parse entities" in error.message.lower()


def _wish_refused(error: BaseException, method: TelegramMethod[Any]) -> bool:
    """A server that knows no ForceReply: the words matter, the opened field does not."""
    return (
        isinstance(error, TelegramBadRequest)
        and "reply_markup" in error.message
        and isinstance(getattr(method, "reply_markup", None), ForceReply)
    )


def outcome(error: TelegramAPIError, *, harmless: bool = False) -> Outcome:
    """What an error of the Bot API means for what was to be sent.

    `harmless`: doing it twice leaves the same as doing it once (an edit, a reaction).
    """
    match error:
        case TelegramRetryAfter():
            # Telegram does not say whether the chat or the bot is meant; our own budget keeps the
            # bot within its bounds, so it is the chat, where there is one.
            chat = getattr(error.method, "chat_id", None)
            return Deferred(
                "rate_limit", float(error.retry_after), "account" if chat is None else "chat"
            )
        case Unreached():
            return Deferred("network", AFTER_NETWORK, "account")
        case Unsent():
            return Deferred("file_read", AFTER_NETWORK)
        case TelegramForbiddenError():
            return Rejected("blocked", error.message, gone=True)
        case TelegramNotFound() if "method" in error.message:
            return Rejected("unsupported", error.message)
        case TelegramUnauthorizedError() | TelegramNotFound():
            # An unknown token is answered 404 or 401; the message itself is not refused.
            return Deferred("token", AFTER_TOKEN, "account")
        case TelegramEntityTooLarge():
            return Rejected("file_size", error.message)
        case TelegramMigrateToChat():
            return Rejected("migrated", str(error.migrate_to_chat_id))
        case ServerTrouble():
            return _server(error, harmless)
        case TelegramBadRequest():
            return _refusal(error.message)
        case _ if harmless:
            return Deferred("network", AFTER_SERVER)
    return Unsure("network")


def unsaid(outcome: Outcome) -> bool:
    """Nothing of it reached the server: no budget is used up."""
    if not isinstance(outcome, Deferred):
        return False
    unreached = outcome.reason == "network" and outcome.scope == "account"
    return unreached or outcome.reason == "file_read"


def _server(error: ServerTrouble, harmless: bool) -> Outcome:
    if error.status == 501:
        return Rejected("unsupported", error.message)
    # 503 is said before anything is begun; after the others the message may be there.
    if harmless or error.status == 503:
        return Deferred("server", AFTER_SERVER)
    return Unsure("server")


def _refusal(message: str) -> Outcome:
    if "message is not modified" in message:
        return Accepted()
    low = message.lower()
    for words, reason, gone in REFUSALS:
        if words in low:
            return Rejected(reason, message, gone=gone)
    return Rejected("refused", message)


async def attempt(
    bot: Bot,
    method: TelegramMethod[T],
    *,
    harmless: bool = False,
    timeout: int | None = None,
    follow: bool = True,
) -> tuple[T | None, Outcome]:
    """Call the Bot API: its answer (None unless accepted) and the outcome. Never raises for it.

    Markup that the server cannot parse goes again as plain text, and without a ForceReply that it
    does not know; a group that became a supergroup is followed (the answer's chat has the new id,
    which the caller should remember), unless `follow` is False. The ids in `Accepted` are the
    platform's message ids, in order.
    """
    plain, moved = False, False
    while True:
        try:
            answer = await bot(method, request_timeout=timeout)
        except TelegramMigrateToChat as error:
            if moved or not follow or "chat_id" not in type(method).model_fields:
                return None, outcome(error, harmless=harmless)
            moved = True
            method = method.model_copy(update={"chat_id": error.migrate_to_chat_id})
        except TelegramAPIError as error:
            if _wish_refused(error, method):
                method = method.model_copy(update={"reply_markup": None})
                continue
            if plain or not unparsable(error):
                return None, outcome(error, harmless=harmless)
            plain = True
            method = without_markup(method)
        else:
            return answer, Accepted(message_ids(answer))


def message_ids(answer: object) -> tuple[str, ...]:
    """The ids of the messages that an answer tells of."""
    answers = answer if isinstance(answer, list) else [answer]
    ids = (getattr(one, "message_id", None) for one in answers)
    return tuple(str(one) for one in ids if one is not None)


def without_markup(method: TelegramMethod[T]) -> TelegramMethod[T]:
    """The same call with its HTML texts as plain ones."""
    fields = type(method).model_fields
    changes: dict[str, Any] = {"parse_mode": None} if "parse_mode" in fields else {}
    for name in ("text", "caption"):
        if isinstance(value := getattr(method, name, None), str):
            changes[name] = plain_text(value)
    if isinstance(media := getattr(method, "media", None), list):
        changes["media"] = [
            item.model_copy(update={"parse_mode": None, "caption": plain_text(item.caption or "")})
            for item in media
        ]
    return method.model_copy(update=changes)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def plain_text(markup: str) -> str:
    """The words of a piece of Telegram HTML, however broken it is."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return "".join(reader.words)
