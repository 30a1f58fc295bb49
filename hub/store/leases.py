"""Who is the one that does something."""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from hub.store.client import Mongo, repeated


class Leases:
    """See hub.ports.leases.Leases."""

    def __init__(self, database: Mongo) -> None:
        self._leases = database["leases"]

    @repeated
    async def hold(self, name: str, by: str, now: datetime, seconds: float) -> bool:
        """Take or renew; False while somebody else holds it."""
        held = {"by": by, "until": now + timedelta(seconds=seconds)}
        for known in ({"_id": name, "by": by}, {"_id": name, "until": {"$lte": now}}):
            if (await self._leases.update_one(known, {"$set": held})).matched_count:
                return True
        try:
            await self._leases.insert_one({"_id": name, **held})
        except DuplicateKeyError:
            return False
        return True

    @repeated
    async def drop(self, name: str, by: str) -> None:
        """Give it back if it is ours."""
        await self._leases.delete_one({"_id": name, "by": by})
