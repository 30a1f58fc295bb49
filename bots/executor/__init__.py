"""The executor's phone: tasks, comments both ways."""

from hub.botapi.latetypes import load_aiogram

load_aiogram()
