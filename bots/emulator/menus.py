"""What a bot offers beside the input field: commands by scope and language, and the button."""

from __future__ import annotations

from typing import Any

from bots.emulator.chats import Chat
from bots.emulator.world import Bot, World


def scopes(chat: Chat, person: int) -> list[str]:
    """Keys of the scopes that apply to a person in a chat, the narrowest first.

    Source: core.telegram.org/bots/api#determining-list-of-commands.
    """
    if chat.private:
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    administers = chat.owner == person
    return [
        f"chat_member:{chat.id}:{person}",
        *([f"chat_administrators:{chat.id}"] if administers else []),
        f"chat:{chat.id}",
        *(["all_chat_administrators"] if administers else []),
        "all_group_chats",
        "default",
    ]


def commands_for(world: World, bot_id: int, chat: Chat, person: int) -> list[dict[str, Any]]:
    """The menu that a person sees: the first scope that has commands, in their language first."""
    known = world.bots[bot_id].profile.commands
    who = world.people.get(person)
    language = who.language_code if who else ""
    keys = (key for scope in scopes(chat, person) for key in (f"{scope}/{language}", scope))
    return next((known[key] for key in keys if known.get(key)), [])


def menu_button(bot: Bot, chat: Chat) -> dict[str, Any]:
    """The button of a private chat."""
    menus = bot.profile.menus
    return menus.get(str(chat.id)) or menus.get("default") or {"type": "default"}
