"""Who takes part: bots by token, people by Telegram id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BotAccount:
    """A bot as BotFather would have made it; the id is the part of the token before the colon."""

    token: str
    username: str
    name: str

    @property
    def id(self) -> int:
        head, _, secret = self.token.partition(":")
        if not head.isdigit() or not secret:
            raise ValueError("a bot token looks like <number>:<secret>")
        return int(head)

    def user(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """A user with a phone; `role_hint` is shown on the page only, bots never see it."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    phone: str = ""
    role_hint: str = ""
    bot_username: str = ""
    language_code: str = "ru"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def user(self) -> dict[str, Any]:
        known: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            known["last_name"] = self.last_name
        if self.username:
            known["username"] = self.username
        known["language_code"] = self.language_code
        return known
