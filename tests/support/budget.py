"""The hub's own count of rate limits, by a clock of the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.budget import Windows
from hub.ports.channel import Limit


class WindowsBudget:
    """What Redis counts for all processes; `seconds` is a clock that only grows."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._windows = Windows(seconds)

    async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        return self._windows.spend(limits, mark)

    async def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        self._windows.give_back(limits, mark)

    async def pause(self, name: str, seconds: float) -> None:
        self._windows.pause(name, seconds)
