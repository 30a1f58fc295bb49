"""Which message of a bot stands for what."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec


class Shown(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A message of a bot that stands for something: what a swipe-reply or a button under it means.

    `chat` and `message` are the platform's ids. `what`: card, message, comment, prompt, mark,
    status. `case`, `entry`: what it shows. `version`: of the case when it was drawn.
    """

    account: str
    chat: int
    message: int
    what: str
    case: int = 0
    entry: int = 0
    version: int = 0
    data: dict[str, str] = {}
    at: datetime


class ShownStore(Protocol):
    """Which bot message stands for what (durable)."""

    async def add(self, shown: Shown) -> None:
        """Insert or replace by (account, chat, message)."""

    async def at(self, account: str, chat: int, message: int) -> Shown | None: ...

    async def latest(
        self, account: str, chat: int, what: str, case: int, entry: int = 0
    ) -> Shown | None:
        """The newest message in this chat that stands for this."""

    async def chats(self, case: int, what: str) -> list[Shown]:
        """The newest of each chat that shows this of a case."""

    async def drop(self, shown: Shown) -> None: ...
