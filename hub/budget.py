"""Rate limits, one budget for all processes together: exact windows in Redis.

Each limit is a sorted set of the times at which something was granted. One script looks at all
limits of a message and spends from each or from none, so that no budget is lost on a message that
another one holds back.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.ports.channel import Limit

log = structlog.get_logger(__name__)

PREFIX = "hub:budget"
LONGEST_PAUSE = 3600.0
PATIENCE = 1.0
AWAY = 1.0
"""Seconds to wait for Redis, and then not to ask it."""
NAMES = 10_000

# KEYS: pause key and window key of each limit; ARGV: a unique mark, then count and milliseconds
# of each limit. Answers the milliseconds to wait, 0 when it was granted.
SPEND = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = 0
for i = 1, #KEYS / 2 do
  local paused = redis.call('PTTL', KEYS[2 * i - 1])
  if paused > wait then wait = paused end
  local window = KEYS[2 * i]
  local count, span = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  redis.call('ZREMRANGEBYSCORE', window, '-inf', now - span)
  if redis.call('ZCARD', window) >= count then
    local oldest = redis.call('ZRANGE', window, -count, -count, 'WITHSCORES')
    local left = tonumber(oldest[2]) + span - now
    if left > wait then wait = left end
  end
end
if wait > 0 then return wait end
for i = 1, #KEYS / 2 do
  redis.call('ZADD', KEYS[2 * i], now, ARGV[1])
  redis.call('PEXPIRE', KEYS[2 * i], tonumber(ARGV[2 * i + 1]))
end
return 0
"""


class RedisBudget:
    """Counts in Redis, and beside it what this process itself was granted: that alone decides
    while Redis is away, and keeps a wiped Redis from granting everything once more."""

    def __init__(self, redis: Redis, *, prefix: str = PREFIX) -> None:
        self._redis = redis
        self._prefix = prefix
        self._script = redis.register_script(SPEND)
        self._marks = itertools.count()
        self._me = secrets.token_hex(6)
        self._own = Windows()
        self._away_until = 0.0

    async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        """Take one from each, or none: 0.0 when granted, else seconds to wait."""
        if not limits:
            return 0.0
        mark = mark or f"{self._me}{next(self._marks)}"
        # Reserved before the question, so that two questions at once do not both count on it.
        wait = self._own.spend(limits, mark)
        if wait > 0 or time.monotonic() < self._away_until:
            return wait
        keys = [
            key
            for limit in limits
            for key in (f"{self._prefix}:pause:{limit.name}", f"{self._prefix}:{limit.name}")
        ]
        spans = [value for one in limits for value in (one.count, math.ceil(one.seconds * 1000))]
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._script(keys=keys, args=[mark, *spans])
        except (RedisError, OSError, TimeoutError) as error:
            self._gone("budget.spend", error)
            return 0.0
        except asyncio.CancelledError:
            # Whoever asked is gone; what Redis may have granted runs out there.
            self._own.give_back(limits, mark)
            raise
        if found:
            self._own.give_back(limits, mark)
        return float(found) / 1000

    async def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        """What was taken under this mark is free again."""
        if not limits:
            return
        self._own.give_back(limits, mark)
        if time.monotonic() < self._away_until:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                pipe = self._redis.pipeline(transaction=False)
                for limit in limits:
                    pipe.zrem(f"{self._prefix}:{limit.name}", mark)
                await pipe.execute()
        except (RedisError, OSError, TimeoutError) as error:
            self._gone("budget.give_back", error)

    async def pause(self, name: str, seconds: float) -> None:
        """Grant nothing under this name for a time."""
        seconds = min(max(seconds, 0.001), LONGEST_PAUSE)
        self._own.pause(name, seconds)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._redis.set(
                    f"{self._prefix}:pause:{name}", b"1", px=math.ceil(seconds * 1000)
                )
        except (RedisError, OSError, TimeoutError) as error:
            self._gone("budget.pause", error)

    def _gone(self, event: str, error: Exception) -> None:
        log.warning(event, error=type(error).__name__)
        self._away_until = time.monotonic() + AWAY


class Windows:
    """The same count for this process alone. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._granted: dict[str, deque[tuple[float, str]]] = {}
        self._paused: dict[str, float] = {}

    def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        now = self._clock()
        if len(self._granted) > NAMES:
            self._forget(now)
        wait = 0.0
        for limit in limits:
            wait = max(wait, self._paused.get(limit.name, 0.0) - now)
            window = self._granted.setdefault(limit.name, deque())
            while window and window[0][0] <= now - limit.seconds:
                window.popleft()
            if len(window) >= limit.count:
                wait = max(wait, window[-limit.count][0] + limit.seconds - now)
        if wait <= 0:
            for limit in limits:
                self._granted[limit.name].append((now, mark))
        return max(wait, 0.0)

    def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        for limit in limits:
            window = self._granted.get(limit.name, ())
            # Given back soon after, so it stands near the end.
            for at in range(len(window) - 1, -1, -1):
                if window[at][1] == mark:
                    del self._granted[limit.name][at]
                    break

    def pause(self, name: str, seconds: float) -> None:
        self._paused[name] = self._clock() + seconds

    def _forget(self, now: float) -> None:
        """Names of chats that were quiet for long: there are as many as residents."""
        self._granted = {
            name: window
            for name, window in self._granted.items()
            if window and window[-1][0] > now - LONGEST_PAUSE
        }
        self._paused = {name: end for name, end in self._paused.items() if end > now}
