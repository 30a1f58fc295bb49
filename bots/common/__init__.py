"""What the bots of the staff share: who speaks, what is shown, how it is sent."""

from hub.botapi.latetypes import load_aiogram

load_aiogram()
