"""Wake-ups. They carry ids only; a lost one costs seconds (the sweeper finds it), no message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Engine(Protocol):
    """Kicks work; never raises when Redis is away."""

    async def take(self, lanes: Iterable[str]) -> None:
        """Something was kept in these lanes."""

    async def drain(self, numbers: Iterable[int]) -> None:
        """These cases have something due in their outbox."""

    async def post(self, recipients: Iterable[str]) -> None:
        """Letters wait for these recipients."""
