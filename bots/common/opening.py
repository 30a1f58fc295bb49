"""Keys that open the desk: inside Telegram where that can be, else in a browser."""

from __future__ import annotations

from bots.common.talk import Talk
from bots.common.views import Key


def open_case(talk: Talk, case: int) -> list[Key]:
    """[Открыть карточку], nothing where the hub has no address that Telegram would show."""
    return _key(talk, "open_page", f"?case={case}", f"/cases/{case}")


def open_list(talk: Talk) -> list[Key]:
    """[Список]."""
    return _key(talk, "open_list", "", "")


def _key(talk: Talk, label: str, within: str, beside: str) -> list[Key]:
    # Telegram takes a Mini App under a message in private chats alone.
    if talk.bot.app and talk.chat > 0:
        return [Key(talk.label(label), app=f"{talk.bot.app}{within}")]
    if talk.bot.desk:
        return [Key(talk.label(label), url=f"{talk.bot.desk}{beside}")]
    return []
