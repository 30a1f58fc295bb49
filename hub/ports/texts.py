"""Words. They live in templates; the core knows keys only."""

from __future__ import annotations

from typing import Protocol


class Texts(Protocol):
    """Renders templates by key: `reply/resolved`, `bot/operator/card` → templates/<key>.j2."""

    def render(self, key: str, language: str = "ru", /, **params: object) -> str:
        """Plain text. Raises KeyError when there is no such text."""

    def html(self, key: str, language: str = "ru", /, **params: object) -> str:
        """As Telegram HTML: everything that comes in by params is escaped."""

    def fill(self, text: str, language: str = "ru", /, **params: object) -> str:
        """Fill an admin's own template: {имя} and other variables; unknown ones stay."""
