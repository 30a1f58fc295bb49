"""Who is the one that does something."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Leases(Protocol):
    """Who is the one that does something (a poller of an account, a migration)."""

    async def hold(self, name: str, by: str, now: datetime, seconds: float) -> bool:
        """Take or renew; False while somebody else holds it."""

    async def drop(self, name: str, by: str) -> None: ...
