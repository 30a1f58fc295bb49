"""A collection of structs: what goes in and comes out passes BSON, as in the real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import bson
import msgspec
from bson import CodecOptions

from hub.ports.store import Conflict, Duplicate
from hub.store.codec import document, struct

S = TypeVar("S", bound=msgspec.Struct)
OPTIONS: Any = CodecOptions(tz_aware=True)


class Table(Generic[S]):
    """`keys` names what must be unique besides the id."""

    def __init__(self, kind: type[S], keys: Callable[[S], list[str]] = lambda _: []) -> None:
        self._kind = kind
        self._keys = keys
        self._rows: dict[Any, bytes] = {}
        self._held: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, ident: object) -> bool:
        return ident in self._rows

    def __iter__(self) -> Iterator[S]:
        return (self._read(row) for row in list(self._rows.values()))

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
        self.drop(ident)
        self._rows[ident] = bson.encode(built)
        self._held.update(dict.fromkeys(keys, ident))

    def swap(self, row: Any) -> None:
        """Replace on {_id, rev}; `rev` moves."""
        held = self.get(document(row)["_id"])
        if held is None or getattr(held, "rev", 0) != row.rev:
            raise Conflict
        row.rev += 1
        try:
            self.put(row)
        except Duplicate:
            row.rev -= 1
            raise

    def drop(self, ident: object) -> None:
        if self._rows.pop(ident, None) is not None:
            self._held = {key: held for key, held in self._held.items() if held != ident}
