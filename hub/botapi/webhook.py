"""Webhooks of the Bot API: proof by a secret header, and telling the server where we are.

Source: core.telegram.org/bots/api#setwebhook. aiogram's own request handler checks no secret.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Awaitable
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from hub.botapi.updates import ALLOWED
from hub.ports.channel import CheckFailed, Forged, RawRequest

T = TypeVar("T")

HEADER = "x-telegram-bot-api-secret-token"
_USABLE = re.compile(r"[A-Za-z0-9_-]{16,256}")


def webhook_secret(account: str, token: str, given: str = "") -> str:
    """The secret of an account's webhook, the same in every process.

    Made of the token unless one is `given` in the settings. Raises ValueError for a given one
    that is shorter than 16 or has characters Telegram does not allow.
    """
    if given:
        if not _USABLE.fullmatch(given):
            raise ValueError("secret")
        return given
    return hmac.new(token.encode(), f"webhook:{account}".encode(), hashlib.sha256).hexdigest()


def prove(raw: RawRequest, secret: str) -> None:
    """Raise Forged unless the header holds the secret; take the header out of what is kept."""
    shown = raw.headers.pop(HEADER, "")
    if not shown:
        raise Forged("no secret", 401)
    if not hmac.compare_digest(shown.encode(), secret.encode()):
        raise Forged("wrong secret", 403)


async def set_webhook(bot: Bot, url: str, secret: str) -> None:
    """Let updates be posted to `url`; what waits is kept. Raises CheckFailed."""
    await asked(
        bot.set_webhook(
            url,
            secret_token=secret,
            allowed_updates=list(ALLOWED),
            max_connections=40,
            drop_pending_updates=False,
        )
    )


async def delete_webhook(bot: Bot) -> None:
    """Let updates wait for getUpdates; what waits is kept. Raises CheckFailed."""
    await asked(bot.delete_webhook(drop_pending_updates=False))


async def check(bot: Bot) -> dict[str, str]:
    """Who the token says we are: facts for people. Raises CheckFailed."""
    me = await asked(bot.get_me())
    return {"name": me.first_name, "username": me.username or "", "id": str(me.id)}


async def asked(call: Awaitable[T]) -> T:
    """The answer to a question at start. Raises CheckFailed, whose text holds no address."""
    try:
        return await call
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise CheckFailed("token_refused") from None
    except (TelegramNetworkError, TelegramServerError):
        raise CheckFailed("api_unreachable") from None
    except TelegramAPIError:
        raise CheckFailed("api_refused") from None
