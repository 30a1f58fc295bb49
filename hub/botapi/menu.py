"""The button beside the input field of a bot's private chats.

Source: core.telegram.org/bots/api#setchatmenubutton.
"""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import MenuButtonCommands, MenuButtonWebApp, WebAppInfo

from hub.botapi.webhook import asked


async def set_menu(bot: Bot, label: str, url: str) -> None:
    """Let it open the Mini App at `url`, or list the commands where there is none. Raises
    CheckFailed."""
    if url:
        button = MenuButtonWebApp(text=label, web_app=WebAppInfo(url=url))
        await asked(bot.set_chat_menu_button(menu_button=button))
    else:
        await asked(bot.set_chat_menu_button(menu_button=MenuButtonCommands()))
