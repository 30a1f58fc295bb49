"""The menu of commands that a channel shows beside the input line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from hub.ports.texts import Texts

LANGUAGES = ("ru", "en")
Menu = dict[str, str]
"""Command → what it does."""


@runtime_checkable
class Commanding(Protocol):
    """A channel that shows a menu of commands."""

    async def offer_commands(self, menus: Mapping[str, Menu]) -> None:
        """Show these to everybody, by language; the first holds for all other languages. Best
        effort."""


def menus(texts: Texts) -> dict[str, Menu]:
    """What residents may command, in every language."""
    return {
        language: dict(json.loads(texts.render("bot/resident/commands", language)))
        for language in LANGUAGES
    }
