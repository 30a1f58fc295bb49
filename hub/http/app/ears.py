"""Which open connections are to look anew: live events only wake, what is told is read from the
store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

from aiohttp import web

from hub.ports.live import Live, LiveEvent

SOCKETS = 10
"""Devices of one resident that listen at a time in a process."""
WAITING = 200
"""Cases that an ear remembers by number; beyond that it looks at all."""


class Ear:
    """What one connection has to look at. `contacts` and `docs`: of whom and of what it hears."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.contacts: frozenset[str] = frozenset()
        self.docs: dict[int, int] = {}
        self.all = True
        self.cases: set[int] = set()
        self.typing: set[int] = set()
        self.wake = asyncio.Event()
        self.wake.set()

    def hear(self, event: LiveEvent | None) -> None:
        """None: something may have been missed."""
        if event is None:
            self.all = True
        elif event.contact in self.contacts or event.case in self.docs:
            number = self.docs.get(event.case, event.case)
            if event.what == ["typing"]:
                if event.by:
                    self.typing.add(number)
                else:
                    return
            elif len(self.cases) < WAITING:
                self.cases.add(number)
            else:
                self.all = True
        else:
            return
        self.wake.set()

    def take(self) -> tuple[bool, set[int], set[int]]:
        """What is to be looked at now: all, or these cases; and where somebody types."""
        self.wake.clear()
        found = self.all, self.cases, self.typing
        self.all, self.cases, self.typing = False, set(), set()
        return found


class Ears:
    """All connections of this process, and the one who listens for them."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._ears: dict[Ear, None] = {}
        self.closing = asyncio.Event()

    def count(self, name: str) -> int:
        """How many devices of this resident are here."""
        return sum(ear.name == name for ear in self._ears)

    @contextmanager
    def open(self, name: str) -> Iterator[Ear]:
        """An ear for as long as its connection is open."""
        ear = Ear(name)
        self._ears[ear] = None
        try:
            yield ear
        finally:
            self._ears.pop(ear, None)

    async def run(self) -> None:
        """Listen until cancelled."""
        async for event in self._live.listen():
            for ear in list(self._ears):
                ear.hear(event)

    async def context(self, app: web.Application) -> AsyncIterator[None]:
        """The listener's owner: starts and ends it with the application."""
        listener = asyncio.create_task(self.run())
        yield
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener

    async def close(self, app: web.Application) -> None:
        """Let open connections end, so that the server can stop."""
        self.closing.set()
        for ear in list(self._ears):
            ear.wake.set()
