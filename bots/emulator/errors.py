"""Refusals of the Bot API, with the codes and words that Telegram uses."""

from __future__ import annotations

from typing import Any


class BotApiError(Exception):
    """A refused call: goes to the bot as `{"ok": false, "error_code": …}`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class PhoneError(Exception):
    """A person asked for something that the phone cannot do; `code` is an HTTP status."""

    def __init__(self, reason: str, code: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


def bad_request(description: str, **parameters: Any) -> BotApiError:
    return BotApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> BotApiError:
    return BotApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> BotApiError:
    return BotApiError(409, f"Conflict: {description}")


def too_many(retry_after: int) -> BotApiError:
    """`retry_after` is in whole seconds, as Telegram sends it."""
    return BotApiError(
        429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
    )
