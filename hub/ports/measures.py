"""What the services tell about themselves: counts and times, never persons or ids."""

from __future__ import annotations

from typing import Protocol


class Measures(Protocol):
    """Seconds are of the hub's clock."""

    def understood(self, account: str, outcome: str, seconds: float) -> None:
        """An inbox row became done, quarantined or retry, so long after it was kept."""

    def delivered(self, channel: str, state: str, seconds: float) -> None:
        """An outbox row got its answer, so long after it was due."""


class NoMeasures:
    """For those who do not count."""

    def understood(self, account: str, outcome: str, seconds: float) -> None:
        return

    def delivered(self, channel: str, state: str, seconds: float) -> None:
        return
