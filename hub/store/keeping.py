"""Writers that send together what gathered while the last group was written.

One insert for a message of its own costs a journal flush each; so many a second as there are
flushes. A group costs one, and the next group gathers meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from pymongo.errors import BulkWriteError, PyMongoError

from hub.domain.errors import StoreDown
from hub.ports.channel import Kept
from hub.store.bundles import Bundles, bundled
from hub.store.client import Collection, refused, repeated
from hub.store.codec import Document

log = structlog.get_logger()

WRITERS = 2
"""One gathers while the other writes; on a quiet machine a tenth faster than one or three."""
ENOUGH = 16
"""Rows for which a second group begins beside one that is under way: smaller ones cost more to send
than the wait for that one's end."""
MOST = 256
"""Rows of one group."""
MOST_BYTES = 8 * 1024 * 1024

OnKept = Callable[[list[str]], Awaitable[None]]


@dataclass(slots=True)
class _Waiting:
    row: Document
    strict: bool
    size: int
    answer: asyncio.Future[Kept]


class Writers:
    """Tasks, started with the first row and ended by `close`, after the last one."""

    def __init__(self, rows: Collection, bundles: Bundles) -> None:
        self._rows = rows
        self._bundles = bundles
        self._waiting: list[_Waiting] = []
        self._more = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False
        self._under_way = 0
        self.on_kept: OnKept | None = None

    async def keep(self, row: Document, *, strict: bool) -> Kept:
        """Wait until the row is durable. Raises StoreDown when that was not confirmed."""
        if self._closing:
            raise StoreDown(reason="closing")
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._write(), name=f"inbox-writer-{n}") for n in range(WRITERS)
            ]
        answer: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(row, strict, len(row.get("body", b"")) + 512, answer))
        if self._under_way == 0 or len(self._waiting) >= ENOUGH:
            self._more.set()
        return await answer

    async def close(self) -> None:
        """Write what has gathered, then end."""
        self._closing = True
        self._more.set()
        await asyncio.gather(*self._tasks)

    async def _write(self) -> None:
        while True:
            await self._more.wait()
            group = self._gather()
            if group:
                self._under_way += 1
                try:
                    await self._group(group)
                finally:
                    self._under_way -= 1
                    if self._waiting:
                        self._more.set()
            elif self._closing:
                return

    def _gather(self) -> list[_Waiting]:
        size, count = 0, 0
        for one in self._waiting[:MOST]:
            size += one.size
            count += 1
            if size > MOST_BYTES:
                break
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        if not self._waiting and not self._closing:
            self._more.clear()
        return group

    async def _group(self, group: list[_Waiting]) -> None:
        try:
            answers = await self._insert(group)
        except Exception as error:
            down = error if isinstance(error, StoreDown) else StoreDown(reason="write")
            if down is not error:
                log.exception("inbox.write", rows=len(group))
                if len(group) > 1:
                    # One that cannot be written must not take the others with it.
                    for one in group:
                        await self._group([one])
                    return
            for one in group:
                if not one.answer.done():
                    one.answer.set_exception(down)
            return
        lanes: dict[str, None] = {}
        for one, kept in zip(group, answers, strict=True):
            if kept.state == "new":
                lanes[one.row["lane"]] = None
            if not one.answer.done():
                one.answer.set_result(kept)
        if lanes and self.on_kept is not None:
            try:
                await self.on_kept(list(lanes))
            except Exception:
                # The sweeper wakes these lanes a little later.
                log.exception("inbox.on_kept", lanes=len(lanes))

    async def _insert(self, group: list[_Waiting]) -> list[Kept]:
        bundles = bundled([one.row for one in group])
        answers = await self._write_group(group, bundles)
        void = [one.row for one, kept in zip(group, answers, strict=True) if kept.state != "new"]
        if void:
            await self._forget(void)
        return answers

    @repeated
    async def _write_group(self, group: list[_Waiting], bundles: list[Document]) -> list[Kept]:
        answers = [Kept(one.row["_id"], "new") for one in group]
        twice = await self._written(bundles, [one.row for one in group])
        if twice:
            held = await self._held([group[index].row["_id"] for index in twice])
            for index in twice:
                one = group[index]
                answers[index] = _compared(one, held[one.row["_id"]])
        return answers

    async def _written(self, bundles: list[Document], rows: list[Document]) -> list[int]:
        """Write bundles, then rows, in that order (a row that is there waits somewhere) and by one
        command where nothing is refused; returns which rows were there before."""
        every, begin, twice = [*bundles, *rows], 0, []
        while begin < len(every):
            # The store keeps the order of an ordered list only, and ends it at what it refuses.
            # Once the bundles stand, rows may go as they like.
            ordered = begin < len(bundles)
            try:
                await self._rows.insert_many(every[begin:], ordered=ordered)
                break
            except BulkWriteError as error:
                found = sorted(begin + index for index in refused(error))
                # Of a bundle only our own first attempt, whose answer was lost.
                twice += [index - len(bundles) for index in found if index >= len(bundles)]
                begin = found[0] + 1 if ordered else len(every)
        return twice

    async def _forget(self, void: list[Document]) -> None:
        """Entries of rows that were kept before. They would be met and go by themselves."""
        try:
            await self._bundles.forget((row["bundle"], row["mark"]) for row in void)
        except PyMongoError as error:
            log.warning("inbox.void", rows=len(void), error=type(error).__name__)

    async def _held(self, ids: list[str]) -> dict[str, Document]:
        found = self._rows.find({"_id": {"$in": ids}}, {"digest": 1, "mark": 1})
        return {row["_id"]: row async for row in found}


def _compared(one: _Waiting, held: Document) -> Kept:
    row = one.row
    if held.get("mark") == row["mark"]:
        # Our own first attempt, whose answer was lost.
        return Kept(row["_id"], "new")
    other = one.strict and held["digest"] != row["digest"]
    return Kept(row["_id"], "conflict" if other else "repeat")
