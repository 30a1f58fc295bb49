"""Pages of lists."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """A page of a list; `next` is the cursor of the following one, None at the end."""

    items: list[T]
    next: str | None = None
