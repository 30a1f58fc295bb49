"""What survives a restart: one table of records, written behind the event loop.

Changes are gathered and written in one transaction as soon as the one before it is done, so a
kill loses at most what was changed in the last instant.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

_SCHEMA = """
create table if not exists record (
    kind text not null, key text not null, body blob not null, primary key (kind, key)
) without rowid
"""


class Journal(Protocol):
    """Where records are kept."""

    def put(self, kind: str, key: str, body: Any) -> None: ...
    def drop(self, kind: str, key: str) -> None: ...


class Forgetful:
    """Keeps nothing: the emulator lives in memory."""

    def put(self, kind: str, key: str, body: Any) -> None:
        """Nothing to do."""

    def drop(self, kind: str, key: str) -> None:
        """Nothing to do."""


class SqliteJournal:
    """Keeps records in `path`; call `run` in a task and `close` at the end."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.execute(_SCHEMA)
        self._waiting: dict[tuple[str, str], bytes | None] = {}
        self._changed = asyncio.Event()
        self._writing = threading.Lock()

    def put(self, kind: str, key: str, body: Any) -> None:
        self._waiting[(kind, key)] = msgspec.json.encode(body)
        self._changed.set()

    def drop(self, kind: str, key: str) -> None:
        self._waiting[(kind, key)] = None
        self._changed.set()

    def read(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """All records of a kind; used once at start, before the loop serves anything."""
        yield from self._db.execute("select key, body from record where kind = ?", (kind,))

    async def run(self) -> None:
        while True:
            await self._changed.wait()
            await self.flush()

    async def flush(self) -> None:
        self._changed.clear()
        batch, self._waiting = self._waiting, {}
        if batch:
            # Shielded, because a thread that writes cannot be called back.
            await asyncio.shield(asyncio.to_thread(self._write, batch))

    def _write(self, batch: dict[tuple[str, str], bytes | None]) -> None:
        kept = [(kind, key, body) for (kind, key), body in batch.items() if body is not None]
        gone = [at for at, body in batch.items() if body is None]
        with self._writing:
            self._db.execute("begin")
            self._db.executemany("insert or replace into record values (?, ?, ?)", kept)
            self._db.executemany("delete from record where kind = ? and key = ?", gone)
            self._db.execute("commit")

    async def close(self) -> None:
        await self.flush()
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        with self._writing:
            self._db.close()
