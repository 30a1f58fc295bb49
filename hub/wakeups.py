"""One kind of work on its way: a Redis stream of ids, who fills it and who reads it.

A kick returns at once; a task of the line sends what gathered meanwhile. An id that was kicked and
that nobody has begun yet is not sent again; the mark that says so goes before the work begins, so
that a kick during the work is not lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from taskiq import AckableMessage
from taskiq.receiver import Receiver
from taskiq_redis import RedisStreamBroker

from hub.gathering import Gathering, packed

log = structlog.get_logger(__name__)

MAXLEN = 20_000
"""Messages a stream holds; what is trimmed unread is found by the sweeper."""
CLAIM_AFTER = 30_000
"""Milliseconds after which a message that a dead worker had is given to another."""
FRESH = 5_000
"""Milliseconds for which a kick that nobody has begun stands for those that follow it."""
TOGETHER = 96
"""Ids of one message: what is taken together."""
AHEAD = 64
"""Messages read before their ids are worked on, where ids gather."""
GATHER_SECONDS = 0.03
"""After sending, so long kicks gather before they are sent: the first goes at once."""
SEND_SECONDS = 2.0
PAUSE = 0.5
READ_SECONDS = 0.5
"""So long a read of the stream waits for something new, and a stop for that read."""
CLAIM_SECONDS = 10.0
DRAIN_SECONDS = 8.0

MARK = """
local new = {}
for i, mark in ipairs(KEYS) do
    new[i] = redis.call('SET', mark, '1', 'NX', 'PX', ARGV[1]) and '1' or '0'
end
return table.concat(new)
"""
"""Marks what is kicked and tells which of it was not marked: one call for many."""

Handler = Callable[[Sequence[Any]], Awaitable[None]]


class _Stream(RedisStreamBroker):
    """Its reads are never cancelled, which redis-py does not always survive: they end by themselves
    when `stopping` is set. What dead workers left is looked for now and then, not at every read.
    """

    def __init__(self, url: str, stream: str) -> None:
        super().__init__(
            url,
            queue_name=stream,
            consumer_group_name="workers",
            # From the beginning of the stream: after Redis lost everything, what was kicked
            # before the group stood again is read too.
            consumer_id="0",
            maxlen=MAXLEN,
            socket_connect_timeout=2,
            socket_timeout=3,
            # Once more at once for a connection that died in the pool; the library's own
            # patience of many seconds would hold up who kicks.
            retry=Retry(NoBackoff(), 1),
        )
        self.redis = Redis(connection_pool=self.connection_pool)
        self.stopping = asyncio.Event()
        self.quiet = asyncio.Event()
        self.quiet.set()
        self._claim_at = 0.0
        self._read: list[tuple[str, dict[bytes, bytes]]] = []

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        while not self.stopping.is_set():
            self.quiet.clear()
            try:
                found = await self._fetch()
            finally:
                self.quiet.set()
            self._read = list(found)
            while self._read:
                number, fields = self._read.pop(0)
                yield AckableMessage(
                    data=fields[b"data"], ack=self._ack_generator(number, self.queue_name)
                )

    async def put_back(self) -> None:
        """What was read and not handed on is for another worker, at once."""
        left, self._read = self._read, []
        async with self.redis.pipeline(transaction=True) as pipe:
            for number, fields in left:
                pipe.xadd(self.queue_name, {b"data": fields[b"data"]})
                pipe.xack(self.queue_name, self.consumer_group_name, number)
            await pipe.execute()

    async def _fetch(self) -> list[tuple[str, dict[bytes, bytes]]]:
        group, me = self.consumer_group_name, self.consumer_name
        if time.monotonic() > self._claim_at:
            self._claim_at = time.monotonic() + CLAIM_SECONDS
            left = await self.redis.xautoclaim(
                self.queue_name, group, me, min_idle_time=CLAIM_AFTER, count=TOGETHER
            )
            if left[1]:
                return list(left[1])
        read = await self.redis.xreadgroup(
            group, me, {self.queue_name: ">"}, block=int(READ_SECONDS * 1000), count=TOGETHER
        )
        return [message for _, messages in read for message in messages]


class Line:
    """`parallel` messages are worked on at a time by one process; where ids `gather`, so many
    times what has come together, whatever messages it came in."""

    def __init__(self, url: str, stream: str, parallel: int, *, gather: bool = False) -> None:
        self._broker = _Stream(url, stream)
        self._redis = self._broker.redis
        self._mark_new = self._redis.register_script(MARK)

        async def work(ids: list[Any]) -> None:
            await self._work(ids)

        self._task = self._broker.register_task(work, task_name=stream)
        self._stream = stream
        self._gathering = Gathering(self._do, parallel, TOGETHER) if gather else None
        self._parallel = AHEAD if gather else parallel
        self._waiting: set[Any] = set()
        self._groups: list[list[Any]] = []
        self._more = asyncio.Event()
        self._closing = False
        self._sender: asyncio.Task[None] | None = None
        self._away = False
        self.handler: Handler | None = None
        self._finish = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def kick(self, ids: Iterable[Any]) -> None:
        """Send these ids soon."""
        group = [one for one in dict.fromkeys(ids) if one not in self._waiting]
        if group:
            self._waiting.update(group)
            self._groups.append(group)
        if self._waiting and not self._closing:
            if self._sender is None:
                self._sender = asyncio.create_task(self._send(), name=f"kicks {self._stream}")
            self._more.set()

    async def _send(self) -> None:
        while not (self._closing and not self._waiting):
            await self._more.wait()
            if not self._closing:
                self._more.clear()
            groups, self._groups, self._waiting = self._groups, [], set()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send_some(groups)
                self._away = False
            except Exception as error:
                # Redis is away: the sweeper finds what was not kicked.
                if not self._away:
                    cause = type(error.__cause__ or error).__name__
                    log.warning("engine.kick", stream=self._stream, error=cause)
                self._away = True
            if not self._closing:
                await asyncio.sleep(GATHER_SECONDS)

    async def _send_some(self, groups: Sequence[Sequence[Any]]) -> None:
        some = list(itertools.chain.from_iterable(groups))
        marked: bytes = await self._mark_new(keys=[*map(self._mark, some)], args=[FRESH])
        fresh = {one for one, new in zip(some, marked, strict=True) if new == ord("1")}
        left = ([one for one in group if one in fresh] for group in groups)
        for together in packed(left, TOGETHER):
            await self._task.kiq(together)

    def _mark(self, one: Any) -> str:
        return f"{self._stream}:kicked:{one}"

    # ── working ──────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Begin to read; goes on by itself when Redis was away or lost its data."""
        self._broker.stopping.clear()
        self._finish.clear()
        if self._gathering is not None:
            self._gathering.start()
        self._reader = asyncio.create_task(self._read(), name=f"work {self._stream}")

    async def stop(self) -> None:
        """Read no more, finish what was begun."""
        reader, self._reader = self._reader, None
        if reader is None:
            return
        self._broker.stopping.set()
        await self._broker.quiet.wait()
        if self._gathering is not None:
            await self._gathering.stop()
        self._finish.set()
        done, _ = await asyncio.wait([reader], timeout=DRAIN_SECONDS + 1)
        if not done:
            reader.cancel()
            await asyncio.wait([reader], timeout=1)
        with contextlib.suppress(RedisError, OSError):
            await self._broker.put_back()

    async def _give_back(self, ids: list[Any]) -> None:
        """What was read and not begun is for another worker, at once."""
        if ids:
            await self._unmark(ids)
            self.kick(ids)

    async def close(self) -> None:
        """Stop, send what still waits to be kicked, give connections back."""
        await self.stop()
        self._closing = True
        self._more.set()
        if self._sender is not None:
            await self._sender
        await self._broker.shutdown()

    async def _unmark(self, ids: Sequence[Any]) -> None:
        with contextlib.suppress(RedisError, OSError):
            await self._redis.delete(*map(self._mark, ids))

    async def _work(self, ids: list[Any]) -> None:
        if self._gathering is not None:
            await self._give_back(await self._gathering.add(ids))
        else:
            await self._do(ids)

    async def _do(self, ids: Sequence[Any]) -> None:
        try:
            await self._unmark(ids)
            if self.handler is not None:
                await self.handler(ids)
        except Exception as error:
            # What was not done stays due in the store: the sweeper wakes it again.
            log.warning(
                "engine.work", stream=self._stream, error=type(error).__name__, exc_info=True
            )

    async def _read(self) -> None:
        while not self._broker.stopping.is_set():
            receiver = Receiver(
                self._broker,
                validate_params=False,
                max_async_tasks=self._parallel,
                run_startup=True,
                wait_tasks_timeout=DRAIN_SECONDS,
            )
            try:
                await receiver.listen(self._finish)
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                log.warning("engine.read", stream=self._stream, error=_innermost(error))
            if not self._broker.stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._broker.stopping.wait(), PAUSE)


def _innermost(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
