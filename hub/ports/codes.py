"""Codes that are awaited, by the contact that is to type them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hub.domain.linking import Code


class Codes(Protocol):
    """One per contact."""

    async def put(self, code: Code) -> None:
        """Insert or replace: an older code of the contact is worth nothing from then on."""

    async def guess(self, contact: str, most: int, now: datetime) -> Code | None:
        """The contact's code with this guess counted; None where there is none, it is too old or
        `most` guesses were made before."""

    async def drop(self, code: Code) -> None:
        """Used up, unless a newer one has taken its place."""
