"""What a bot is and what it offers in its menu."""

from __future__ import annotations

import re
from typing import Any

from aiogram.methods import (
    Close,
    DeleteMyCommands,
    GetChatMenuButton,
    GetMe,
    GetMyCommands,
    LogOut,
    SetChatMenuButton,
    SetMyCommands,
    SetMyDescription,
    SetMyName,
    SetMyShortDescription,
)

from bots.emulator.errors import bad_request
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import show_chat

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


@method(GetMe)
async def get_me(call: Call, asked: GetMe) -> dict[str, Any]:
    return {
        **call.bot.account.user(),
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(scope: Any, language: str | None) -> str:
    """One key for a scope and a language: `default`, `chat:5`, `default/ru`."""
    name = "default" if scope is None else str(scope.type)
    for part in ("chat_id", "user_id"):
        value = getattr(scope, part, None)
        if value is not None:
            name += f":{value}"
    return f"{name}/{language}" if language else name


def _show_menus(call: Call) -> None:
    call.world.save_profile(call.bot)
    for chat in call.world.chats.values():
        if call.bot_id in chat.bots:
            show_chat(call.world, chat)


@method(SetMyCommands)
async def set_my_commands(call: Call, asked: SetMyCommands) -> bool:
    if len(asked.commands) > 100:
        raise bad_request("there are too many commands")
    commands = []
    for item in asked.commands:
        name = item.command.removeprefix("/")
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(item.description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": name, "description": item.description})
    call.bot.profile.commands[_scope(asked.scope, asked.language_code)] = commands
    _show_menus(call)
    return True


@method(GetMyCommands)
async def get_my_commands(call: Call, asked: GetMyCommands) -> list[dict[str, Any]]:
    return call.bot.profile.commands.get(_scope(asked.scope, asked.language_code), [])


@method(DeleteMyCommands)
async def delete_my_commands(call: Call, asked: DeleteMyCommands) -> bool:
    call.bot.profile.commands.pop(_scope(asked.scope, asked.language_code), None)
    _show_menus(call)
    return True


@method(SetChatMenuButton)
async def set_chat_menu_button(call: Call, asked: SetChatMenuButton) -> bool:
    button = asked.menu_button
    shown = {"type": "default"} if button is None else button.model_dump(exclude_none=True)
    call.bot.profile.menus[str(asked.chat_id or "default")] = shown
    _show_menus(call)
    return True


@method(GetChatMenuButton)
async def get_chat_menu_button(call: Call, asked: GetChatMenuButton) -> dict[str, Any]:
    menus = call.bot.profile.menus
    return menus.get(str(asked.chat_id or "default"), menus.get("default", {"type": "default"}))


@method(SetMyName)
async def set_my_name(call: Call, asked: SetMyName) -> bool:
    if len(asked.name or "") > 64:
        raise bad_request("BOT_TITLE_INVALID")
    return True


@method(SetMyDescription)
async def set_my_description(call: Call, asked: SetMyDescription) -> bool:
    if len(asked.description or "") > 512:
        raise bad_request("DESCRIPTION_TOO_LONG")
    return True


@method(SetMyShortDescription)
async def set_my_short_description(call: Call, asked: SetMyShortDescription) -> bool:
    if len(asked.short_description or "") > 120:
        raise bad_request("ABOUT_TOO_LONG")
    return True


@method(Close)
async def close(call: Call, asked: Close) -> bool:
    return True


@method(LogOut)
async def log_out(call: Call, asked: LogOut) -> bool:
    return True
