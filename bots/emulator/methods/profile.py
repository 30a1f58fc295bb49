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
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    LogOut,
    SetChatMenuButton,
    SetMyCommands,
    SetMyDescription,
    SetMyName,
    SetMyShortDescription,
)

from bots.emulator.chats import Chat
from bots.emulator.errors import bad_request
from bots.emulator.keyboards import check_app
from bots.emulator.menus import menu_button
from bots.emulator.methods.places import find_chat
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import show_chat

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")


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


def _scope(call: Call, scope: Any, language: str | None) -> str:
    """One key for a scope and a language: `default`, `chat:5`, `default/ru`."""
    name = "default" if scope is None else str(scope.type)
    chat_id, user_id = getattr(scope, "chat_id", None), getattr(scope, "user_id", None)
    if chat_id is not None:
        chat = find_chat(call, chat_id)
        if chat.private and scope.type != "chat":
            raise bad_request("can't change commands in a private chat of this scope")
        name += f":{chat.id}"
    if user_id is not None:
        if call.world.user(user_id) is None:
            raise bad_request("user not found")
        name += f":{user_id}"
    return _spoken(name, language)


def _spoken(name: str, language: str | None) -> str:
    if not language:
        return name
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return f"{name}/{language}"


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
    call.bot.profile.commands[_scope(call, asked.scope, asked.language_code)] = commands
    _show_menus(call)
    return True


@method(GetMyCommands)
async def get_my_commands(call: Call, asked: GetMyCommands) -> list[dict[str, Any]]:
    return call.bot.profile.commands.get(_scope(call, asked.scope, asked.language_code), [])


@method(DeleteMyCommands)
async def delete_my_commands(call: Call, asked: DeleteMyCommands) -> bool:
    call.bot.profile.commands.pop(_scope(call, asked.scope, asked.language_code), None)
    _show_menus(call)
    return True


@method(SetChatMenuButton)
async def set_chat_menu_button(call: Call, asked: SetChatMenuButton) -> bool:
    key = "default" if asked.chat_id is None else str(_private(call, asked.chat_id).id)
    button = asked.menu_button
    shown: dict[str, Any] = (
        {"type": "default"} if button is None else button.model_dump(exclude_none=True)
    )
    if shown["type"] == "web_app":
        check_app(shown["web_app"]["url"], "menu button")
        if not 1 <= len(shown["text"]) <= 64:
            raise bad_request("menu button text is invalid")
    call.bot.profile.menus[key] = shown
    _show_menus(call)
    return True


def _private(call: Call, chat_id: int) -> Chat:
    chat = find_chat(call, chat_id)
    if not chat.private:
        raise bad_request("can't change menu button of a group")
    return chat


@method(GetChatMenuButton)
async def get_chat_menu_button(call: Call, asked: GetChatMenuButton) -> dict[str, Any]:
    if asked.chat_id is None:
        return call.bot.profile.menus.get("default", {"type": "default"})
    return menu_button(call.bot, _private(call, asked.chat_id))


def _about(call: Call, what: str, text: str | None, limit: int, refusal: str, asked: Any) -> bool:
    """Something that the bot says of itself, by language; an empty text takes it away."""
    if len(text or "") > limit:
        raise bad_request(refusal)
    key = _spoken(what, asked.language_code)
    if text:
        call.bot.profile.about[key] = text
    else:
        call.bot.profile.about.pop(key, None)
    call.world.save_profile(call.bot)
    return True


def _said(call: Call, what: str, asked: Any) -> str:
    about = call.bot.profile.about
    return about.get(_spoken(what, asked.language_code)) or about.get(what, "")


@method(SetMyName)
async def set_my_name(call: Call, asked: SetMyName) -> bool:
    return _about(call, "name", asked.name, 64, "BOT_TITLE_INVALID", asked)


@method(GetMyName)
async def get_my_name(call: Call, asked: GetMyName) -> dict[str, str]:
    return {"name": _said(call, "name", asked) or call.bot.account.name}


@method(SetMyDescription)
async def set_my_description(call: Call, asked: SetMyDescription) -> bool:
    return _about(call, "description", asked.description, 512, "DESCRIPTION_TOO_LONG", asked)


@method(GetMyDescription)
async def get_my_description(call: Call, asked: GetMyDescription) -> dict[str, str]:
    return {"description": _said(call, "description", asked)}


@method(SetMyShortDescription)
async def set_my_short_description(call: Call, asked: SetMyShortDescription) -> bool:
    return _about(call, "short", asked.short_description, 120, "ABOUT_TOO_LONG", asked)


@method(GetMyShortDescription)
async def get_my_short_description(call: Call, asked: GetMyShortDescription) -> dict[str, str]:
    return {"short_description": _said(call, "short", asked)}


@method(Close)
async def close(call: Call, asked: Close) -> bool:
    return True


@method(LogOut)
async def log_out(call: Call, asked: LogOut) -> bool:
    return True
