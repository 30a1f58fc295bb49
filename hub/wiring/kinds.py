"""Which of the channels can do what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def of_kind(things: Mapping[str, object], kind: type[T]) -> dict[str, T]:
    """Those that implement the Protocol, by account."""
    return {account: thing for account, thing in things.items() if isinstance(thing, kind)}
