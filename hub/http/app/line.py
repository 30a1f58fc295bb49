"""One WebSocket as bytes: frames out, refusals, the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
from aiohttp import web

from hub.domain.errors import HubError
from hub.http.api.problems import refused
from hub.http.app.frames import Refused
from hub.ports.texts import Texts

SLOW = 15.0
"""Seconds in which an app must take what is sent."""


class Line:
    """Nothing waits here: what is said is taken before the next thing is read from the store."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, texts: Texts) -> None:
        self.socket = socket
        self._transport = request.transport
        self._texts = texts

    async def say(self, frame: Any) -> None:
        """Send a frame. Raises TimeoutError, and lets go of who does not take it."""
        try:
            async with asyncio.timeout(SLOW):
                await self.socket.send_str(msgspec.json.encode(frame).decode())
        except TimeoutError:
            # Who does not listen does not hear a farewell either.
            if self._transport is not None:
                self._transport.abort()
            raise

    async def refuse(self, error: HubError) -> None:
        """Say why something is not done."""
        said = refused(error, self._texts)
        await self.say(Refused(key=said.key, detail=said.detail))

    async def end(self, code: int) -> None:
        """Close, unless it is closed."""
        if not self.socket.closed:
            with suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(SLOW):
                    await self.socket.close(code=code)
