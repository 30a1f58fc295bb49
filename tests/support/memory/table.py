"""A collection of structs: what goes in and comes out passes BSON, as in the real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import bson
import msgspec
from bson import CodecOptions

from hub.ports.saving import Conflict, Duplicate
from hub.store.codec import document, struct

S = TypeVar("S", bound=msgspec.Struct)
OPTIONS: Any = CodecOptions(tz_aware=True)


class Table(Generic[S]):
    """`keys` names what must be unique besides the id."""

    def __init__(self, kind: type[S], keys: Callable[[S], list[str]] = lambda _: []) -> None:
        self._kind = kind
        self._keys = keys
        self._rows: dict[Any, bytes] = {}
        self._peeks: dict[Any, S] = {}
        self._held: dict[str, Any] = {}
        self._holds: dict[Any, list[str]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, ident: object) -> bool:
        return ident in self._rows

    def __iter__(self) -> Iterator[S]:
        return (self._read(row) for row in list(self._rows.values()))

    def where(self, fits: Callable[[S], bool]) -> list[S]:
        """Rows that fit; only those are copied, so looking through many costs little."""
        return [self._read(self._rows[ident]) for ident in self._rows if fits(self.peek(ident))]

    def peeks(self) -> Iterator[S]:
        """Every row for looking only: nobody may change it or hand it on."""
        return (self.peek(ident) for ident in list(self._rows))

    def peek(self, ident: Any) -> S:
        """One row for looking only."""
        held = self._peeks.get(ident)
        if held is None:
            held = self._peeks[ident] = self._read(self._rows[ident])
        return held

    def _read(self, row: bytes) -> S:
        return struct(self._kind, bson.decode(row, OPTIONS))

    def get(self, ident: object) -> S | None:
        row = self._rows.get(ident)
        return None if row is None else self._read(row)

    def holder(self, key: str) -> Any:
        """Id of the row that holds a unique key, None if nobody does."""
        return self._held.get(key)

    def add(self, row: S) -> None:
        if document(row)["_id"] in self._rows:
            raise Duplicate
        self.put(row)

    def put(self, row: S) -> None:
        """Insert or replace; raises Duplicate for a key held by another row."""
        built = document(row)
        ident = built["_id"]
        keys = self._keys(row)
        if any(self._held.get(key, ident) != ident for key in keys):
            raise Duplicate
        for key in self._holds.pop(ident, ()):
            del self._held[key]
        self._rows[ident] = bson.encode(built)
        self._peeks.pop(ident, None)
        if keys:
            self._holds[ident] = list(dict.fromkeys(keys))
            self._held.update(dict.fromkeys(keys, ident))

    def swap(self, row: Any) -> None:
        """Replace on {_id, rev}; `rev` moves."""
        ident = document(row)["_id"]
        if ident not in self._rows or getattr(self.peek(ident), "rev", 0) != row.rev:
            raise Conflict
        row.rev += 1
        try:
            self.put(row)
        except Duplicate:
            row.rev -= 1
            raise

    def drop(self, ident: object) -> None:
        if self._rows.pop(ident, None) is not None:
            self._peeks.pop(ident, None)
            for key in self._holds.pop(ident, ()):
                del self._held[key]
