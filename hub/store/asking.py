"""Asking for many documents by key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

AT_ONCE = 32
"""Keys of one question. The embedded database compares each document that it found with every key
that was asked for: for 96 documents three questions of a third each cost it two thirds of that."""


def parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The keys in so many questions."""
    for first in range(0, len(keys), AT_ONCE):
        yield keys[first : first + AT_ONCE]
