"""The Bot API as the hub speaks it: shared by the residents' channel and the bots of the staff."""

from hub.botapi.latetypes import load_aiogram

load_aiogram()
