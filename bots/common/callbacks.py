"""What a key carries: an action, the case, the version it was drawn for and a small number.

At most 64 bytes, so no names and no ids that programs make: lists of choices are remembered with
the message (Shown) and the key carries the place in the list.
"""

from __future__ import annotations

from typing import Any, Literal

from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery


class Press(CallbackData, prefix="c"):
    """A key under a card or a menu. `n` is an index, an entry or a page, as the action says."""

    act: str
    case: int = 0
    v: int = 0
    n: int = 0

    @classmethod
    def filter_act(cls, *acts: str) -> ActFilter:
        """Keys with one of these actions."""
        return ActFilter(frozenset(acts))


class ActFilter(Filter):
    """Keys with one of these actions; the handler is given `callback_data`."""

    def __init__(self, acts: frozenset[str]) -> None:
        self.acts = acts

    async def __call__(self, query: CallbackQuery) -> Literal[False] | dict[str, Any]:
        if act_of(query.data or "") not in self.acts:
            return False
        try:
            return {"callback_data": Press.unpack(query.data or "")}
        except (TypeError, ValueError):
            return False


def act_of(data: str) -> str:
    """The action that a key bears, empty for keys of another kind."""
    prefix, _, rest = data.partition(Press.__separator__)
    return rest.partition(Press.__separator__)[0] if prefix == Press.__prefix__ else ""


def press(act: str, case: int = 0, v: int = 0, n: int = 0) -> str:
    """Return the callback data."""
    return Press(act=act, case=case, v=v, n=n).pack()
