"""Bots of the staff and of the residents, and the local Telegram that they are tried in."""

from hub.botapi.latetypes import load_aiogram

load_aiogram()
