"""What the bot may be waiting for in an operator's chat. None of it goes to a resident unseen."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Asked(StatesGroup):
    """Each name is what the next text means."""

    find = State()
    note = State()
    transfer = State()
    give_back = State()
    edit = State()
    via = State()
    close = State()
    reject = State()
    deadline = State()
