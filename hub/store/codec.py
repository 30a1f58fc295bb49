"""Structs of the domain ↔ documents of the store.

Names are the structs' own (`_id` included); defaults are left out. Times are UTC to the
millisecond, as BSON keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
Document = dict[str, Any]

_BUILTIN = (datetime, bytes)


def document(struct: msgspec.Struct) -> Document:
    """The struct as a document. Lists inside are new, so it may be kept as a snapshot."""
    built: Document = msgspec.to_builtins(struct, builtin_types=_BUILTIN)
    return built


def struct(kind: type[T], found: Mapping[str, Any]) -> T:
    """The document as a struct; fields that only the store knows are passed over."""
    return msgspec.convert(found, kind)
