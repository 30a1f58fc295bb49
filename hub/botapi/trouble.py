"""What may go wrong between us and a Bot API server, told apart by what it leaves behind.

No text here carries an address: the token is part of every address of the Bot API.
"""

from __future__ import annotations

from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType


class Unreached(TelegramNetworkError):
    """No connection came about: nothing was sent."""


class Cut(TelegramNetworkError):
    """The request went out and no answer came: it may have been carried out."""


class Unsent(TelegramNetworkError):
    """Our own file could not be read to its end, so the request was never whole."""


class ServerTrouble(TelegramServerError):
    """The server answered 5xx; `status` says which."""

    def __init__(self, method: TelegramMethod[TelegramType], message: str, status: int) -> None:
        super().__init__(method=method, message=message)
        self.status = status
