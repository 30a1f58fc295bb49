"""Telegram: the residents' bot."""

from hub.botapi.latetypes import load_aiogram

load_aiogram()
