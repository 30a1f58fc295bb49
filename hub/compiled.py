"""What was compiled of templates, kept for the process: every language runs the same code."""

from __future__ import annotations

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """For environments that differ in nothing but what their filters and globals answer. A filter
    that answers otherwise in another language, zone or moment takes the context (`pass_context`):
    Jinja2 asks the others while it compiles, where all they are given is constant."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key] = (bucket.checksum, bucket.code)

    def clear(self) -> None:
        self._kept.clear()
