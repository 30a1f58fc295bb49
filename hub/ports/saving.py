"""Why a save is refused."""

from __future__ import annotations


class Conflict(Exception):
    """A save lost against another write: reload and decide again."""


class Duplicate(Exception):
    """A unique key is held by another document."""
