"""The residents' bot: what they press and command, on any channel that has buttons or commands."""

from hub.botapi.latetypes import load_aiogram

load_aiogram()
