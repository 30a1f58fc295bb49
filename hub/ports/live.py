"""What open pages and bots hear at once. Best effort: a page that missed something asks again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec


class LiveEvent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A case changed. `what`: opened, message, comment, status, delivery, people, details; typing
    stands alone and means that somebody writes: staff (`by`), or the resident; seen stands alone as
    well: staff have seen what came. `contact` is whose case it is. Of a call that changed (call,
    callback) `call` is the id, and there is no case.

    Who may hear of it is decided by the listener from `group` and `people` (logins).
    """

    case: int
    version: int
    what: list[str]
    group: str = ""
    operator: str = ""
    people: list[str] = []
    by: str = ""
    call: str = ""
    contact: str = ""


class Live(Protocol):
    """Publish and listen."""

    async def publish(self, event: LiveEvent) -> None:
        """Never raises when Redis is away."""

    def listen(self) -> AsyncIterator[LiveEvent | None]:
        """Yield events; None after a break of the connection: something may have been missed."""
