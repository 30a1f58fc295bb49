"""What happened, in order, for open pages and for drivers of phones."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Event:
    """`seq` grows by one; `chat` is empty for what concerns the whole emulator."""

    seq: int
    kind: str
    chat: str
    body: dict[str, Any]

    def json(self) -> dict[str, Any]:
        return {"seq": self.seq, "kind": self.kind, "chat": self.chat, **self.body}


class Feed:
    def __init__(self) -> None:
        self.seq = 0
        self._events: deque[Event] = deque(maxlen=_KEPT)
        self._waiters: set[asyncio.Future[None]] = set()

    def publish(self, kind: str, chat: str, body: dict[str, Any]) -> None:
        """Tell the listeners; a message's own number is taken with `next` before it is shown."""
        self._events.append(Event(self.seq, kind, chat, body))
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def next(self) -> int:
        self.seq += 1
        return self.seq

    def tell(self, kind: str, chat: str, body: dict[str, Any]) -> None:
        self.next()
        self.publish(kind, chat, body)

    def since(self, seq: int) -> list[Event] | None:
        """Events after `seq`; None if they are no longer known and all must be read anew."""
        if seq > self.seq or (
            seq < self.seq and (not self._events or self._events[0].seq > seq + 1)
        ):
            return None
        # The newest stand at the right, and callers are seldom far behind.
        found: list[Event] = []
        for event in reversed(self._events):
            if event.seq <= seq:
                break
            found.append(event)
        return found[::-1]

    async def wait(self, seq: int, timeout: float) -> None:
        """Return when something after `seq` has happened, or after `timeout` seconds."""
        if self.seq != seq:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=timeout)
        finally:
            self._waiters.discard(waiter)
