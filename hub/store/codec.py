"""Structs of the domain ↔ documents of the store.

Names are the structs' own (`_id` included); defaults are left out. Times are UTC to the
millisecond, as BSON keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from bson import Int64

T = TypeVar("T")
Document = dict[str, Any]

_BUILTIN = (datetime, bytes)


def document(struct: msgspec.Struct) -> Document:
    """The struct as a document. Lists inside are new, so it may be kept as a snapshot."""
    built: Document = msgspec.to_builtins(struct, builtin_types=_BUILTIN, enc_hook=_plain)
    return built


def _plain(value: Any) -> Any:
    """Numbers over 31 bits (chats, users) come back from BSON as a type of their own; where a
    field takes anything they are still so when it is written again."""
    if isinstance(value, Int64):
        return int(value)
    raise NotImplementedError


def struct(kind: type[T], found: Mapping[str, Any]) -> T:
    """The document as a struct; fields that only the store knows are passed over."""
    return msgspec.convert(found, kind)
