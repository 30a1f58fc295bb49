"""Menus with more choices than fit: six a page."""

from __future__ import annotations

from dataclasses import dataclass

from bots.common.callbacks import press
from bots.common.talk import Talk
from bots.common.views import Key

SIZE = 6


@dataclass(frozen=True)
class MenuPage:
    """Choices of one page with their places in the whole list."""

    items: list[tuple[int, str]]
    number: int
    pages: int


def page_of(ids: list[str], number: int) -> MenuPage:
    """The page with this number, or the nearest that there is."""
    pages = max(1, -(-len(ids) // SIZE))
    number = min(max(number, 0), pages - 1)
    start = number * SIZE
    return MenuPage(list(enumerate(ids))[start : start + SIZE], number, pages)


def turning(talk: Talk, page: MenuPage, act: str, case: int = 0, version: int = 0) -> list[Key]:
    """Keys for the pages before and after, where there are any."""
    keys = []
    if page.number > 0:
        keys.append(Key(talk.label("back"), press(act, case, version, page.number - 1)))
    if page.number < page.pages - 1:
        keys.append(Key(talk.label("forth"), press(act, case, version, page.number + 1)))
    return keys
