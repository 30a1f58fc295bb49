"""What a key carries: an action, the case, the version it was drawn for and a small number.

At most 64 bytes, so no names and no ids that programs make: lists of choices are remembered with
the message (Shown) and the key carries the place in the list.
"""

from __future__ import annotations

from aiogram import F
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter


class Press(CallbackData, prefix="c"):
    """A key under a card or a menu. `n` is an index, an entry or a page, as the action says."""

    act: str
    case: int = 0
    v: int = 0
    n: int = 0

    @classmethod
    def filter_act(cls, *acts: str) -> CallbackQueryFilter:
        """Keys with one of these actions."""
        return cls.filter(F.act.in_(acts))


def press(act: str, case: int = 0, v: int = 0, n: int = 0) -> str:
    """Return the callback data."""
    return Press(act=act, case=case, v=v, n=n).pack()
