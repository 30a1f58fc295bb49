"""The WebSocket of the app: what is new, from where the app left off."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from time import monotonic

import msgspec
import structlog
from aiohttp import WSMsgType, web

from hub.domain.errors import HubError, NotFound, StoreDown
from hub.domain.message import stable_id
from hub.http.app.call import Caller, Desk
from hub.http.app.ears import SOCKETS, Ear, Ears
from hub.http.app.frames import (
    Auth,
    CaseSeen,
    Expiring,
    Got,
    Hello,
    MessageCame,
    MessageChanged,
    Ping,
    Pong,
    Read,
    Refused,
    Synced,
    Typing,
    Welcome,
    from_app,
)
from hub.http.app.line import Line
from hub.http.app.refusals import TokenNotTaken
from hub.services.appnews import read_position

log = structlog.get_logger(__name__)

HELLO = 10.0
"""Seconds in which an app must say who is there."""
HEARTBEAT = 20.0
"""Seconds between signs of life; at each the store is looked at once more, since a hint may have
been lost."""
PRESENT = 45.0
WARNING = 60.0
"""Seconds before the token's end at which another one is asked for."""
LEEWAY = 30.0
MAX_FRAME = 128 * 1024
FRAMES, SECONDS = 60, 10.0
"""So many frames in so many seconds are taken."""
NO_HELLO, NO_TOKEN, TOO_MUCH = 4000, 4001, 4008
GOING, LATER = 1001, 1013


async def serve(desk: Desk, ears: Ears, request: web.Request) -> web.StreamResponse:
    """GET /live."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_FRAME, compress=False)
    await socket.prepare(request)
    talk = Talk(desk, ears, Line(socket, request, desk.services.deps.texts))
    with suppress(ConnectionError, TimeoutError):
        await talk.run()
    return socket


class Talk:
    """One connection."""

    def __init__(self, desk: Desk, ears: Ears, line: Line) -> None:
        self._desk = desk
        self._ears = ears
        self._line = line
        self._positions: dict[int, str] = {}
        self._known: dict[int, dict[str, str]] = {}
        self._revs: dict[int, int] = {}
        self._frames: deque[float] = deque()
        self._warned = False
        self._synced = False
        self._caller: Caller

    async def run(self) -> None:
        """Until one side has enough."""
        try:
            async with asyncio.timeout(HELLO):
                hello = await self._first()
        except TimeoutError:
            hello = None
        if hello is None:
            await self._line.end(NO_HELLO)
            return
        try:
            self._caller = await self._desk.caller(*await self._desk.who(hello.token))
        except HubError as error:
            await self._line.refuse(error)
            await self._line.end(LATER if error.status == 503 else NO_TOKEN)
            return
        name = self._caller.present
        if self._ears.count(name) >= SOCKETS:
            await self._line.end(TOO_MUCH)
            return
        self._positions = {
            int(number): position
            for number, position in hello.positions.items()
            if number.isascii() and number.isdigit() and len(number) <= 9
        }
        with self._ears.open(name) as ear:
            try:
                await self._both(ear)
            finally:
                if self._ears.count(name) <= 1:
                    await self._desk.presence.leave(name)

    async def _first(self) -> Hello | None:
        said = await self._line.socket.receive()
        if said.type is not WSMsgType.TEXT:
            return None
        try:
            frame = from_app.decode(said.data)
        except (msgspec.DecodeError, RecursionError):
            return None
        return frame if isinstance(frame, Hello) else None

    async def _both(self, ear: Ear) -> None:
        """Hear and tell side by side; the end of one is the end of the other."""
        await self._welcome()
        hearing = asyncio.create_task(self._hear(ear))
        telling = asyncio.create_task(self._tell(ear))
        try:
            await asyncio.wait({hearing, telling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (hearing, telling):
                one.cancel()
            done = await asyncio.gather(hearing, telling, return_exceptions=True)
        for error in done:
            if isinstance(error, StoreDown):
                await self._line.end(LATER)
            elif isinstance(error, Exception) and not isinstance(
                error, ConnectionError | TimeoutError
            ):
                log.error("app.live", exc_info=error)
                await self._line.end(LATER)
        await self._line.end(GOING)

    async def _welcome(self) -> None:
        expires = self._caller.resident.expires
        assert expires is not None
        self._warned = False
        await self._line.say(Welcome(expires=expires, heartbeat=HEARTBEAT))

    # ── telling ──────────────────────────────────────────────────────────────────────────────

    async def _tell(self, ear: Ear) -> None:
        sweep = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience(sweep - monotonic())):
                    await ear.wake.wait()
            if self._ears.closing.is_set() or not await self._still_in():
                return
            everything, numbers, typing = ear.take()
            if monotonic() >= sweep:
                sweep, everything = monotonic() + HEARTBEAT, True
                await self._desk.presence.arrive(self._caller.present, PRESENT)
            if everything or not numbers <= set(self._positions):
                await self._meet(ear)
            if everything:
                numbers = numbers | await self._changed()
            for number in sorted(numbers):
                await self._sync(ear, number)
            for number in sorted(typing & set(self._positions)):
                await self._line.say(Typing(case=number))
            if everything and not self._synced:
                self._synced = True
                await self._line.say(Synced())

    def _patience(self, sweep: float) -> float:
        """Seconds until there is something to do without a hint."""
        left = self._left()
        return max(0.05, min(sweep, left + LEEWAY if self._warned else left - WARNING))

    def _left(self) -> float:
        """Seconds until the token ends."""
        expires = self._caller.resident.expires
        assert expires is not None
        return (expires - self._desk.clock.now()).total_seconds()

    async def _still_in(self) -> bool:
        left = self._left()
        if left <= -LEEWAY:
            await self._line.refuse(TokenNotTaken(reason="expired"))
            await self._line.end(NO_TOKEN)
            return False
        if left <= WARNING and not self._warned:
            self._warned = True
            await self._line.say(Expiring(after=max(0, int(left))))
        return True

    async def _meet(self, ear: Ear) -> None:
        """Whose cases these are may have changed: a first message, a merge."""
        caller = await self._desk.caller(self._caller.door, self._caller.resident)
        self._caller = caller
        # Who never wrote will be a contact of this id.
        first = stable_id("contact", caller.reader.identity)
        ear.contacts = frozenset({first, *caller.reader.contacts})

    async def _changed(self) -> set[int]:
        """Cases that were written since they were looked at last."""
        revs = await self._caller.app.revisions(self._caller.reader)
        known = self._revs
        found = {number for number, rev in revs.items() if rev < 0 or known.get(number) != rev}
        self._revs = revs
        return found

    async def _sync(self, ear: Ear, number: int) -> None:
        known = self._known.setdefault(number, {})
        try:
            news = await self._caller.app.news(
                self._caller.reader, number, self._positions.get(number, ""), known
            )
        except NotFound:
            return
        for message, position in news.fresh:
            await self._line.say(MessageCame(case=number, message=message, position=position))
            self._positions[number] = position
        for message in news.changed:
            await self._line.say(MessageChanged(case=number, message=message))
        if news.card is not None:
            await self._line.say(CaseSeen(case=number, card=news.card, position=news.position))
        self._positions[number] = news.position
        at = read_position(news.position)
        ear.docs.update(dict.fromkeys(at.marks if at else (), number))

    # ── hearing ──────────────────────────────────────────────────────────────────────────────

    async def _hear(self, ear: Ear) -> None:
        async for said in self._line.socket:
            if said.type is not WSMsgType.TEXT:
                return
            if self._too_fast():
                await self._line.end(TOO_MUCH)
                return
            try:
                frame = from_app.decode(said.data)
            except (msgspec.DecodeError, RecursionError):
                await self._line.say(Refused(key="malformed", detail=""))
                continue
            try:
                await self._do(frame, ear)
            except StoreDown:
                raise
            except TokenNotTaken as error:
                await self._line.refuse(error)
                await self._line.end(NO_TOKEN)
                return
            except HubError as error:
                await self._line.refuse(error)

    def _too_fast(self) -> bool:
        now = monotonic()
        while self._frames and self._frames[0] <= now - SECONDS:
            self._frames.popleft()
        self._frames.append(now)
        return len(self._frames) > FRAMES

    async def _do(self, frame: object, ear: Ear) -> None:
        caller = self._caller
        match frame:
            case Ping():
                await self._line.say(Pong())
            case Auth():
                await self._again(frame, ear)
            case Read():
                await caller.report(frame.case, frame.upto, "read")
            case Got():
                await caller.report(frame.case, frame.upto, "delivered")
            case Typing():
                await caller.spend("type")
                await caller.app.types(caller.reader, frame.case)

    async def _again(self, frame: Auth, ear: Ear) -> None:
        """A fresh token; it must be of the same resident."""
        door, resident = await self._desk.who(frame.token)
        if (door.account, resident.id) != (self._caller.door.account, self._caller.resident.id):
            raise TokenNotTaken(reason="other")
        self._caller = await self._desk.caller(door, resident)
        await self._welcome()
        ear.wake.set()
