"""The one thing that taking in needs of the inbox."""

from __future__ import annotations

from typing import Protocol

from hub.ports.channel import Kept, Key, RawRequest


class Keeper(Protocol):
    """See hub.ports.inbox.Inbox."""

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        """Keep durably; raise StoreDown when the store did not confirm."""
