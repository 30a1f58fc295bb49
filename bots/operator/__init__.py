"""The operator's desk in a private chat: one file per conversation."""

from hub.botapi.latetypes import load_aiogram

load_aiogram()
