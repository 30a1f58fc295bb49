"""Open pages hear what changes: one listener per process, one bounded queue per page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
from aiohttp import web

from admin_web.visit import Visit
from hub.domain.rights import may
from hub.domain.staff import Actor
from hub.ports.live import Live, LiveEvent

WAITING = 64
"""Events a slow page may leave unread; beyond that it is told to look anew."""
HEARTBEAT = 15.0
"""Seconds between signs of life, at which the session is looked at again too."""
LOUD = frozenset({"opened", "message"})
MISSED = b"event: missed\ndata: {}\n\n"
"""Look anew."""


class Fanout:
    """Listens to the hub's live events and hands each to every open page of this process."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._pages: set[asyncio.Queue[LiveEvent | None]] = set()
        self.closing = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled. After a break (None) every page looks anew."""
        async for event in self._live.listen():
            for queue in self._pages:
                self._hand(queue, event)

    @staticmethod
    def _hand(queue: asyncio.Queue[LiveEvent | None], event: LiveEvent | None) -> None:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            event = None
        queue.put_nowait(event)

    @asynccontextmanager
    async def page(self) -> AsyncIterator[asyncio.Queue[LiveEvent | None]]:
        """A queue for one page, for as long as it is open."""
        queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(WAITING)
        self._pages.add(queue)
        try:
            yield queue
        finally:
            self._pages.discard(queue)

    async def context(self, app: web.Application) -> AsyncIterator[None]:
        """The listener's owner: starts and ends it with the application."""
        listener = asyncio.create_task(self.run())
        yield
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener

    async def close(self, app: web.Application) -> None:
        """Let open streams end, so that the server can stop."""
        self.closing.set()
        for queue in self._pages:
            self._hand(queue, None)


def hears(actor: Actor, event: LiveEvent) -> bool:
    """Who may read every case hears of all; others of those they take part in."""
    return may(actor, "case.read") or actor.login in event.people


def loud(actor: Actor, event: LiveEvent) -> bool:
    """Whether it is for this person to act: their case, or a queue they serve."""
    if event.by == actor.login or not LOUD & set(event.what):
        return False
    if event.operator:
        return event.operator == actor.login
    return not actor.groups or not event.group or event.group in actor.groups


def residents_alone(event: LiveEvent) -> bool:
    """Of staff who write, and who have seen what came, only the resident hears."""
    return event.what == ["seen"] or (event.what == ["typing"] and bool(event.by))


def worded(actor: Actor, event: LiveEvent) -> bytes:
    """The event as one SSE message: ids only, the page asks for what it shows."""
    if event.what == ["typing"]:
        return b"event: typing\ndata: " + msgspec.json.encode({"case": event.case}) + b"\n\n"
    told: dict[str, object] = {"case": event.case, "what": event.what, "loud": loud(actor, event)}
    if event.call:
        # Whoever is not named need not ask who calls them.
        told |= {"call": event.call, "mine": not event.people or actor.login in event.people}
    data = msgspec.json.encode(told)
    return b"event: case\ndata: " + data + b"\n\n"


async def stream(visit: Visit) -> web.StreamResponse:
    """GET /desk/live."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    with suppress(ConnectionResetError):
        await response.prepare(visit.request)
        async with visit.pages.fanout.page() as queue:
            await response.write(b"retry: 1000\n\n")
            await _tell(visit, queue, response)
    return response


async def _tell(
    visit: Visit, queue: asyncio.Queue[LiveEvent | None], response: web.StreamResponse
) -> None:
    """Hand events on while the server runs and the session holds, however many there are."""
    clock, pages = asyncio.get_running_loop(), visit.pages
    beat, day = clock.time() + HEARTBEAT, pages.today()
    while not pages.fanout.closing.is_set():
        try:
            async with asyncio.timeout_at(beat):
                event = await queue.get()
        except TimeoutError:
            pass
        else:
            if event is None:
                await response.write(MISSED)
            elif hears(visit.actor, event) and not residents_alone(event):
                await response.write(worded(visit.actor, event))
        if clock.time() < beat:
            continue
        beat = clock.time() + HEARTBEAT
        if not await visit.still_in():
            return
        # What a page calls today is yesterday after midnight.
        await response.write(MISSED if pages.today() != day else b": here\n\n")
        day = pages.today()
