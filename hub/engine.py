"""The task engine: taskiq over Redis Streams. Messages carry ids only; MongoDB holds the truth."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import structlog
from redis.exceptions import RedisError
from taskiq import AsyncTaskiqDecoratedTask
from taskiq.receiver import Receiver
from taskiq_redis import RedisStreamBroker

log = structlog.get_logger(__name__)

STREAM = "hub:work"
MAXLEN = 20_000
"""Messages a stream holds; what is trimmed unread is found by the sweeper."""
CLAIM_AFTER = 30_000
"""Milliseconds after which a message that a dead worker had is given to another."""
TOGETHER = 64
"""Ids of one message: what is taken together."""
PARALLEL = 256
PAUSE = 0.5
READ_SECONDS = 1.5
"""How long a read of the stream may take to end."""
DRAIN_SECONDS = 8.0

Lanes = Callable[[Sequence[str]], Awaitable[None]]
Numbers = Callable[[Sequence[int]], Awaitable[None]]


class RedisEngine:
    """Kicks work and, where `start_worker` was called, does it.

    A kick never raises: when Redis is away, the sweeper finds what was not kicked.
    """

    def __init__(self, url: str, *, stream: str = STREAM) -> None:
        self._broker = RedisStreamBroker(
            url,
            queue_name=stream,
            consumer_group_name="workers",
            # From the beginning of the stream: after Redis lost everything, what was kicked
            # before the group stood again is read too.
            consumer_id="0",
            maxlen=MAXLEN,
            idle_timeout=CLAIM_AFTER,
            unacknowledged_lock_timeout=10.0,
            xread_block=1000,
            socket_connect_timeout=2,
            socket_timeout=10,
        )
        self._handlers: dict[str, Callable[..., Awaitable[None]]] = {}
        self._tasks: dict[str, AsyncTaskiqDecoratedTask[..., Any]] = {
            name: self._broker.register_task(self._run(name), task_name=name)
            for name in ("take", "drain", "post")
        }
        self._stop = asyncio.Event()
        self._working = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._worker: asyncio.Task[None] | None = None

    def register(self, *, take: Lanes, drain: Numbers, post: Lanes) -> None:
        """Say who does the work in this process."""
        self._handlers = {"take": take, "drain": drain, "post": post}

    async def take(self, lanes: Iterable[str]) -> None:
        """Something was kept in these lanes."""
        await self._kick("take", lanes)

    async def drain(self, numbers: Iterable[int]) -> None:
        """These cases have something due in their outbox."""
        await self._kick("drain", numbers)

    async def post(self, recipients: Iterable[str]) -> None:
        """Letters wait for these recipients."""
        await self._kick("post", recipients)

    async def start_worker(self) -> None:
        """Begin to read the stream; goes on by itself when Redis was away or lost its data."""
        self._stop.clear()
        self._worker = asyncio.create_task(self._listen(), name="engine")

    async def stop(self) -> None:
        """Read no more, finish what was begun."""
        self._stop.set()
        worker, self._worker = self._worker, None
        if worker is None:
            return
        done, _ = await asyncio.wait([worker], timeout=READ_SECONDS)
        if not done:
            # A read that is cancelled at a bad moment never returns; a lost connection ends it.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), DRAIN_SECONDS)
            await self._broker.connection_pool.disconnect(inuse_connections=True)
            worker.cancel()
        await asyncio.wait([worker], timeout=READ_SECONDS)

    async def close(self) -> None:
        """Give connections back."""
        await self.stop()
        await self._broker.shutdown()

    async def _kick(self, name: str, ids: Iterable[Any]) -> None:
        task = self._tasks[name]
        some = iter(dict.fromkeys(ids))
        while chunk := list(itertools.islice(some, TOGETHER)):
            try:
                await task.kiq(chunk)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("engine.kick", work=name, error=type(error).__name__)
                return
            except Exception as error:
                # taskiq wraps what its broker raised.
                log.warning("engine.kick", work=name, error=type(error.__cause__ or error).__name__)
                return

    def _run(self, name: str) -> Callable[[list[Any]], Any]:
        async def work(ids: list[Any]) -> None:
            self._working += 1
            self._idle.clear()
            try:
                await self._handlers[name](ids)
            except Exception as error:
                # What was not done stays due in the store: the sweeper wakes it again.
                log.warning("engine.work", work=name, error=type(error).__name__, exc_info=True)
            finally:
                self._working -= 1
                if not self._working:
                    self._idle.set()

        return work

    async def _listen(self) -> None:
        while not self._stop.is_set():
            receiver = Receiver(
                self._broker,
                validate_params=False,
                max_async_tasks=PARALLEL,
                run_startup=True,
                wait_tasks_timeout=DRAIN_SECONDS,
            )
            try:
                await receiver.listen(self._stop)
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                log.warning("engine.listen", error=_innermost(error))
            if not self._stop.is_set():
                await asyncio.sleep(PAUSE)


def _innermost(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
