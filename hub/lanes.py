"""Leases of lanes in Redis: a lane that nobody takes stands nowhere.

A taker that finds a lane taken leaves a mark on it, so that whoever has it looks once more instead
of asking the store after every batch whether something came while the lane was not free yet.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from datetime import datetime

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from hub.domain.errors import StoreDown

PREFIX = "hub:lane"
PATIENCE = 5.0
"""Seconds to wait for Redis."""
SPARE = 60.0
"""Seconds that a lease stands beyond its end, for clocks that differ: `until` decides."""

# ARGV: who, now, until (milliseconds of the taker's clock), milliseconds to keep. Answers a 1 for
# each lane that is ours, else a 0.
LEASE = """
local ours = {}
for i, lane in ipairs(KEYS) do
  local held = redis.call('HMGET', lane, 'by', 'until')
  if not held[1] or held[1] == ARGV[1] or tonumber(held[2]) <= tonumber(ARGV[2]) then
    redis.call('HSET', lane, 'by', ARGV[1], 'until', ARGV[3])
    redis.call('PEXPIRE', lane, ARGV[4])
    ours[i] = '1'
  else
    redis.call('HSET', lane, 'asked', '1')
    ours[i] = '0'
  end
end
return table.concat(ours)
"""

# ARGV: who. Answers a 1 for each lane that was ours and was asked for, else a 0.
FREE = """
local asked = {}
for i, lane in ipairs(KEYS) do
  local held = redis.call('HMGET', lane, 'by', 'asked')
  asked[i] = '0'
  if held[1] == ARGV[1] then
    redis.call('DEL', lane)
    asked[i] = held[2] or '0'
  end
end
return table.concat(asked)
"""


class RedisLanes:
    """See hub.ports.lanes.Lanes."""

    def __init__(self, redis: Redis, *, prefix: str = PREFIX) -> None:
        self._prefix = prefix
        self._lease = redis.register_script(LEASE)
        self._free = redis.register_script(FREE)

    async def lease(
        self, lanes: Sequence[str], by: str, now: datetime, seconds: float
    ) -> list[str]:
        """One call, however many lanes."""
        began = now.timestamp()
        times = [began, began + seconds, seconds + SPARE]
        return await self._marked(
            self._lease, lanes, [by, *(str(math.ceil(one * 1000)) for one in times)]
        )

    async def free(self, lanes: Sequence[str], by: str) -> list[str]:
        """One call, however many lanes."""
        return await self._marked(self._free, lanes, [by])

    async def _marked(
        self, script: AsyncScript, lanes: Sequence[str], args: Sequence[str]
    ) -> list[str]:
        """Those of the lanes for which the script answers a 1."""
        keys = {f"{self._prefix}:{lane}": lane for lane in lanes}
        if not keys:
            return []
        try:
            async with asyncio.timeout(PATIENCE):
                marks: bytes = await script(keys=list(keys), args=args)
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreDown(what="lanes", reason=type(error).__name__) from error
        return [one for one, mark in zip(keys.values(), marks, strict=True) if mark == ord("1")]
