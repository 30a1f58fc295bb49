"""Keeps the embedded stores of one data directory up, or uses those that another process keeps."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hub.embedded import programs
from hub.embedded.child import Child, StoreFailed, answers
from hub.embedded.record import Lock, Record, free, fresh, read, write

log = logging.getLogger(__name__)

Program = Callable[[Path, Record], Child]
PROGRAMS: dict[str, Program] = {"mongo": programs.database, "redis": programs.valkey}

GUEST_SECONDS = 30.0
TAKE_OVER_SECONDS = 0.3
FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0
SETTLED_SECONDS = 10.0
MEND_AFTER = 3
CLEAR_TRIES = 100


class Keeper:
    """``names`` of :data:`PROGRAMS` that are wanted here.

    Whoever holds the lock owns the stores: their processes are its children and end with it.
    Others are guests; a guest becomes the owner when the lock comes free, on the same
    ports with the same passwords, so that every open client finds its store again.
    """

    def __init__(self, directory: Path, names: frozenset[str]) -> None:
        self._directory = directory
        self._names = names
        self._path = directory / "stores.json"
        self._lock = Lock(directory / "stores.lock")
        self._children: dict[str, Child] = {}
        self.owner = False
        self.record: Record | None = None

    async def begin(self) -> Record:
        """Return once the stores answer, ours or another's."""
        self._directory.mkdir(parents=True, exist_ok=True)
        async with asyncio.timeout(GUEST_SECONDS):
            while not self._lock.take():
                record = read(self._path)
                if record and record.ready and await self._answer(record):
                    self.record = record
                    return record
                await asyncio.sleep(0.05)
        await self._own()
        assert self.record is not None
        return self.record

    async def keep(self) -> None:
        """Run until cancelled: raise what died, take over what was left."""
        while not self.owner:
            await asyncio.sleep(TAKE_OVER_SECONDS)
            if self._lock.take():
                try:
                    await self._own()
                except (StoreFailed, OSError) as error:
                    log.error("embedded stores could not be taken over: %s", error)
                    await asyncio.sleep(LAST_PAUSE)
        async with asyncio.TaskGroup() as group:
            for child in self._children.values():
                group.create_task(self._revive(child))

    async def end(self) -> None:
        if not self.owner:
            return
        await asyncio.gather(*(child.stop() for child in self._children.values()))
        self._note(ready=False)
        self.owner = False
        self._lock.give_back()

    async def _answer(self, record: Record) -> bool:
        places = {"mongo": record.mongo, "redis": record.redis}
        wanted = [places[name] for name in self._names]
        return all(one.run for one in wanted) and all([await answers(one.port) for one in wanted])

    async def _own(self) -> None:
        old = read(self._path)
        try:
            if old is not None:
                await self._clear(old)
            self.record = fresh(old)
            self._children = {
                name: PROGRAMS[name](self._directory, self.record) for name in sorted(self._names)
            }
            started = [self._start(child) for child in self._children.values()]
            results = await asyncio.gather(*started, return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
        except BaseException:
            await asyncio.gather(*(child.stop() for child in self._children.values()))
            self._lock.give_back()
            raise
        self.owner = True
        self._note(ready=True)

    async def _clear(self, old: Record) -> None:
        """End what the last owner left, and wait for its ports: open clients know them."""
        for run in old.leftovers():
            run.kill()
        for _ in range(CLEAR_TRIES):
            if not old.leftovers() and free(old.mongo.port) and free(old.redis.port):
                return
            await asyncio.sleep(0.02)

    async def _start(self, child: Child) -> None:
        try:
            await child.start()
        except StoreFailed:
            child.mend()
            await child.start()

    async def _revive(self, child: Child) -> None:
        clock = asyncio.get_running_loop().time
        pause, failures = FIRST_PAUSE, 0
        while True:
            since = clock()
            code = await child.ended()
            if clock() - since > SETTLED_SECONDS:
                pause, failures = FIRST_PAUSE, 0
            log.error("embedded store %s ended with code %s, starting it again", child.name, code)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_PAUSE)
            with contextlib.suppress(StoreFailed):
                await child.start()
                self._note(ready=True)
                failures = 0
                continue
            failures += 1
            if failures >= MEND_AFTER:
                child.mend()

    def _note(self, *, ready: bool) -> None:
        assert self.record is not None
        runs = {name: child.run for name, child in self._children.items()}
        self.record = replace(
            self.record,
            ready=ready,
            mongo=replace(self.record.mongo, run=runs.get("mongo")),
            redis=replace(self.record.redis, run=runs.get("redis")),
        )
        write(self._path, self.record)
